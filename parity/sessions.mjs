import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, seedOf } from "./random.mjs";

/** Random sequences of operations on a session manager: what each returns, and what is in the files at the end. */

const KASE = { call: "sequence", model: { api: "session" }, options: {}, tags: new Set() };

export function runSessions({ seed, count, alpha, beta, report }) {
  const section = report.section("sessions");
  for (let index = 0; index < count; index++) {
    const name = `#${index}`;
    const [left, right] = [alpha, beta].map((Manager) =>
      play(Manager, createRandom(seedOf(seed, "sessions", index))),
    );
    const at = left.findIndex((line, step) => line !== right[step]);
    const differences =
      at < 0 && left.length === right.length
        ? []
        : [{ kind: "session", path: `.${at}`, ...around(left[at] ?? "", right[at] ?? "") }];
    section.add(name, KASE, differences, { alpha: {}, beta: {} });
  }
  section.close();
}

/** The two texts from shortly before they part. */
function around(alpha, beta) {
  let at = 0;
  while (at < alpha.length && alpha[at] === beta[at]) at++;
  const cut = (text) => text.slice(Math.max(0, at - 150), at + 150);
  return { alpha: cut(alpha), beta: cut(beta) };
}

/** One sequence; a line for each step. Ids and times are replaced by the order in which they come. */
function play(Manager, random) {
  const dir = mkdtempSync(join(tmpdir(), "parity-session-"));
  const lines = [];
  const plain = normaliser(dir);
  const say = (...values) => lines.push(plain(JSON.stringify(values)));
  const run = { Manager, random, dir, known: [], session: undefined, inMemory: random.chance(0.2), step: 0 };
  run.session = run.inMemory ? Manager.inMemory("/work") : Manager.create("/work", dir);
  // From the first answer on Pi writes every entry at once; before it ours does too, which is D3.
  run.known.push(run.session.appendMessage(user(0)), run.session.appendMessage(assistant(0, random)));
  for (run.step = 1; run.step <= random.between(5, 35); run.step++) {
    const [name, operation] = random.weighted(OPERATIONS.map(([weight, ...rest]) => [weight, rest]));
    let result;
    try {
      result = operation(run) ?? null;
    } catch (error) {
      result = `threw ${error.message}`;
    }
    if (typeof result === "string" && /^[0-9a-f]{8}$/.test(result)) run.known.push(result);
    say(name, result);
  }
  const { session } = run;
  say(session.getEntries(), session.buildSessionContext(), [...session.labelsById], session.leafId);
  const answered = session.getEntries().some((entry) => entry.message?.role === "assistant");
  say([...session.byId.keys()], answered && session.flushed, session.getSessionName() ?? null);
  const files = readdirSync(dir).map((file) => plain(readFileSync(join(dir, file), "utf8")));
  lines.push(...files.filter((text) => text.includes('"role":"assistant"')).sort());
  rmSync(dir, { recursive: true });
  return lines;
}

const user = (step) => ({ role: "user", content: `user ${step}`, timestamp: step });

function assistant(step, random) {
  const text = random.pick([`answer ${step}`, "caf\u00e9 \u{1F600}", "half \ud83d"]);
  return {
    role: "assistant",
    content: [{ type: "text", text }],
    provider: `p${step}`,
    model: "m",
    timestamp: step,
  };
}

const anyId = ({ random, known }) => random.pick([...known, "nothing"]);

