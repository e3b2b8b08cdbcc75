import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createRandom, seedOf } from "./random.mjs";
import { different } from "./skills.mjs";

/** The same files of settings and the same calls: what each side's `SettingsManager` gives, and what it writes. */

const KASE = { call: "settings", model: { api: "files" }, options: {}, tags: new Set() };

export async function compareSides({ seed, count, chosen, alpha, beta, report }) {
  const section = report.section("settings");
  for (let index = 0; index < count; index++) {
    if (chosen !== undefined && chosen !== `#${index}`) continue;
    const sides = [];
    for (const { SettingsManager } of [alpha, beta]) {
      sides.push(await play(createRandom(seedOf(seed, "settings", index)), SettingsManager));
    }
    section.add(`#${index}`, KASE, different("settings", ...sides), { alpha: {}, beta: {} });
  }
  section.close();
}

const VALUES = {
  lastChangelogVersion: ["0.73.1", ""],
  defaultProvider: ["anthropic", "caf\u00e9", "half \ud83d"],
  defaultModel: ["claude", ""],
  defaultThinkingLevel: ["off", "xhigh"],
  transport: ["sse", "websocket", null],
  steeringMode: ["all", "one-at-a-time", ""],
  followUpMode: ["all"],
  theme: ["dark"],
  compaction: [{ enabled: false }, { reserveTokens: 1, more: 2 }, {}, null],
  branchSummary: [{ reserveTokens: 5 }, { skipPrompt: true }],
  retry: [
    { enabled: false },
    { maxRetries: 0, provider: { timeoutMs: 5 } },
    { maxDelayMs: 7 },
    { maxDelayMs: 7, provider: { maxRetryDelayMs: 9, own: 1 } },
    { maxDelayMs: 7, provider: { maxRetryDelayMs: null } },
    { maxDelayMs: "x", provider: 5 },
    [1],
  ],
  shellPath: ["/bin/zsh"],
  npmCommand: [["mise", "exec"], []],
  packages: [["npm:a", { source: "b", skills: ["c"] }]],
  extensions: [["./x"], []],
  skills: [
    ["s"],
    { enableSkillCommands: false, customDirectories: ["d"] },
    { customDirectories: [] },
    { enableSkillCommands: true },
  ],
  prompts: [["p"]],
  themes: [["t"]],
  enableSkillCommands: [false, null],
  terminal: [{ showImages: false, imageWidthCells: 0.5 }, { imageWidthCells: "9" }, { clearOnShrink: true }],
  images: [{ autoResize: false }, { blockImages: true }],
  enabledModels: [["a/*"]],
  doubleEscapeAction: ["fork", "none"],
  treeFilterMode: ["all", "bad"],
  thinkingBudgets: [{ low: 5 }],
  editorPaddingX: [2, 9],
  autocompleteMaxVisible: [7],
  showHardwareCursor: [true],
  markdown: [{ codeBlockIndent: "" }],
  warnings: [{ anthropicExtraUsage: false }],
  sessionDir: ["~", "~/x", "/s", ""],
  queueMode: ["all"],
  websockets: [true, false, "x"],
  unknown: [{ kept: [1.5, "\u{1F600}"] }, 5],
  7: ["number-like"],
};

const document = (random) =>
  Object.fromEntries(
    random
      .some(Object.keys(VALUES), random.pick([0.05, 0.3]))
      .map((name) => [name, random.pick(VALUES[name])]),
  );

function text(random) {
  return random.weighted([
    [12, () => JSON.stringify(document(random), null, random.pick([0, 2, 4]))],
    [1, ""],
    [1, "{"],
    [1, '{"theme": "dark",}'],
    [1, "\ufeff{}"],
    [1, "null"],
  ]);
}

