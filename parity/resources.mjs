import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { inFolder, settle, world } from "./packages.mjs";
import { createRandom, seedOf } from "./random.mjs";
import { different } from "./skills.mjs";

/** What a session is told beside the conversation: the same folders and options through both loaders. */

const KASE = { call: "resources", model: { api: "files" }, options: {}, tags: new Set() };

const pi = dirname(fileURLToPath(import.meta.resolve("@mariozechner/pi-coding-agent")));
const THEME = JSON.parse(readFileSync(join(pi, "modes/interactive/theme/dark.json"), "utf8"));

export async function compareSides({ seed, count, alpha, beta, report }) {
  const section = report.section("resources");
  const { error } = console;
  for (let index = 0; index < Math.ceil(count / 10); index++) {
    const random = () => createRandom(seedOf(seed, "resources", index));
    section.add(`#${index}`, KASE, await loaders(random, alpha, beta), { alpha: {}, beta: {} });
  }
  console.error = error;
  section.close();
}

const CONTENTS = {
  ".ts": (random) => {
    const name = random.pick(["one", "two"]);
    return random.pick([
      "export default () => {}",
      `export default (pi) => pi.registerTool({ name: "${name}", label: "l", description: "d", parameters: {}, execute() {} })`,
      `export default (pi) => { pi.registerFlag("${name}", { type: "boolean" }); pi.registerCommand("${name}", { handler() {} }); }`,
      "export const nothing = 1",
    ]);
  },
  ".md": (random) => {
    const name = random.pick(["", "name: one\n", "name: two\n", "name: Bad Name\n"]);
    const description = random.pick(["", "description: does it\n", "description: does it\n"]);
    return `---\n${name}${description}---\nBody $1\n`;
  },
  ".json": (random) => random.pick(["{", JSON.stringify({ ...THEME, name: random.pick(["dusk", "dawn"]) })]),
};

/** Gives the files that are there something to say. */
function write(random, dir) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) {
      write(random, path);
      continue;
    }
    const ending = Object.keys(CONTENTS).find((one) => entry.name.endsWith(one));
    const own = ["package.json", "settings.json"].includes(entry.name);
    if (ending && !own && entry.isFile()) writeFileSync(path, CONTENTS[ending](random));
  }
}

function instructions(random, root) {
  const dirs = ["", "work", "agent", "work/.pi", "work/sub"];
  for (const dir of dirs) mkdirSync(join(root, dir), { recursive: true });
  for (const name of ["AGENTS.md", "CLAUDE.md", "SYSTEM.md", "APPEND_SYSTEM.md"]) {
    for (const dir of random.some(dirs, 0.3)) {
      if (random.chance(0.05)) mkdirSync(join(root, dir, name), { recursive: true });
      else writeFileSync(join(root, dir, name), random.pick(["", `Of ${dir} ${name}\n`]));
    }
  }
}

const PATHS = [
  "../packages/p",
  "../packages/p/skills",
  "../packages/q/prompts/x.md",
  "../packages/q/themes",
  "../agent/skills",
  ".pi/prompts",
  ".pi/extensions/a.ts",
  "../gone",
  "gone.md",
  "npm:absent",
  "~/x",
  " ../packages/p ",
];

