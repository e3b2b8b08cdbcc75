import { parseArgs } from "node:util";

// What the machine has set must not decide what a case does; the packages read some of it on import.
const READ_BY_PROVIDERS =
  /(_API_KEY|_TOKEN|_PROXY)$|^(PI_|OPENAI_|AZURE_|ANTHROPIC_|CLOUDFLARE_|AWS_|GOOGLE_|GCLOUD_|CLOUDSDK_|ARGENT_TRANSPORT)/i;
for (const name of Object.keys(process.env)) if (READ_BY_PROVIDERS.test(name)) delete process.env[name];

// Pi reads it when any of its packages is imported.
const { CALLBACK_HOST } = await import("./oauth-stage.mjs");
process.env.PI_OAUTH_CALLBACK_HOST = CALLBACK_HOST;

const { compare, createHeaderLedger } = await import("./compare.mjs");
const { errorSections } = await import("./errors.mjs");
const { hostSections } = await import("./hosts.mjs");
const { NO_END, observe } = await import("./observe.mjs");
const { recordedSections } = await import("./recorded.mjs");
const { createReport } = await import("./report.mjs");
const { requestSections } = await import("./requests.mjs");
const { startServer } = await import("./server.mjs");
const { streamSections } = await import("./streams.mjs");
const { WIRES } = await import("./wires/index.mjs");

const { values: flags } = parseArgs({
  options: {
    count: { type: "string" },
    long: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    case: { type: "string" },
    api: { type: "string" },
    recorded: { type: "string" },
    trace: { type: "boolean", default: false },
    outcomes: { type: "boolean", default: false },
  },
});

// Pi warns of YAML tags that it does not know.
process.emitWarning = () => {};

const KEY = "case";
// With more differences than this in a section the machine is not to blame.
const RETRIES = 8;
const TOGETHER = 64;
// Each such case takes the whole time limit.
const HUNG_ENOUGH = 5;

const alpha = await import(process.env.PARITY_ALPHA ?? "@mariozechner/pi-ai");
const beta = await import(process.env.PARITY_BETA ?? "argent-runtime/pi-ai");
const server = await startServer();
const report = createReport();
const size = { seed: flags.seed, count: Number(flags.count ?? (flags.long ? 3000 : 300)) };

const groups = {
  streams: () => streamSections(size),
  requests: () => requestSections(size),
  errors: () => errorSections(),
  hosts: () => hostSections(),
};

const pair = (name) => async () => ({
  alpha: await import(`@mariozechner/${name}`),
  beta: await import(`argent-runtime/${name}`),
});
// What asks no provider.
const offline = {
  sessions: { from: "./sessions.mjs", sides: pair("pi-coding-agent") },
  "session lists": { from: "./session-lists.mjs", sides: pair("pi-coding-agent") },
  tools: { from: "./file-tools.mjs", sides: pair("pi-coding-agent"), long: 5_000 },
  shell: { from: "./shell-tools.mjs", sides: pair("pi-coding-agent") },
  skills: { from: "./skills.mjs", sides: pair("pi-coding-agent") },
  prompts: { from: "./prompts.mjs", sides: async () => (await import("./prompts.mjs")).promptSides() },
  settings: { from: "./settings.mjs", sides: pair("pi-coding-agent") },
  registry: { from: "./registry.mjs", sides: async () => (await import("./registry.mjs")).registrySides() },
  extensions: {
    from: "./extensions.mjs",
    sides: async () => (await import("./extensions.mjs")).extensionSides(),
    long: 3_000,
  },
  packages: { from: "./packages.mjs", sides: pair("pi-coding-agent"), long: 3_000 },
  resources: { from: "./resources.mjs", sides: pair("pi-coding-agent"), long: 3_000 },
  migration: { from: "./migration.mjs", sides: async () => ({}) },
  compaction: {
    from: "./compaction.mjs",
    sides: async () => (await import("./compaction.mjs")).compactionSides(),
  },
  oauth: { from: "./oauth.mjs", sides: async () => (await import("./oauth.mjs")).oauthSides() },
  hosted: { from: "./hosted.mjs", sides: pair("pi-coding-agent"), long: 5_000 },
  loop: { from: "./loop.mjs", sides: pair("pi-agent-core") },
};