const OPERATIONS = [
  [4, "user", ({ session, step }) => session.appendMessage(user(step))],
  [3, "assistant", ({ session, step, random }) => session.appendMessage(assistant(step, random))],
  [1, "thinking", ({ session, random }) => session.appendThinkingLevelChange(random.pick(["low", "high"]))],
  [1, "model", ({ session, step }) => session.appendModelChange("p", `m${step}`)],
  [
    1,
    "compaction",
    (run) => {
      const details = run.random.chance(0.5) ? { a: 1 } : undefined;
      const hook = run.random.chance(0.3) ? true : undefined;
      return run.session.appendCompaction(`sum ${run.step}`, anyId(run), run.step, details, hook);
    },
  ],
  [
    1,
    "custom",
    ({ session, random, step }) => session.appendCustomEntry("t", random.chance(0.5) ? step : undefined),
  ],
  [
    1,
    "name",
    ({ session, random, step }) => session.appendSessionInfo(random.pick(["  ", ` name ${step} `])),
  ],
  [1, "custom message", ({ session, step }) => session.appendCustomMessageEntry("c", `text ${step}`, true)],
  [
    2,
    "label",
    (run) => run.session.appendLabelChange(anyId(run), run.random.pick([undefined, "", `l${run.step}`])),
  ],
  [2, "branch", (run) => run.session.branch(anyId(run))],
  [0.3, "reset", ({ session }) => session.resetLeaf()],
  [
    1,
    "branch summary",
    (run) => run.session.branchWithSummary(run.random.pick([null, anyId(run)]), `left ${run.step}`),
  ],
  [1, "get branch", (run) => run.session.getBranch(run.random.pick([undefined, anyId(run)]))],
  [1, "context", ({ session }) => session.buildSessionContext()],
  [1, "tree", ({ session }) => session.getTree()],
  [
    1,
    "look",
    (run) => {
      const id = anyId(run);
      const { session } = run;
      return [session.getChildren(id), session.getLabel(id), session.getLeafEntry(), session.getEntry(id)];
    },
  ],
  [1, "reopen", (run) => onDisk(run, (file) => reopened(run, run.Manager.open(file)))],
  [0.5, "fork", (run) => onDisk(run, (file) => reopened(run, run.Manager.forkFrom(file, "/other", run.dir)))],
  [0.3, "branched session", (run) => run.session.createBranchedSession(anyId(run))],
  [
    0.5,
    "edit the header",
    ({ session }) => {
      session.fileEntries.find((entry) => entry.type === "session").cwd = "/moved";
      session._rewriteFile();
      return session.getHeader();
    },
  ],
  [
    0.3,
    "take out the last entry",
    ({ session }) => {
      const last = session.fileEntries.at(-1);
      // Without an answer Pi goes back to holding entries back, and then writes those in the file a second time.
      const answered = session.fileEntries.slice(0, -1).some((entry) => entry.message?.role === "assistant");
      if (last.type === "session" || !answered) return undefined;
      session.byId.delete(last.id);
      session.fileEntries.splice(session.fileEntries.indexOf(last), 1);
      const before = session.fileEntries.at(-1);
      session.leafId = before.type === "session" ? null : before.id;
      session._rewriteFile();
      return session.fileEntries.length;
    },
  ],
];

function onDisk({ session, inMemory }, act) {
  // Before the first answer only ours is in the file, which is D3.
  const answered = session.getEntries().some((entry) => entry.message?.role === "assistant");
  const file = session.getSessionFile();
  return !inMemory && answered && existsSync(file) ? act(file) : undefined;
}

function reopened(run, session) {
  run.session = session;
  return [session.getLeafId(), session.getCwd(), session.getEntries().length, session.flushed];
}

/** Replaces what differs from run to run: the folder, times of the clock, ids by their order. */
function normaliser(dir) {
  const ids = new Map();
  const numbered = (id) => {
    if (!ids.has(id)) ids.set(id, `id${ids.size}`);
    return ids.get(id);
  };
  return (text) =>
    text
      .replaceAll(dir, "DIR")
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}/g, "SESSION")
      .replace(/\d{4}-\d\d-\d\dT\d\d[:-]\d\d[:-]\d\d[.-]\d{3}Z/g, "TIME")
      .replace(/"timestamp":1[78]\d{11}/g, '"timestamp":0')
      .replace(/\b[0-9a-f]{8}\b/g, numbered);
}
