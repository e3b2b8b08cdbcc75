import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { SettingsManager } from "@mariozechner/pi-coding-agent";
import { createRandom, seedOf } from "./random.mjs";
import { different } from "./skills.mjs";

/** Packages: what settings, manifests and folders come to, and what installing and removing them does. */

const KASE = { call: "packages", model: { api: "files" }, options: {}, tags: new Set() };

/** Keeps to itself what git tells people. */
const GIT = `case $1 in
clone | checkout | fetch | reset | clean | remote) exec ${execFileSync("sh", ["-c", "command -v git"]).toString().trim()} "$@" >/dev/null 2>&1 ;;
*) exec ${execFileSync("sh", ["-c", "command -v git"]).toString().trim()} "$@" ;;
esac
`;

/** Answers at once what is asked most. */
const NPM_FIRST = `[ "$2" = root ] || exec "${process.execPath}" "$1/npm.cjs" "$@"
echo "$2 $3" >> "$1/npm.log"
echo "$1/global"
`;

/** Stands for npm: it knows one folder of packages and writes down what it is asked. */
const NPM = `
const { appendFileSync, mkdirSync, writeFileSync, rmSync } = require("node:fs");
const { join } = require("node:path");
const [root, ...args] = process.argv.slice(2);
appendFileSync(join(root, "npm.log"), args.join(" ").replaceAll(root, "ROOT") + "\\n");
const folder = args.includes("--prefix") ? join(args[args.indexOf("--prefix") + 1], "node_modules") : join(root, "global");
const specs = args.slice(1).filter((arg, at) => !arg.startsWith("-") && args[at] !== "--prefix");
if (args[0] === "view") { if (args[1] === "lost") process.exit(1); console.log('"2.0.0"'); }
if (args[0] === "install") for (const spec of specs) {
  if (spec.startsWith("broken")) process.exit(3);
  const [, name, version = "1.0.0"] = /^(@?[^@]+)(?:@(.+))?$/.exec(spec);
  mkdirSync(join(folder, name, "extensions"), { recursive: true });
  writeFileSync(join(folder, name, "package.json"), JSON.stringify({ name, version: version === "latest" ? "2.0.0" : version }));
  writeFileSync(join(folder, name, "extensions", "main.ts"), "export default () => {}");
}
if (args[0] === "uninstall") for (const name of specs) rmSync(join(folder, name), { recursive: true, force: true });
`;

export async function compareSides({ seed, count, alpha, beta, report }) {
  const each = async (name, times, play) => {
    const section = report.section(name);
    for (let index = 0; index < times; index++) {
      const random = () => createRandom(seedOf(seed, name, index));
      section.add(`#${index}`, KASE, await play(random, alpha, beta), { alpha: {}, beta: {} });
    }
    section.close();
  };
  await each("package sources", count * 10, sources);
  await each("package resources", Math.ceil(count / 3), resources);
  await each("package commands", Math.ceil(count / 30), commands);
}

const manager = (side, root, settingsManager) =>
  new side.DefaultPackageManager({ cwd: join(root, "work"), agentDir: join(root, "agent"), settingsManager });

const HOSTS = [
  "github.com",
  "gitlab.com",
  "bitbucket.org",
  "git.sr.ht",
  "gist.github.com",
  "git.example.org",
  "localhost",
  "host",
  "example.org:2222",
];
const PROTOCOLS = [
  "",
  "https://",
  "http://",
  "ssh://",
  "git://",
  "ssh://git@",
  "git+ssh://",
  "git+https://",
  "file://",
  "HTTPS://",
  "https://user:pw@",
];
const PATHS = [
  "owner/name",
  "owner/name.git",
  "a/b/c",
  "name",
  "owner/na.me",
  "/owner/name",
  "owner/name/",
  "~user/repo",
  "owner/name/tree/main",
  "o%20w/n",
];
const REFS = ["", "@v1.0.0", "@main", "#main", "@feature/x", "@", "@a@b", "#semver:^1", "@v1#x"];
const OTHERS = [
  "npm:a",
  "npm:@s/a@1.0.0",
  "npm:@s/a",
  "npm:",
  "npm: a @1",
  "npm:a@",
  "./local",
  "~/x",
  "/abs",
  "",
  ".",
  "git:",
  "github:o/r",
  "git:o/r",
  "git:github:o/r#x",
  "git@github.com:o/r",
  "git:git@github.com:o/r@v1",
  "git:git@host:o/r.git",
  "gist:abc",
  "git:gist:abc",
  "https:",
  "https://",
  "git:https://[",
];