const SETTERS = {
  setLastChangelogVersion: [["1"]],
  setDefaultProvider: [["openai"]],
  setDefaultModel: [["gpt"]],
  setDefaultModelAndProvider: [["google", "gemini"]],
  setSteeringMode: [["all"]],
  setFollowUpMode: [["one-at-a-time"]],
  setTheme: [["light"]],
  setDefaultThinkingLevel: [["high"]],
  setTransport: [["sse"]],
  setCompactionEnabled: [[true], [false]],
  setRetryEnabled: [[false]],
  setHideThinkingBlock: [[true]],
  setShellPath: [["/bin/sh"], [undefined]],
  setQuietStartup: [[true]],
  setShellCommandPrefix: [["set -e"], [undefined]],
  setNpmCommand: [[["pnpm"]], [undefined]],
  setCollapseChangelog: [[true]],
  setEnableInstallTelemetry: [[false]],
  setPackages: [[["npm:x"]]],
  setProjectPackages: [[["npm:y", { source: "z" }]]],
  setExtensionPaths: [[["e"]]],
  setProjectExtensionPaths: [[["f"]]],
  setSkillPaths: [[["g"]]],
  setProjectSkillPaths: [[["h"]]],
  setPromptTemplatePaths: [[["i"]]],
  setProjectPromptTemplatePaths: [[[]]],
  setThemePaths: [[["j"]]],
  setProjectThemePaths: [[["k"]]],
  setEnableSkillCommands: [[false]],
  setShowImages: [[false]],
  setImageWidthCells: [[0], [33.7]],
  setClearOnShrink: [[true]],
  setShowTerminalProgress: [[true]],
  setImageAutoResize: [[false]],
  setBlockImages: [[true]],
  setEnabledModels: [[["m"]], [undefined]],
  setDoubleEscapeAction: [["none"]],
  setTreeFilterMode: [["labeled-only"]],
  setShowHardwareCursor: [[true]],
  setEditorPaddingX: [[9], [-1], [1.5]],
  setAutocompleteMaxVisible: [[1], [99], [6.5]],
  setWarnings: [[{ anthropicExtraUsage: true }]],
};

const GETTERS = [
  ...Object.keys(SETTERS)
    .filter((name) => !/Project|ModelAndProvider/.test(name))
    .map((name) => name.replace("set", "get")),
  "getGlobalSettings",
  "getProjectSettings",
  "getSessionDir",
  "getCompactionReserveTokens",
  "getCompactionKeepRecentTokens",
  "getCompactionSettings",
  "getBranchSummarySettings",
  "getBranchSummarySkipPrompt",
  "getRetrySettings",
  "getProviderRetrySettings",
  "getThinkingBudgets",
  "getCodeBlockIndent",
];

async function play(random, SettingsManager) {
  const root = mkdtempSync(join(tmpdir(), "parity-settings-"));
  const [cwd, agentDir] = [join(root, "work"), join(root, "agent")];
  const files = [join(agentDir, "settings.json"), join(cwd, ".pi", "settings.json")];
  const seen = [];
  const look = (manager) => {
    seen.push(Object.fromEntries(GETTERS.map((name) => [name, attempt(() => manager[name]())])));
    // Pi complains once for each change, ours once for each attempt to write.
    const errors = manager.drainErrors().map(({ scope, error }) => `${scope} ${error instanceof Error}`);
    seen.push([...new Set(errors)]);
    // In the order of the file; what it says, to the byte.
    for (const file of files) seen.push(existsSync(file) ? [readFileSync(file, "utf8"), mode(file)] : "none");
  };
  for (const file of files) if (random.chance(0.7)) put(file, text(random));
  const manager = random.chance(0.2)
    ? SettingsManager.inMemory(document(random))
    : SettingsManager.create(cwd, agentDir);
  look(manager);
  for (const step of random.times(1, 6, () => makeStep(random, files))) {
    seen.push(await step(manager));
    await manager.flush();
    look(manager);
  }
  rmSync(root, { recursive: true });
  return JSON.parse(
    JSON.stringify(seen, (_, value) => (value === undefined ? "undefined" : value)).replaceAll(root, "ROOT"),
  );
}

function makeStep(random, files) {
  const calls = random.times(1, 4, () => {
    const name = random.pick(Object.keys(SETTERS));
    return [name, random.pick(SETTERS[name])];
  });
  const overrides = document(random);
  const [file, content] = [random.pick(files), text(random)];
  return random.weighted([
    [
      6,
      () => (manager) => calls.map(([name, args]) => attempt(() => manager[name](...structuredClone(args)))),
    ],
    [1, () => (manager) => manager.applyOverrides(structuredClone(overrides))],
    [1, () => (manager) => manager.reload()],
    [2, () => () => put(file, content)],
  ]);
}

function put(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, 0o640);
}

const mode = (file) => (statSync(file).mode & 0o777).toString(8);

function attempt(act) {
  try {
    return act();
  } catch (error) {
    return `${error.name}`;
  }
}
