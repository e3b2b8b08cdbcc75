import { appendFileSync, existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { oldFile } from "./session-old.mjs";
import { filesBelow } from "./sessions.mjs";

/** What hosts do with a session manager, each as `[weight, name, operation]`. */

export function begin(run) {
  const { module, random, dir } = run;
  const { SessionManager } = module;
  // Before the first answer only ours is in the file, which is D3: such files are not compared.
  run.isAnswered = () => run.session.fileEntries.some(isAnswer);
  run.files = () =>
    filesBelow(dir).filter((path) => readFileSync(path, "utf8").includes('"role":"assistant"'));
  const kind = random.pick(["memory", "own folder", "own folder", "default folder", "old", "given"]);
  if (kind === "memory") run.session = SessionManager.inMemory(random.pick(["/work", undefined]) ?? dir);
  else if (kind === "own folder") run.session = SessionManager.create("/work", dir);
  else if (kind === "default folder") run.session = SessionManager.create("/work");
  else run.session = SessionManager.open(oldFile(run, kind === "given" ? 3 : random.between(1, 2)));
  run.known.push(...run.session.getEntries().map(({ id }) => id));
}

const isAnswer = (entry) => entry.type === "message" && entry.message.role === "assistant";

export const user = (step) => ({ role: "user", content: `user ${step}`, timestamp: step });

export function assistant(step, random) {
  const text = random.pick([`answer ${step}`, "caf\u00e9 \u{1F600}", "half \ud83d", "line\u2028end\n"]);
  return {
    role: "assistant",
    content: [{ type: "text", text }],
    provider: `p${step}`,
    model: "m",
    timestamp: step,
  };
}

const other = ({ step, random }) =>
  random.pick([
    {
      role: "toolResult",
      toolCallId: `c${step}`,
      toolName: "t",
      content: [],
      details: { at: new Date(), no: undefined },
    },
    {
      role: "bashExecution",
      command: "ls",
      output: "x\n",
      exitCode: undefined,
      cancelled: false,
      timestamp: step,
    },
    {
      role: "custom",
      customType: "t",
      content: [{ type: "text", text: "c" }],
      display: false,
      timestamp: step,
    },
    {
      role: "user",
      content: [
        { type: "text", text: "" },
        { type: "text", text: " two " },
      ],
      timestamp: `${step}`,
    },
    {
      role: "user",
      content: [{ type: "image", data: "AA==", mimeType: "image/png" }],
      x: [-0, 1e21, Number.NaN],
    },
  ]);

const anyId = ({ random, known }) => random.pick([...known, "nothing"]);
const maybe = ({ random }, value) => (random.chance(0.5) ? value : undefined);

/** Runs what reads files, once the session's is there on both sides. */
function onDisk(run, act) {
  const file = run.session.getSessionFile();
  return file && run.isAnswered() && existsSync(file) ? act(file) : undefined;
}

function goOn(run, session) {
  run.session = session;
  return [
    session.getLeafId(),
    session.getCwd(),
    session.getEntries().length,
    session.flushed,
    session.getSessionId(),
  ];
}

const entryOf = (run, rest) => {
  const id = run.random.letters(8, "0123456789abcdef");
  run.known.push(id);
  return { id, parentId: run.session.getLeafId(), timestamp: new Date().toISOString(), ...rest };
};

export const OPERATIONS = [
  [4, "user", ({ session, step }) => session.appendMessage(user(step))],
  [3, "assistant", ({ session, step, random }) => session.appendMessage(assistant(step, random))],
  [2, "other message", (run) => run.session.appendMessage(other(run))],
  [1, "thinking", ({ session, random }) => session.appendThinkingLevelChange(random.pick(["low", "high"]))],
  [1, "model", ({ session, step }) => session.appendModelChange("p", `m${step}`)],
  [
    1,
    "compaction",
    (run) =>
      run.session.appendCompaction(
        `sum ${run.step}`,
        anyId(run),
        run.step,
        maybe(run, { a: 1 }),
        maybe(run, true),
      ),
  ],
  [
    1,
    "custom",
    (run) => run.session.appendCustomEntry("t", run.random.pick([undefined, null, run.step, { deep: [{}] }])),
  ],
  [
    1,
    "name",
    ({ session, random, step }) => session.appendSessionInfo(random.pick(["  ", "", ` name ${step} `])),
  ],
  [
    1,
    "custom message",
    (run) => {
      const content = run.random.pick([`text ${run.step}`, [{ type: "text", text: "block" }]]);
      return run.session.appendCustomMessageEntry("c", content, run.random.chance(0.5), maybe(run, { d: 1 }));
    },
  ],
  [
    2,
    "label",
    (run) => run.session.appendLabelChange(anyId(run), run.random.pick([undefined, "", `l${run.step}`])),
  ],
  [2, "branch", (run) => run.session.branch(anyId(run))],
  [0.3, "reset", ({ session }) => session.resetLeaf()],
  [
    1,
    "branch with summary",
    (run) => {
      const from = run.random.pick([null, anyId(run)]);
      const summary = run.random.pick(["", `left ${run.step}`]);
      return run.session.branchWithSummary(from, summary, maybe(run, { b: 2 }), maybe(run, false));
    },
  ],
  [1, "get branch", (run) => run.session.getBranch(run.random.pick([undefined, anyId(run)]))],
  [1, "context", ({ session }) => session.buildSessionContext()],
  [1, "tree", ({ session }) => session.getTree()],
  [1, "entries", ({ session }) => [session.getEntries(), session.getHeader(), session.getSessionName()]],
  [
    1,
    "look",
    (run) => {
      const id = anyId(run);
      const { session } = run;
      return [session.getChildren(id), session.getLabel(id), session.getLeafEntry(), session.getEntry(id)];
    },
  ],
  [
    1,
    "where",
    ({ session }) => [
      session.isPersisted(),
      session.getCwd(),
      session.getSessionDir(),
      session.getSessionId(),
      session.getSessionFile(),
      session.getLeafId(),
    ],
  ],
  [
    1,
    "functions",
    ({ module, session, random, known }) => {
      const entries = session.getEntries();
      const leaf = random.pick([undefined, null, "nothing", ...known]);
      const byId = new Map(entries.map((entry) => [entry.id, entry]));
      return [
        module.buildSessionContext(entries, leaf),
        module.buildSessionContext(entries, leaf, byId),
        module.getLatestCompactionEntry(entries),
      ];
    },
  ],
  [
    0.5,
    "parse and migrate",
    (run) =>
      onDisk(run, (file) => {
        const text = readFileSync(file, "utf8");
        const entries = run.module.parseSessionEntries(
          run.random.pick([text, `${text}{"half`, `\n\n${text}`, ""]),
        );
        run.module.migrateSessionEntries(entries);
        return entries;
      }),
  ],
  [1, "reopen", (run) => onDisk(run, (file) => goOn(run, run.module.SessionManager.open(file)))],
  [
    0.5,
    "open elsewhere",
    (run) =>
      onDisk(run, (file) =>
        goOn(run, run.module.SessionManager.open(file, run.dir, maybe(run, "/override"))),
      ),
  ],
  [
    0.5,
    "fork",
    (run) =>
      onDisk(run, (file) =>
        goOn(run, run.module.SessionManager.forkFrom(file, "/fork", maybe(run, run.dir))),
      ),
  ],
  [0.2, "fork nothing", (run) => run.module.SessionManager.forkFrom(join(run.dir, "none"), "/fork", run.dir)],
  [
    0.5,
    "branched session",
    (run) => {
      const file = run.session.createBranchedSession(anyId(run));
      return [file, run.session.getHeader(), run.session.getEntries()];
    },
  ],
  [
    0.3,
    "new session",
    (run) => {
      const options = run.random.pick([
        undefined,
        { id: `given-${run.step}` },
        { parentSession: "/parent.jsonl" },
      ]);
      return [run.session.newSession(options), run.session.getHeader(), run.session.flushed];
    },
  ],
  [
    0.3,
    "set the file",
    (run) => {
      const files = run.files();
      const known = run.given.filter((file) => files.includes(file));
      const file = run.random.pick([join(run.dir, `set-${run.step}.jsonl`), ...known]);
      run.session.setSessionFile(file);
      return [
        run.session.getSessionFile(),
        run.session.getEntries(),
        run.session.getCwd(),
        run.session.leafId,
      ];
    },
  ],
  [
    0.3,
    "old file",
    (run) => goOn(run, run.module.SessionManager.open(oldFile(run, run.random.between(1, 3)))),
  ],
  [
    0.3,
    "empty file",
    (run) => {
      const file = join(run.dir, `empty-${run.step}.jsonl`);
      writeFileSync(file, run.random.pick(["", "\n", "  \n\n"]));
      const seen = goOn(run, run.module.SessionManager.open(file, undefined, "/work"));
      return [seen, readFileSync(file, "utf8")];
    },
  ],
  [
    0.7,
    "another program's line",
    (run) =>
      onDisk(run, (file) => {
        const strange = { type: run.random.pick(["strange", "custom"]), customType: "x", odd: { a: [null] } };
        const line = entryOf(
          run,
          run.random.pick([strange, { type: "message", message: user(run.step), mark: true }]),
        );
        appendFileSync(file, `${JSON.stringify(line)}\n`);
        return goOn(run, run.module.SessionManager.open(file));
      }),
  ],
  [
    0.5,
    "continue",
    (run) => {
      const files = run.files();
      // Files without an answer are ours alone.
      for (const path of filesBelow(run.dir)) utimesSync(path, 1, 1);
      const inFolder = files.filter((path) => join(path, "..") === run.dir).sort(byStart);
      if (inFolder.length === 0) return undefined;
      const chosen = run.random.pick(inFolder);
      utimesSync(chosen, 1000, 1000);
      return goOn(run, run.module.SessionManager.continueRecent("/recent", run.dir));
    },
  ],
  [
    0.5,
    "list",
    async (run) => listed(run, await run.module.SessionManager.list("/work", maybe(run, run.dir))),
  ],
  [0.3, "list all", async (run) => listed(run, await run.module.SessionManager.listAll())],
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
      if (last.type === "session") return undefined;
      session.byId.delete(last.id);
      session.fileEntries.splice(session.fileEntries.indexOf(last), 1);
      const before = session.fileEntries.at(-1);
      session.leafId = before.type === "session" ? null : before.id;
      session._rewriteFile();
      return session.fileEntries.length;
    },
  ],
  [
    0.3,
    "prepare a run",
    ({ session }) => {
      const header = session.getHeader();
      if (session.fileEntries.some(isAnswer) || !session.getSessionFile()) return undefined;
      header.cwd = "/run";
      session.sessionId = header.id;
      writeFileSync(session.getSessionFile(), "");
      session.fileEntries = [header];
      session.byId.clear();
      session.labelsById.clear();
      session.leafId = null;
      session.flushed = false;
      return session.getEntries();
    },
  ],
];

/** Files go by the time in their names, which is the same on both sides, as their ids are not. */
const byStart = (a, b) => (a.slice(0, a.length - 42) < b.slice(0, b.length - 42) ? -1 : 1);

/** What a list shows of sessions that have an answer; those that were active at the same time come in any order. */
function listed(run, sessions) {
  const files = new Set(run.files());
  const times = sessions.map(({ modified }) => modified.getTime());
  const shown = sessions
    .filter(({ path }) => files.has(path))
    .map((session) => JSON.stringify({ ...session }));
  return [times.every((time, at) => at === 0 || time <= times[at - 1]), shown.length, unlike(shown).sort()];
}

/** Texts without the ids of sessions. */
const unlike = (texts) =>
  texts.map((text) =>
    text.replace(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, "SESSION"),
  );