let alike = false;
try {
  await compareAll();
  alike = report.finish();
} catch (error) {
  // Observed cases catch what nobody handles, so this would be one of those.
  console.error(error);
}
await server.stop();
process.exit(alike ? 0 : 1);

async function compareAll() {
  for (const [name, make] of Object.entries(groups)) {
    if (flags.only === undefined || flags.only === name) await run(await make());
  }
  for (const [name, { from, sides, long = 10_000 }] of Object.entries(offline)) {
    if (flags.only !== undefined && flags.only !== name) continue;
    const { compareSides } = await import(from);
    const count = Number(flags.count ?? (flags.long ? long : 300));
    await compareSides({ seed: flags.seed, count, chosen: flags.case, report, ...(await sides()) });
  }
  if (flags.recorded) {
    await run(recordedSections({ ...size, folder: flags.recorded, cuts: flags.long ? 50 : 5 }));
  }
}

async function run(sections) {
  const headers = createHeaderLedger();
  for (const { name, cases } of sections) {
    const section = report.section(name);
    let hung = 0;
    let retried = 0;
    const chosen = cases.filter(
      (one) =>
        (flags.case === undefined || flags.case === one.name) &&
        (flags.api === undefined || flags.api === one.make(place(0)).model.api),
    );
    const early = await runTogether(chosen.filter((one) => one.waits));
    for (const one of chosen) {
      if (hung === HUNG_ENOUGH) {
        section.skip();
        continue;
      }
      if (flags.trace) console.log(`  ${name} ${one.name}`);
      let pair = early.get(one) ?? (await both(one, 3));
      let differences = compare(pair.alpha, pair.beta, wire(pair));
      if (differences.length > 0 && one.patient && retried++ < RETRIES) {
        pair = await both(one, 40);
        differences = compare(pair.alpha, pair.beta, wire(pair));
      }
      section.add(one.name, pair.kase, differences, { alpha: pair.alpha, beta: pair.beta });
      if (flags.outcomes) section.note(pair.kase, pair.alpha);
      if (pair.beta.thrown?.includes(NO_END)) hung++;
      headers.add(pair.alpha, pair.beta, { api: pair.kase.model.api, section: name, caseName: one.name });
    }
    section.close();
  }
  report.headers(headers.rows());
}

function wire({ kase }) {
  return WIRES.get(kase.model.api);
}

function place(pause, key = KEY) {
  return { base: `${server.origin}/${key}`, pause };
}

/** Cases that mostly wait, many at a time: those with the same environment, since a process has only one. */
async function runTogether(cases) {
  const groups = new Map();
  for (const [at, one] of cases.entries()) {
    const key = `${KEY}${at}`;
    const { env } = prepared(one, 3, key);
    const name = JSON.stringify(env);
    if (!groups.has(name)) groups.set(name, { env, rest: [] });
    groups.get(name).rest.push({ one, key });
  }
  const pairs = new Map();
  for (const { env, rest } of groups.values()) {
    const work = async () => {
      for (let next = rest.shift(); next; next = rest.shift()) {
        pairs.set(next.one, await twice(next.one, 3, next.key));
      }
    };
    await withEnvironment(env, () => Promise.all(Array.from({ length: TOGETHER }, work)));
  }
  return pairs;
}

/** Runs a case on both sides. */
function both(one, pause) {
  return withEnvironment(prepared(one, pause, KEY).env, () => twice(one, pause, KEY));
}

/** Both sides ask at the same address, so that an address inside a text is no difference. */
async function twice(one, pause, key) {
  const make = () => prepared(one, pause, key);
  const kase = make();
  return { kase, alpha: await observe(alpha, make(), server), beta: await observe(beta, make(), server) };
}

/** A case as its wire needs it, made anew for each side. */
function prepared(one, pause, key) {
  const kase = { key, ...one.make(place(pause, key)) };
  const wire = WIRES.get(kase.model.api);
  wire?.prepare?.(kase);
  kase.env = { ...wire?.environment?.(kase), ...kase.env };
  return kase;
}

async function withEnvironment(values, act) {
  Object.assign(process.env, values);
  try {
    return await act();
  } finally {
    for (const name of Object.keys(values)) delete process.env[name];
  }
}