function source(random) {
  if (random.chance(0.3)) return random.pick(OTHERS);
  const address = `${random.pick(PROTOCOLS)}${random.pick(HOSTS)}/${random.pick(PATHS)}${random.pick(REFS)}`;
  return `${random.chance(0.6) ? "git:" : ""}${random.chance(0.05) ? " " : ""}${address}`;
}

function sources(random, alpha, beta) {
  const text = source(random());
  const look = (side) => {
    const one = manager(side, "/root-of-case", SettingsManager.inMemory({ npmCommand: ["true"] }));
    const identity = ["user", "project", undefined].map((scope) => one.getPackageIdentity(text, scope));
    const parsed = one.parseSource(text);
    const kept = one.normalizePackageSourceForSettings(text, "project");
    const place =
      parsed.type === "git"
        ? ["user", "project", "temporary"].map((scope) => one.getGitInstallPath(parsed, scope))
        : [];
    return { identity, parsed, kept, place };
  };
  return different(`source ${text}`, look(alpha), look(beta));
}

const NAMES = ["a.ts", "b.js", "index.ts", "x.md", "SKILL.md", "t.json", "c.txt", ".hidden.md", "d.d.ts"];
const FOLDERS = ["one", "two", "node_modules", ".dot", "deep", "skills", "lib"];
const RULES = [
  "a.ts",
  "*.md",
  "!x.md",
  "/one",
  "two/",
  "one/*.json",
  "# no",
  "",
  "\\!x",
  "b.*",
  "**/t.json",
  "  ",
  "!one/a.ts",
];

/** A folder of anything. */
export function fill(random, dir, depth = 0) {
  mkdirSync(dir, { recursive: true });
  for (const name of random.times(1, 5, () => random.pick(NAMES))) {
    if (!existsSync(join(dir, name))) writeFileSync(join(dir, name), "export default () => {}\n");
  }
  if (random.chance(0.15)) {
    writeFileSync(
      join(dir, random.pick([".gitignore", ".ignore", ".fdignore"])),
      random.times(1, 3, () => random.pick(RULES)).join(random.pick(["\n", "\r\n"])),
    );
  }
  if (depth > 0 && random.chance(0.15)) writeFileSync(join(dir, "package.json"), manifest(random));
  if (random.chance(0.1) && !readdirSync(dir).includes("link.md"))
    symlinkSync(random.pick(["x.md", "gone"]), join(dir, "link.md"));
  if (depth < 2)
    for (const name of random.times(0, 3, () => random.pick(FOLDERS)))
      fill(random, join(dir, name), depth + 1);
}

const ENTRIES = [
  "./extensions",
  "extensions/a.ts",
  "one",
  "**/*.md",
  "skills/*",
  "*.ts",
  "!**/x.md",
  "+extensions/a.ts",
  "-one/a.ts",
  "!a.ts",
  "prompts",
  "gone",
  "lib/?.ts",
  "-./a.ts",
  "+./one/x.md",
  "!deep",
  "-skills/one",
  "themes/t.json",
  "{one,two}/*",
  "!x.md",
  "!one",
  "-one/SKILL.md",
  "!**/t.json",
  "+one/t.json",
  "x.md",
  "t.json",
  ".",
];

const entries = (random) => random.times(0, 3, () => random.pick(ENTRIES));

function manifest(random) {
  const pi = Object.fromEntries(
    random.some(["extensions", "skills", "prompts", "themes"], 0.6).map((type) => [type, entries(random)]),
  );
  return random.pick([
    JSON.stringify({ pi }),
    JSON.stringify({ name: "n", version: "1.0.0" }),
    JSON.stringify({ pi: null }),
    "{",
  ]);
}

