import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { yamlDocument } from "./documents.mjs";
import { createRandom, seedOf } from "./random.mjs";
import { different } from "./skills.mjs";

/** Prompt templates, a project's instructions, system prompts: what each side makes of the same files. */

const KASE = { call: "prompts", model: { api: "files" }, options: {}, tags: new Set() };

/** The functions of both sides. Some Pi keeps to itself, so that they are taken from their files. */
export async function promptSides() {
  const side = async (module, folder) => ({
    context: await import(module),
    templates: await import(new URL(`${folder}prompt-templates.js`, import.meta.resolve(module))),
    system: await import(new URL(`${folder}system-prompt.js`, import.meta.resolve(module))),
  });
  return {
    alpha: await side("@mariozechner/pi-coding-agent", "core/"),
    beta: await side("argent-runtime/pi-coding-agent", ""),
  };
}

export function compareSides({ seed, count, alpha, beta, report }) {
  const each = (name, play) => {
    const section = report.section(name);
    for (let index = 0; index < count; index++) {
      const make = () => createRandom(seedOf(seed, name, index));
      section.add(`#${index}`, KASE, play(make(), alpha, beta), { alpha: {}, beta: {} });
    }
    section.close();
  };
  each("prompt templates", templates);
  each("template arguments", commands);
  each("context files", contextFiles);
  each("system prompts", systemPrompts);
}

const NAMES = [
  "review.md",
  "fix.md",
  "a b.md",
  ".md",
  "caf\u00e9.md",
  "x.MD",
  "notes.txt",
  ".hidden.md",
  "a.md.md",
];
const LINES = [
  "Review $1",
  "",
  "  ",
  `${"long ".repeat(12)}line`,
  "x".repeat(61),
  "\u{1F600}".repeat(31),
  "# Title",
];
const MATTER = [
  "description: Reviews a file",
  "argument-hint: <file> [note]",
  "argument-hint: 12",
  "description: ''",
  "description: 12",
  "description: .inf",
  "argument-hint: [a, b]",
  "broken: [",
];

function template(random) {
  const body = random.times(0, 3, () => random.pick(LINES)).join(random.pick(["\n", "\r\n"]));
  if (random.chance(0.2)) return body;
  const matter = random.chance(0.85)
    ? random.times(0, 2, () => random.pick(MATTER)).join("\n")
    : yamlDocument(random).replace(/[?[\]{}\t]/g, "");
  return `---\n${matter}\n---\n${body}`;
}

