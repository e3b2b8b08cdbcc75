import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, seedOf } from "./random.mjs";
import { ASKED, COMMANDS, spoken } from "./shell-cases.mjs";
import { plant } from "./shell-trees.mjs";

/**
 * Bash, grep, find and ls: the same arguments on the same random folders, the same commands, the same output of a host's
 * own shell. Pi searches with `rg` and `fd` (8.7 or newer), which must be on the path.
 */

const ASKED_OF_A_TREE = 10;
const SPILLED = new RegExp(`${tmpdir()}/pi-bash-[0-9a-f]{16}\\.log`);

export async function compareSides({ seed, count, alpha, beta, report }) {
  const sides = [alpha, beta];
  compareDefinitions(sides, report);
  const cwd = process.cwd();
  const config = join(tmpdir(), `parity-rg-${process.pid}`);
  // Without this ripgrep's order is a matter of chance.
  writeFileSync(config, "--sort=path\n");
  process.env.RIPGREP_CONFIG_PATH = config;
  const tools = hasSearchers() ? ["ls", "grep", "find"] : ["ls"];
  if (tools.length === 1) console.log("grep, find: not compared, rg and fd 8.7 or newer are not on the path");
  for (const tool of tools) {
    const section = report.section(tool);
    for (let index = 0; index < count; index += ASKED_OF_A_TREE) {
      const random = createRandom(seedOf(seed, tool, index));
      const tree = plant(random);
      process.chdir(tree.root);
      for (let at = index; at < Math.min(count, index + ASKED_OF_A_TREE); at++) {
        const asked = ASKED[tool](random, tree);
        const make = `create${tool[0].toUpperCase()}${tool.slice(1)}Tool`;
        const seen = await Promise.all(sides.map((side) => call(side[make](tree.root), asked)));
        if (tool === "find") await first(seen[0], asked, (more) => call(alpha[make](tree.root), more));
        add(
          section,
          `#${at}`,
          tool,
          asked,
          seen.map((one) => plain(one, tree.root)),
        );
      }
      process.chdir(cwd);
      rmSync(tree.root, { recursive: true });
    }
    section.close();
  }
  rmSync(config);
  await runBash({ seed, count, sides, report });
}

/** What a model and a host are told of each tool; Pi's has renderers for its terminal too. */
function compareDefinitions(sides, report) {
  const section = report.section("tool definitions");
  for (const name of ["Bash", "Grep", "Find", "Ls"]) {
    const seen = sides.map((side) => {
      const definition = side[`create${name}ToolDefinition`]("/tmp");
      const keys = Object.keys(definition).filter((key) => !key.startsWith("render"));
      return { keys, ...definition, tool: Object.keys(side[`create${name}Tool`]("/tmp")) };
    });
    add(section, name, name, {}, seen);
  }
  section.close();
}

function hasSearchers() {
  const fd = spawnSync("fd", ["--no-require-git", "--version"]);
  return fd.status === 0 && spawnSync("rg", ["--version"]).status === 0;
}

export async function runBash({ seed, count, sides, report }) {
  const accumulated = report.section("bash output");
  for (let index = 0; index < count; index++) {
    const said = spoken(createRandom(seedOf(seed, "output", index)));
    const seen = [];
    for (const side of sides)
      seen.push(await play(side.createBashTool("/tmp", { operations: speaker(said) })));
    add(accumulated, `#${index}`, "bash", { command: "as a host says", end: said.end }, seen);
  }
  accumulated.close();
  const commands = report.section("bash commands");
  const rounds = Math.max(1, Math.ceil(count / 1000));
  const options = {
    commandPrefix: "PREFIXED=yes",
    spawnHook: (at) => ({ ...at, env: { ...at.env, FROM_HOOK: "x" } }),
  };
  for (const [index, command] of Array.from({ length: rounds }, () => COMMANDS)
    .flat()
    .entries()) {
    const asked = { command, timeout: index % 3 === 0 ? 30 : undefined };
    const seen = [];
    for (const side of sides)
      seen.push(await play(side.createBashTool(tmpdir(), index % 2 ? options : undefined), asked));
    add(commands, `#${index}`, "bash", asked, seen);
  }
  commands.close();
}

function speaker({ pieces, end }) {
  return {
    exec: async (_command, _cwd, { onData }) => {
      for (const piece of pieces) onData(Buffer.from(piece));
      if (typeof end === "string") throw new Error(end);
      return { exitCode: end };
    },
  };
}

/** A call with updates: the first and the last of them, the file with the whole output, and the result. */
async function play(tool, asked = { command: "as a host says" }) {
  const updates = [];
  const seen = await call(tool, asked, (update) => updates.push(update));
  const path = JSON.stringify(seen).match(SPILLED)?.[0];
  let file;
  if (path && existsSync(path)) {
    file = readFileSync(path).toString("latin1");
    rmSync(path);
  }
  const at = (value) =>
    JSON.parse((JSON.stringify(value) ?? "null").replaceAll(new RegExp(SPILLED, "g"), "FILE"));
  return { ...at(seen), first: at(updates[0]), last: at(updates.at(-1)), file };
}

async function call(tool, asked, onUpdate) {
  try {
    const { content, details } = await tool.execute("id", asked, undefined, onUpdate);
    return { text: content[0].text, others: content.length - 1, details };
  } catch (error) {
    return { threw: error.message };
  }
}

/** Which files fd finds first is a matter of chance: those that come first of all are expected. */
async function first(seen, asked, again) {
  const sorted = (text) => text.split("\n").sort(byParts);
  if (seen.text === undefined || seen.text === "No files found matching pattern") return;
  const limit = seen.details?.resultLimitReached;
  const [paths, ...notes] = seen.text.split("\n\n[");
  const all = limit === undefined ? paths : (await again({ ...asked, limit: 100_000 })).text;
  const kept = sorted(all)
    .slice(0, limit || undefined)
    .join("\n");
  seen.text = [kept, ...notes].join("\n\n[");
}

function byParts(left, right) {
  const [a, b] = [left, right].map((path) => path.replace(/\/$/, "").split("/"));
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const order = Buffer.compare(Buffer.from(a[at]), Buffer.from(b[at]));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

const plain = (seen, root) => JSON.parse(JSON.stringify(seen).replaceAll(root, "ROOT"));

function add(section, name, tool, asked, [alpha, beta]) {
  const kase = {
    call: JSON.stringify(asked),
    model: { api: tool },
    options: {},
    tags: new Set(),
    asked,
  };
  const keys = [...new Set([...Object.keys(alpha), ...Object.keys(beta)])];
  const differences = keys
    .map((key) => ({
      path: `.${key}`,
      left: JSON.stringify(alpha[key]) ?? "",
      right: JSON.stringify(beta[key]) ?? "",
    }))
    .filter(({ left, right }) => left !== right)
    .map(({ path, left, right }) => ({ kind: "tool", path, ...around(left, right) }));
  section.add(name, kase, differences, { alpha, beta });
}

/** The two texts from shortly before they part. */
function around(alpha, beta) {
  let at = 0;
  while (at < alpha.length && alpha[at] === beta[at]) at++;
  const cut = (text) => text.slice(Math.max(0, at - 80), at + 150);
  return { alpha: cut(alpha), beta: cut(beta) };
}