const TYPES = ["extensions", "skills", "prompts", "themes"];

function bundle(random, dir) {
  mkdirSync(dir, { recursive: true });
  for (const type of random.some(TYPES, 0.8)) fill(random, join(dir, type), 0);
  if (random.chance(0.3)) fill(random, dir);
  if (random.chance(0.6)) writeFileSync(join(dir, "package.json"), manifest(random));
}

const SOURCES = [
  "../packages/p",
  "../packages/q",
  "./near",
  "../packages/p/extensions/a.ts",
  "gone",
  "npm:known",
  "npm:@s/known",
  "npm:known@9.9.9",
  "npm:absent",
  "git:git.example.org/o/known",
  "git:git.example.org/o/absent",
];

function settings(random) {
  const pkg = () => {
    const source = random.pick(SOURCES);
    if (random.chance(0.5)) return source;
    return { source, ...Object.fromEntries(random.some(TYPES, 0.5).map((type) => [type, entries(random)])) };
  };
  const lists = random
    .some(TYPES, 0.4)
    .map((type) => [
      type,
      [
        ...entries(random),
        ...random.some([`${type}/one`, `!${type}/a*`, `-${type}/one/SKILL.md`, `+${type}/x.md`], 0.2),
      ],
    ]);
  return { packages: random.times(0, 3, pkg), ...Object.fromEntries(lists) };
}

export async function inFolder(act) {
  const root = mkdtempSync(join(tmpdir(), "parity-packages-"));
  const { HOME, PATH } = process.env;
  Object.assign(process.env, { HOME: join(root, "home"), PATH: `${join(root, "bin")}:${PATH}` });
  try {
    return await act(root);
  } finally {
    Object.assign(process.env, { HOME, PATH });
    rmSync(root, { recursive: true });
  }
}

export function keep(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(value));
}

/** Puts git and npm there; gives what npm is called. */
function programs(root) {
  mkdirSync(join(root, "bin"));
  writeFileSync(join(root, "npm.cjs"), NPM);
  writeFileSync(join(root, "npm.sh"), NPM_FIRST);
  writeFileSync(join(root, "bin", "git"), `#!/bin/sh\n${GIT}`, { mode: 0o755 });
  return ["sh", join(root, "npm.sh"), root];
}

/** What is there before anything is done. */
export function world(random, root) {
  const [work, agent] = [join(root, "work"), join(root, "agent")];
  const npmCommand = programs(root);
  keep(join(agent, "settings.json"), { ...settings(random), npmCommand });
  keep(join(work, ".pi", "settings.json"), settings(random));
  for (const dir of ["packages/p", "packages/q", "agent/near", "work/.pi/near"]) {
    if (random.chance(0.85)) bundle(random, join(root, dir));
  }
  const installed = [
    "global/known",
    "work/.pi/npm/node_modules/known",
    "global/@s/known",
    "agent/git/git.example.org/o/known",
    "work/.pi/git/git.example.org/o/known",
  ];
  for (const dir of installed) if (random.chance(0.85)) bundle(random, join(root, dir));
  for (const dir of [agent, join(work, ".pi")]) {
    for (const type of random.some(TYPES, 0.7)) fill(random, join(dir, type));
  }
  for (const dir of ["home/.agents/skills", "work/.agents/skills", ".agents/skills"]) {
    if (random.chance(0.3)) fill(random, join(root, dir));
  }
  if (random.chance(0.3)) mkdirSync(join(work, ".git"));
}

function resources(random, alpha, beta) {
  return inFolder(async (root) => {
    const source = random();
    world(source, root);
    const answer = source.pick(["skip", "skip", "skip", "error"]);
    const more = source.times(0, 2, () =>
      source.pick(["../packages/p", "gone", "near", ".", "../packages/q/extensions"]),
    );
    const look = async (side) => {
      const one = manager(side, root, SettingsManager.create(join(root, "work"), join(root, "agent")));
      const asked = [];
      const resolved = await settle(() =>
        one.resolve(async (missing) => {
          asked.push(missing);
          return answer;
        }),
      );
      return {
        resolved,
        asked,
        more: await settle(() => one.resolveExtensionSources(more, { temporary: true })),
        listed: one.listConfiguredPackages(),
      };
    };
    return different("resources", await look(alpha), await look(beta));
  });
}