function inFolder(prefix, act) {
  const root = mkdtempSync(join(tmpdir(), prefix));
  try {
    return act(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

function templates(random, alpha, beta) {
  return inFolder("parity-prompts-", (root) => {
    const [agentDir, cwd] = [join(root, "agent"), join(root, "work")];
    const folders = [join(agentDir, "prompts"), join(cwd, ".pi", "prompts"), join(root, "more")];
    const files = [];
    for (const folder of folders.filter(() => random.chance(0.8))) {
      mkdirSync(folder, { recursive: true });
      for (const name of random.times(0, 4, () => random.pick(NAMES))) {
        files.push(join(folder, name));
        writeFileSync(join(folder, name), template(random));
      }
      if (random.chance(0.2)) mkdirSync(join(folder, "folder.md"));
      if (random.chance(0.3)) symlinkSync(random.pick([...files, "gone", folder]), join(folder, "link.md"));
    }
    const anywhere = [
      ...files,
      ...folders,
      `${root}/more/`,
      "../more",
      " .pi/prompts ",
      `${root}//more/.`,
      "none.md",
    ];
    const promptPaths = random.times(0, 3, () => random.pick(anywhere));
    const options = { cwd, agentDir, promptPaths, includeDefaults: random.chance(0.7) };
    const [left, right] = [alpha, beta].map((side) => side.templates.loadPromptTemplates(options));
    return different("templates", left, right);
  });
}

const braced = (text) => `$\{${text}}`;
const SLICES = ["@:1", "@:2", "@:0", "@:2:1", "@:1:0"].map(braced);
const PLACEHOLDERS = ["$1", "$2", "$10", "$0", "$@", "$ARGUMENTS", ...SLICES];
const ODD = ["@", "@:", "@:a"].map(braced);
const TEXT = [...ODD, "a", " ", "$", "$$", "$\u007b", "}", "$x", "ARGUMENTS", "\n", "\u{1F600}", "1", "$&"];
const ARGS = [
  "one",
  "'two three'",
  '"four',
  "it's",
  "\t",
  " ",
  "  ",
  "''",
  "caf\u00e9",
  'a"b c"d',
  "\n",
  "five\\ six",
  "a@b",
  "&",
];

function commands(random, alpha, beta) {
  const content = random.times(0, 6, () => random.pick([...PLACEHOLDERS, ...TEXT])).join("");
  const text = random.pick(["/t ", "/t ", "/t ", "/t", "t ", "/u ", "/ t", ""]);
  const line = text + random.times(0, 5, () => random.pick(ARGS)).join(random.pick([" ", " ", "\t", ""]));
  const [left, right] = [alpha, beta].map(({ templates }) => [
    templates.expandPromptTemplate(line, [{ name: "t", content }]),
    templates.parseCommandArgs(line),
    templates.substituteArgs(content, line.split(" ")),
  ]);
  return different("arguments", left, right);
}

const CONTEXT = ["AGENTS.md", "AGENTS.MD", "CLAUDE.md", "CLAUDE.MD", "agents.md", "README.md"];

function contextFiles(random, alpha, beta) {
  return inFolder("parity-context-", (root) => {
    const folders = ["", "a", "a/b", "a/b/c", "agent"].map((name) => join(root, name));
    for (const folder of folders) {
      mkdirSync(folder, { recursive: true });
      for (const name of random.times(0, 2, () => random.pick(CONTEXT))) {
        const text = random.pick(["", "Be kind.\r\n", "\ufeffcaf\u00e9", Buffer.from([0x61, 0xff])]);
        put(join(folder, name), random.chance(0.1) ? undefined : text);
      }
    }
    const options = {
      cwd: random.pick([...folders, `${root}/a/b/`, `${root}/none/there`, `${root}/a/../a/b`]),
      agentDir: random.pick([...folders, `${root}/agent/`, join(root, "none")]),
    };
    const [left, right] = [alpha, beta].map(({ context }) => {
      const said = [];
      const { error } = console;
      // Pi's warnings are coloured.
      console.error = (text) => said.push(text.replace(/^[^W]*|[^\w/]*$/g, ""));
      const files = context.loadProjectContextFiles(options);
      console.error = error;
      return [files, said];
    });
    return different("context", left, right);
  });
}

/** A file, or without content a folder, unless there is one of the other sort. */
function put(path, content) {
  try {
    if (content === undefined) mkdirSync(path);
    else writeFileSync(path, content);
  } catch (error) {
    if (!/EEXIST|EISDIR/.test(error.code)) throw error;
  }
}

const TOOLS = ["read", "bash", "edit", "write", "grep", "find", "ls", "mine"];

function systemPrompts(random, alpha, beta) {
  const maybe = (make, share = 0.5) => (random.chance(share) ? make() : undefined);
  const skill = () => ({
    name: "a<b",
    description: "d",
    filePath: "/s",
    disableModelInvocation: random.chance(0.3),
  });
  const options = {
    customPrompt: maybe(() => random.pick(["", "Be brief.", "half \ud83d"]), 0.3),
    selectedTools: maybe(() => random.some(TOOLS), 0.7),
    toolSnippets: maybe(() =>
      Object.fromEntries(random.some(TOOLS).map((name) => [name, random.pick(["", `Does ${name}`])])),
    ),
    promptGuidelines: maybe(() =>
      random.times(0, 3, () => random.pick(["Be kind", " Be kind ", "", "Be concise in your responses"])),
    ),
    appendSystemPrompt: maybe(() => random.pick(["", "More."])),
    cwd: random.pick(["/work", "C:\\work\\x", "/caf\u00e9 x/"]),
    contextFiles: maybe(() =>
      random.times(0, 2, () => ({ path: "/a/AGENTS.md", content: random.pick(["", "x\n"]) })),
    ),
    skills: maybe(() => random.times(0, 2, skill)),
  };
  const kept = process.env.PI_PACKAGE_DIR;
  process.env.PI_PACKAGE_DIR = random.pick(["/pi", "~", "~/pi", "pi"]);
  const [left, right] = [alpha, beta].map(({ system }) => system.buildSystemPrompt(options));
  if (kept === undefined) delete process.env.PI_PACKAGE_DIR;
  else process.env.PI_PACKAGE_DIR = kept;
  return different("system prompt", left, right);
}
