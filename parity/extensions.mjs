import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { extensionFile } from "./extension-files.mjs";
import { playExtensions } from "./extension-runs.mjs";
import { createRandom, seedOf } from "./random.mjs";
import { different } from "./skills.mjs";

/** Extensions: what each side finds and loads, tells them and makes of their answers. */

const KASE = { call: "extensions", model: { api: "files" }, options: {}, tags: new Set() };

/** The functions of both sides. Some Pi keeps to itself, so that they are taken from their files. */
export async function extensionSides() {
  const side = async (module, folder) => ({
    ...(await import(new URL(`${folder}extensions/loader.js`, import.meta.resolve(module)))),
    ...(await import(new URL(`${folder}extensions/runner.js`, import.meta.resolve(module)))),
    ...(await import(new URL(`${folder}exec.js`, import.meta.resolve(module)))),
    ...(await import(module)),
  });
  return {
    alpha: await side("@mariozechner/pi-coding-agent", "core/"),
    beta: await side("argent-runtime/pi-coding-agent", ""),
  };
}

export async function compareSides({ seed, count, alpha, beta, report }) {
  const each = async (name, times, play) => {
    const section = report.section(name);
    for (let index = 0; index < times; index++) {
      const random = () => createRandom(seedOf(seed, name, index));
      section.add(`#${index}`, KASE, await play(random, alpha, beta, index), { alpha: {}, beta: {} });
    }
    section.close();
  };
  await each("extension events", count * 3, events);
  await each("extension files", Math.ceil(count / 4), files);
  const examples = exampleFiles();
  await each("Pi's example extensions", examples.length, (_random, ...sides) =>
    example(examples[sides.pop()], ...sides),
  );
  await each("extension bus", count, bus);
  await each("extension programs", PROGRAMS.length, (_random, ...sides) =>
    program(PROGRAMS[sides.pop()], ...sides),
  );
}

async function events(random, alpha, beta) {
  const [left, right] = [await playExtensions(random(), alpha), await playExtensions(random(), beta)];
  const at = left.findIndex((line, index) => JSON.stringify(line) !== JSON.stringify(right[index]));
  return different(`events ${left[at]?.[0] ?? ""}`, left.slice(at), right.slice(at));
}

/** What an extension has registered. */
function registered({ path, resolvedPath, sourceInfo, handlers, tools, commands, flags, shortcuts }) {
  const lists = [handlers, tools, commands, flags, shortcuts].map((map) => [...map.keys()]);
  return {
    path,
    resolvedPath,
    sourceInfo,
    lists,
    tools: [...tools.values()].map(({ definition }) => definition),
  };
}

/** Words that name a side's own files. */
const plain = (text) => text.replace(/\n[\s\S]*/, "");

function outcome({ extensions, errors, runtime }) {
  return {
    extensions: extensions.map(registered),
    errors: errors.map(({ path, error }) => ({ path, error: plain(error) })),
    flags: [...runtime.flagValues],
    providers: runtime.pendingProviderRegistrations,
  };
}

