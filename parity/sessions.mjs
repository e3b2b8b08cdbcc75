import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, seedOf } from "./random.mjs";
import { begin, OPERATIONS } from "./session-operations.mjs";

/** Random sequences of operations on a session manager: what each returns, and what is in the files at the end. */

const KASE = { call: "sequence", model: { api: "session" }, options: {}, tags: new Set() };

export async function compareSides({ seed, count, chosen, alpha, beta, report }) {
  const section = report.section("sessions");
  const used = new Map();
  for (let index = 0; index < count; index++) {
    if (chosen !== undefined && chosen !== `#${index}`) continue;
    const sides = [];
    for (const module of [alpha, beta])
      sides.push(await play(module, createRandom(seedOf(seed, "sessions", index)), used));
    const [left, right] = sides;
    const differences = [];
    for (let at = 0; at < Math.max(left.lines.length, right.lines.length); at++) {
      const texts = [left.lines[at] ?? "", right.lines[at] ?? ""];
      if (texts[0] === texts[1]) continue;
      differences.push({ kind: "session", path: stepOf(left.lines[at]), at, ...around(...texts) });
    }
    section.add(`#${index}`, KASE, differences, { alpha: left, beta: right });
  }
  section.close();
  const each = [...used].map(([name, times]) => `${name} ${times}`).sort();
  console.log(`  operations on each side: ${each.join(", ")}`);
}

/** The operation that a line is of. */
const stepOf = (line = "") => /^\["[^"]*"/.exec(line)?.[0].slice(1) ?? "at the end";

/** The two texts from shortly before they part. */
function around(alpha, beta) {
  let at = 0;
  while (at < alpha.length && alpha[at] === beta[at]) at++;
  const cut = (text) => text.slice(Math.max(0, at - 150), at + 150);
  return { alpha: cut(alpha), beta: cut(beta) };
}

/**
 * One sequence: a line for each step, and at last one for each file; ids are replaced by the order of their coming. And
 * the step after which a session's header stands in its file twice.
 */
async function play(module, random, used) {
  const lines = [];
  let doubledAt = Number.POSITIVE_INFINITY;
  const dir = mkdtempSync(join(tmpdir(), "parity-session-"));
  const plain = normaliser(dir);
  const say = (...values) => lines.push(plain(JSON.stringify(values) ?? ""));
  const run = { module, random, dir, known: [], given: [], step: 0, session: undefined };
  const clock = stopClock();
  const { PI_CODING_AGENT_DIR } = process.env;
  process.env.PI_CODING_AGENT_DIR = join(dir, "agent");
  try {
    clock.set(0);
    begin(run);
    for (run.step = 1; run.step <= random.between(5, 40); run.step++) {
      clock.set(run.step);
      const [name, operation] = random.weighted(OPERATIONS.map(([weight, ...rest]) => [weight, rest]));
      used.set(name, (used.get(name) ?? 0) + 1);
      let result;
      try {
        result = (await operation(run)) ?? null;
      } catch (error) {
        result = `threw ${error.message}`;
      }
      if (typeof result === "string" && /^[0-9a-f]{8}$/.test(result)) run.known.push(result);
      say(name, result);
      if (isDoubled(run.files())) doubledAt = Math.min(doubledAt, lines.length - 1);
    }
    const { session } = run;
    say(session.getEntries(), session.buildSessionContext(), session.getTree());
    // Pi's new sessions keep the times of the labels of earlier ones, which nobody reads.
    const labels = [...session.labelsById].map(([id, label]) => [
      id,
      label,
      session.labelTimestampsById.get(id),
    ]);
    say(labels, session.leafId, session.sessionId);
    say([...session.byId.keys()], run.isAnswered() && session.flushed, session.getSessionName() ?? null);
    // In an order that no new id and no folder's own order has a part in: ids are numbered as they come.
    const files = run.files().map((path) => readFileSync(path, "utf8"));
    const order = new Map(files.map((text) => [text, plain(text, true)]));
    files.sort((a, b) => (order.get(a) < order.get(b) ? -1 : 1));
    lines.push(...files.map((text) => plain(text)));
  } finally {
    clock.start();
    if (PI_CODING_AGENT_DIR === undefined) delete process.env.PI_CODING_AGENT_DIR;
    else process.env.PI_CODING_AGENT_DIR = PI_CODING_AGENT_DIR;
    rmSync(dir, { recursive: true });
  }
  return { lines, doubledAt };
}

const isDoubled = (paths) =>
  paths.some((path) => readFileSync(path, "utf8").split('{"type":"session"').length > 2);

/** Every session's file below a folder. */
export function filesBelow(dir) {
  if (!existsSync(dir)) return [];
  const files = readdirSync(dir, { recursive: true }).filter((name) => name.endsWith(".jsonl"));
  return files.map((name) => join(dir, name));
}

/** From now on it is always the time that was set, in seconds after a certain moment. */
function stopClock() {
  const Real = Date;
  let now = 0;
  globalThis.Date = class extends Real {
    constructor(...args) {
      super(...(args.length === 0 ? [now] : args));
    }
    static now = () => now;
  };
  return {
    set: (seconds) => {
      now = Real.UTC(2026, 0, 1) + seconds * 1000;
    },
    start: () => {
      globalThis.Date = Real;
    },
  };
}

/** Entries' ids of eight digits, and sessions' of a whole UUID. */
const IDS = /(?<![0-9a-z])[0-9a-f]{8}(-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})?(?![0-9a-z])/g;

/** Replaces what is drawn by lot: the folder, and ids by their order; with `briefly` only those that are known. */
function normaliser(dir) {
  const ids = new Map();
  const numbered = (id) => {
    if (!ids.has(id)) ids.set(id, `id${ids.size}`);
    return ids.get(id);
  };
  const named = (id) => ids.get(id) ?? "id";
  return (text, briefly) => text.replaceAll(dir, "DIR").replace(IDS, briefly ? named : numbered);
}
