import { parseArgs } from "node:util";

// What the machine has set must not decide what a case does; the packages read some of it on import.
const READ_BY_PROVIDERS =
  /(_API_KEY|_TOKEN|_PROXY)$|^(PI_|OPENAI_|AZURE_|ANTHROPIC_|CLOUDFLARE_|AWS_|GOOGLE_|GCLOUD_|CLOUDSDK_|ARGENT_TRANSPORT)/i;
for (const name of Object.keys(process.env)) if (READ_BY_PROVIDERS.test(name)) delete process.env[name];

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
  if (flags.only === undefined || flags.only === "sessions") {
    const { runSessions } = await import("./sessions.mjs");
    const { runSessionLists } = await import("./session-lists.mjs");
    const managers = {
      alpha: (await import("@mariozechner/pi-coding-agent")).SessionManager,
      beta: (await import("argent-runtime/pi-coding-agent")).SessionManager,
    };
    runSessions({ ...size, count: flags.long ? 10_000 : size.count, ...managers, report });
    await runSessionLists({ ...size, ...managers, report });
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
        pairs.set(next.one, await pair(next.one, 3, next.key));
      }
    };
    await withEnvironment(env, () => Promise.all(Array.from({ length: TOGETHER }, work)));
  }
  return pairs;
}

/** Runs a case on both sides. */
function both(one, pause) {
  return withEnvironment(prepared(one, pause, KEY).env, () => pair(one, pause, KEY));
}

/** Both sides ask at the same address, so that an address inside a text is no difference. */
async function pair(one, pause, key) {
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