async function inFolder(act) {
  const root = mkdtempSync(join(tmpdir(), "parity-extensions-"));
  try {
    return await act(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const MANIFESTS = [
  '{"pi": {"extensions": ["./main.ts"]}}',
  '{"pi": {"extensions": ["./main.ts", "lib/more.ts", "gone.ts"]}}',
  '{"pi": {"extensions": ["gone.ts"]}}',
  '{"pi": {"extensions": []}}',
  '{"pi": {}}',
  '{"pi": null}',
  '{"name": "x"}',
  "{",
];
const NAMES = ["a.ts", "b.js", "c.mjs", "d.d.ts", "README.md", ".hidden.ts", "e f.ts"];

/** A folder of extensions, as users have them. */
function tree(random, dir) {
  mkdirSync(dir, { recursive: true });
  for (const name of random.times(0, 2, () => random.pick(NAMES))) {
    writeFileSync(join(dir, name), extensionFile(random));
  }
  for (const name of random.times(0, 2, () => random.pick(["one", "two", "deep", "x.ts"]))) {
    const folder = join(dir, name);
    mkdirSync(join(folder, "lib"), { recursive: true });
    for (const file of ["index.ts", "index.js", "main.ts", "lib/more.ts"]) {
      if (random.chance(0.4)) writeFileSync(join(folder, file), extensionFile(random));
    }
    if (random.chance(0.5)) writeFileSync(join(folder, "package.json"), random.pick(MANIFESTS));
  }
  if (random.chance(0.2)) symlinkSync(random.pick(["a.ts", "one", "gone"]), join(dir, "link.ts"));
}

function files(random, alpha, beta) {
  return inFolder(async (root) => {
    const source = random();
    const [cwd, agentDir, more] = ["work", "agent", "more"].map((name) => join(root, name));
    mkdirSync(cwd);
    for (const dir of [join(cwd, ".pi", "extensions"), join(agentDir, "extensions"), more]) {
      if (source.chance(0.8)) tree(source, dir);
    }
    const anywhere = [
      more,
      "../more",
      "../more/one",
      join(more, "a.ts"),
      "../more/b.js",
      "gone.ts",
      ".pi/extensions/a.ts",
    ];
    const configured = source.times(0, 2, () => source.pick(anywhere));
    const [left, right] = [
      outcome(await alpha.discoverAndLoadExtensions(configured, cwd, agentDir)),
      outcome(await beta.discoverAndLoadExtensions(configured, cwd, agentDir)),
    ];
    return different("files", left, right);
  });
}

/** Pi's own examples. */
function exampleFiles() {
  const dir = join(
    dirname(new URL(import.meta.resolve("@mariozechner/pi-coding-agent")).pathname),
    "../examples/extensions",
  );
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.name.endsWith(".ts"))
    .map(({ name }) => join(dir, name));
}

async function example(path, alpha, beta) {
  const [cwd, none] = [dirname(path), join(path, "none")];
  const [left, right] = [
    outcome(await alpha.discoverAndLoadExtensions([path], cwd, none)),
    outcome(await beta.discoverAndLoadExtensions([path], cwd, none)),
  ];
  return different(`example ${relative(cwd, path)}`, left, right);
}

async function bus(random, alpha, beta) {
  const error = console.error;
  const play = async ({ createEventBus }) => {
    const [source, log, ends] = [random(), [], []];
    console.error = (...words) => log.push(words.map(String));
    const events = createEventBus();
    for (let step = 0; step < 8; step++) {
      const channel = source.pick(["a", "b"]);
      source.weighted([
        [4, () => events.emit(channel, step)],
        [3, () => ends.push(events.on(channel, (data) => log.push([step, data])))],
        [1, () => ends.push(events.on(channel, async () => Promise.reject(new Error(`late ${step}`))))],
        [
          1,
          () =>
            ends.push(
              events.on(channel, () => {
                throw `now ${step}`;
              }),
            ),
        ],
        [2, () => ends.pop()?.()],
        [1, () => events.clear()],
      ]);
      await new Promise(setImmediate);
    }
    return log;
  };
  try {
    return different("bus", await play(alpha), await play(beta));
  } finally {
    console.error = error;
  }
}

const PROGRAMS = [
  ["sh", ["-c", "echo out; echo err >&2; exit 3"]],
  ["sh", ["-c", "pwd"], { cwd: "/" }],
  ["sh", ["-c", "kill -9 $$"]],
  ["gone-and-away", []],
  ["sh", ["-c", "sleep 30 & echo left"]],
  ["sleep", ["30"], { timeout: 50 }],
  ["sleep", ["30"], { signal: AbortSignal.abort() }],
  ["cat", []],
  ["head", ["-c", "300000", "/dev/zero"]],
];

async function program([command, args, options], alpha, beta) {
  const [left, right] = [
    await alpha.execCommand(command, args, options?.cwd ?? tmpdir(), options),
    await beta.execCommand(command, args, options?.cwd ?? tmpdir(), options),
  ];
  return different(`program ${command} ${args.join(" ")}`, left, right);
}