function options(random, log) {
  const some = () => random.times(0, 2, () => random.pick(PATHS));
  const set = (name, value, share = 0.25) => (random.chance(share) ? { [name]: value } : {});
  const override = (name, change) => {
    const seen = (base) => {
      log.push([name, JSON.stringify(base ?? null).replace(/\\nRequire stack:[^"]*/g, "")]);
      return change(base);
    };
    return set(name, seen, 0.08);
  };
  const without = ["noExtensions", "noSkills", "noPromptTemplates", "noThemes", "noContextFiles"];
  return {
    ...set("additionalExtensionPaths", some()),
    ...set("additionalSkillPaths", some()),
    ...set("additionalPromptTemplatePaths", some()),
    ...set("additionalThemePaths", some()),
    ...set("extensionFactories", [
      (api) =>
        api.registerTool({ name: "one", label: "inline", description: "", parameters: {}, execute() {} }),
      () => Promise.reject(random.pick([new Error("no factory"), "text"])),
    ]),
    ...Object.fromEntries(random.some(without, 0.2).map((name) => [name, true])),
    ...set("systemPrompt", random.pick(["Be brief.", "", "../AGENTS.md", ".."])),
    ...set("appendSystemPrompt", random.pick([[], ["More.", ""], ["gone.md"]])),
    ...override("skillsOverride", ({ skills }) => ({ skills: skills.slice(1), diagnostics: [] })),
    ...override("promptsOverride", ({ prompts, diagnostics }) => ({
      prompts: prompts.slice(0, 1),
      diagnostics,
    })),
    ...override("agentsFilesOverride", () => ({ agentsFiles: [{ path: "x", content: "y" }] })),
    ...override("systemPromptOverride", (base) => `${base}!`),
    ...override("appendSystemPromptOverride", (base) => [...base, "last"]),
    ...override("extensionsOverride", (base) => ({ ...base, extensions: base.extensions.slice(0, 1) })),
  };
}

function extended(random) {
  const metadata = { source: "extension:x", scope: "temporary", origin: "top-level", baseDir: "/x" };
  const some = () => random.times(0, 2, () => ({ path: random.pick(PATHS.slice(0, 8)), metadata }));
  return { skillPaths: some(), promptPaths: some(), ...(random.chance(0.5) ? { themePaths: some() } : {}) };
}

/** What a loader has found. */
function contents(loader) {
  const { extensions, errors } = loader.getExtensions();
  return {
    extensions: extensions.map(({ path, resolvedPath, sourceInfo, tools, commands, flags }) => ({
      path,
      resolvedPath,
      sourceInfo,
      tools: [...tools.values()],
      commands: [...commands.values()],
      flags: [...flags.values()],
    })),
    errors: errors.map(({ path, error }) => ({ path, error: error.replace(/\n[\s\S]*/, "") })),
    skills: loader.getSkills(),
    prompts: loader.getPrompts(),
    themes: loader
      .getThemes()
      .themes.map(({ name, sourcePath, sourceInfo }) => ({ name, sourcePath, sourceInfo })),
    themeDiagnostics: loader.getThemes().diagnostics,
    agents: loader.getAgentsFiles(),
    system: loader.getSystemPrompt(),
    append: loader.getAppendSystemPrompt(),
  };
}

function loaders(random, alpha, beta) {
  return inFolder(async (root) => {
    const source = random();
    world(source, root);
    write(source, root);
    instructions(source, root);
    const seed = source.int(1e9);
    const here = process.cwd();
    process.env.PI_OFFLINE = "1";
    process.chdir(join(root, "work"));
    try {
      const play = async (side) => {
        const [own, log] = [createRandom(seed), []];
        console.error = (text) => log.push(String(text));
        const cwd = join(root, own.pick(["work", "work", "work/sub"]));
        const loader = new side.DefaultResourceLoader({
          cwd,
          agentDir: join(root, "agent"),
          ...options(own, log),
        });
        log.push(await settle(() => loader.reload()), contents(loader));
        log.push(await settle(() => loader.extendResources(extended(own))), contents(loader));
        if (own.chance(0.2)) log.push(await settle(() => loader.reload()), contents(loader));
        return log;
      };
      const [left, right] = [await play(alpha), await play(beta)];
      const at = left.findIndex((one, index) => JSON.stringify(one) !== JSON.stringify(right[index]));
      const names = Object.keys(left[at] ?? {});
      const part = names.find((name) => JSON.stringify(left[at][name]) !== JSON.stringify(right[at]?.[name]));
      return different(
        `resources ${part ?? ""}`,
        part ? left[at][part] : left,
        part ? right[at][part] : right,
      );
    } finally {
      process.chdir(here);
      delete process.env.PI_OFFLINE;
    }
  });
}