export async function settle(act) {
  try {
    return { value: await act() };
  } catch (error) {
    return { error: error.message };
  }
}

/** Each file below a folder with what is in it. */
function contents(dir, prefix = "") {
  const names = readdirSafe(dir) ?? [];
  return names
    .filter((name) => name !== ".git")
    .flatMap((name) => {
      const entry = join(dir, name);
      if (!readdirSafe(entry)) return [[prefix + name, readFileSync(entry, "utf8")]];
      return [[`${prefix}${name}/`], ...contents(entry, `${prefix}${name}/`)];
    });
}

function readdirSafe(path) {
  try {
    return readdirSync(path);
  } catch {
    return undefined;
  }
}

function git(cwd, ...args) {
  execFileSync("git", ["-c", "user.name=n", "-c", "user.email=e@e", ...args], { cwd, stdio: "ignore" });
}

/** A repository at the address that git is told stands for its folder. */
function repository(root) {
  const dir = join(root, "remote", "o", "r");
  mkdirSync(join(dir, "extensions"), { recursive: true });
  git(dir, "init", "-q", "-b", "main");
  commit(dir, "one");
  git(dir, "tag", "v1");
  commit(dir, "two");
  return dir;
}

function commit(dir, text) {
  writeFileSync(join(dir, "extensions", "main.ts"), `export default () => "${text}"`);
  git(dir, "add", "-A");
  git(dir, "commit", "-qm", text);
}

const WHICH = [
  "npm:a",
  "npm:a@1.2.3",
  "npm:@s/b",
  "npm:lost",
  "npm:broken",
  "git:git.example.org/o/r",
  "git:git.example.org/o/r@v1",
  "git:git.example.org/o/absent",
  "../packages/p",
  "gone",
  "a",
  "git.example.org/o/r",
];

async function commands(random, alpha, beta) {
  const [left, right] = [await play(random(), alpha), await play(random(), beta)];
  return different("commands", left, right);
}

/** A user who installs, updates and removes; each side has its own machine. */
function play(random, side) {
  return inFolder(async (root) => {
    const log = [];
    mkdirSync(join(root, "work"), { recursive: true });
    mkdirSync(join(root, "packages", "p"), { recursive: true });
    keep(join(root, "agent", "settings.json"), { npmCommand: programs(root) });
    const remote = repository(root);
    const settingsManager = SettingsManager.create(join(root, "work"), join(root, "agent"));
    const one = manager(side, root, settingsManager);
    one.setProgressCallback((event) => log.push(event));
    const environment = {
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: `url.${join(root, "remote")}/.insteadOf`,
      GIT_CONFIG_VALUE_0: "https://git.example.org/",
    };
    Object.assign(process.env, environment);
    try {
      for (let step = 0; step < 6; step++) {
        const [which, local] = [random.pick(WHICH), random.chance(0.5)];
        const act = random.weighted([
          [5, () => () => one.installAndPersist(which, { local })],
          [2, () => () => one.removeAndPersist(which, { local })],
          [2, () => () => one.update(random.pick([undefined, which]))],
          [1, () => () => one.checkForAvailableUpdates()],
          [1, () => () => one.resolve()],
          [1, () => async () => commit(remote, `later ${step}`)],
          [1, () => () => one.addSourceToSettings(which, { local })],
        ]);
        log.push([which, local, await settle(act)]);
      }
      await settingsManager.flush?.();
      log.push(one.listConfiguredPackages());
      for (const dir of ["work", "agent", "global"]) log.push(contents(join(root, dir)));
      log.push(
        existsSync(join(root, "npm.log"))
          ? readFileSync(join(root, "npm.log"), "utf8").split("\n").sort()
          : "",
      );
      return JSON.parse(JSON.stringify(log).replaceAll(root, "ROOT"));
    } finally {
      for (const name of Object.keys(environment)) delete process.env[name];
    }
  });
}
