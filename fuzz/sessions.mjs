// Mutates session files of every version and opens them: `node fuzz/sessions.mjs [seconds] [seed]`. What was said must
// be there after the migration, after an append and when the file is opened again. The first file that breaks this is
// left in `artifacts/`.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CURRENT_SESSION_VERSION,
  migrateSessionEntries,
  parseSessionEntries,
  SessionManager,
} from "argent-runtime/pi-coding-agent";

const [seconds = 10, seed = Date.now() % 1e9] = process.argv.slice(2).map(Number);
const time = "2025-01-01T00:00:00.000Z";
const said = (role, content) => ({ type: "message", timestamp: time, message: { role, content } });
const header = (version) => ({ type: "session", version, id: "s", timestamp: time, cwd: "/work" });

const first = [
  header(),
  said("user", "u0"),
  said("hookMessage", "h1"),
  said("assistant", [{ type: "text", text: "caf\u00e9 \ud83d" }]),
  { type: "compaction", timestamp: time, summary: "s", firstKeptEntryIndex: 2, tokensBefore: 1 },
  said("user", "u2"),
];
const chain = (entries) =>
  entries.map((entry, at) => ({ ...entry, id: `a${at}`, parentId: at > 0 ? `a${at - 1}` : null }));
const second = [header(2), ...chain(first.slice(1, 4)), { ...chain(first)[4], firstKeptEntryId: "a1" }];
const third = [
  header(3),
  ...chain(first.slice(1, 4)),
  { type: "label", id: "l", parentId: "a2", timestamp: time, targetId: "a1", label: "x" },
  { type: "session_info", id: "n", parentId: "l", timestamp: time, name: " name " },
  { ...said("user", "another way"), id: "a9", parentId: "a1" },
  { type: "compaction", id: "c", parentId: "a9", timestamp: time, summary: "s", firstKeptEntryId: "a1" },
];
const corpus = [first, second, third, first.slice(1), third.slice(1)].map((entries) =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""),
);
const words = [
  '"id":"a1",',
  '"version":2,',
  '"parentId":"a2",',
  "null",
  "{}",
  "\n",
  '"type":"session",',
  "\\ud800",
];

let state = seed >>> 0;
function below(limit) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}
const pick = (list) => list[below(list.length)];

function mutated() {
  let data = Buffer.from(pick(corpus));
  for (let left = 1 + below(6); left > 0; left--) {
    const at = below(data.length + 1);
    const end = Math.min(data.length, at + below(30));
    const [before, after] = [data.subarray(0, at), data.subarray(at)];
    const lines = data.toString("latin1").split("\n");
    const kind = below(7);
    if (kind === 0 && at < data.length) {
      data[at] ^= 1 << below(8);
    } else if (kind === 1) data = Buffer.concat([before, Buffer.from(pick(words)), after]);
    else if (kind === 2) data = Buffer.concat([before, data.subarray(end)]);
    else if (kind === 3) data = Buffer.from(before);
    else if (kind === 4) data = Buffer.concat([before, data.subarray(at, end), after]);
    else if (kind === 5) {
      lines.splice(below(lines.length), 0, pick(lines));
      data = Buffer.from(lines.join("\n"), "latin1");
    } else {
      lines.splice(below(lines.length), 1);
      data = Buffer.from(lines.join("\n"), "latin1");
    }
  }
  return data;
}

function hold(condition, what) {
  if (!condition) throw new Error(what);
}

/** Whether every one of some texts is among others, as often. */
function includes(texts, wanted) {
  const left = new Map();
  for (const text of texts) left.set(text, (left.get(text) ?? 0) + 1);
  return wanted.every((text) => {
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count > 0;
  });
}

/**
 * What the messages of some entries say, whichever entries they hang on. An entry that has lost its id, and not what it
 * continues, is kept as a line that cannot be read.
 */
const messages = (entries) =>
  entries
    .filter((entry) => entry?.type === "message")
    .filter(({ id, parentId }) => typeof id === "string" || typeof parentId !== "string")
    .map(({ message }) =>
      JSON.stringify(message, (_, value) => (value === "hookMessage" ? "custom" : value)),
    );

function check(path, data) {
  writeFileSync(path, data);
  const read = parseSessionEntries(data.toString()).filter(
    (entry) => typeof entry === "object" && entry !== null && !Array.isArray(entry),
  );
  const expected = messages(read);
  const version = read.find(({ type }) => type === "session")?.version ?? 1;
  migrateSessionEntries(read);
  if (version < 2) {
    const entries = read.filter(({ type }) => type !== "session");
    hold(new Set(entries.map(({ id }) => id)).size === entries.length, "ids are different");
    hold(
      entries.every(({ parentId }, at) => parentId === (entries[at - 1]?.id ?? null)),
      "a list is a chain",
    );
  }

  const session = SessionManager.open(path);
  const entries = session.getEntries();
  // There may be more: of lines that have run together, every entry is read.
  hold(includes(messages(entries), expected), "every message is there");
  hold(session.getHeader() !== null, "there is a header");
  const opened = session.getHeader().version ?? 1;
  hold(!(opened < CURRENT_SESSION_VERSION), "it is of today's version");
  const bytes = readFileSync(path);
  const kept = existsSync(`${path}.damaged`) ? readFileSync(`${path}.damaged`) : bytes;
  const isMigrated = opened === CURRENT_SESSION_VERSION && kept.indexOf('"version":3') >= 0;
  hold(isMigrated || kept.subarray(0, data.length).equals(data), "not a byte is lost");
  session.getBranch();
  session.getTree();
  session.buildSessionContext();

  session.appendMessage({ role: "user", content: "appended", timestamp: 1 });
  hold(session.getEntries().length === entries.length + 1, "one entry more");
  const again = SessionManager.open(path);
  const own = JSON.stringify({ role: "user", content: "appended", timestamp: 1 });
  hold(includes(messages(again.getEntries()), [...expected, own]), "it is there again");
}

const folder = mkdtempSync(join(tmpdir(), "fuzz-sessions-"));
const end = Date.now() + seconds * 1000;
let inputs = 0;
for (let told = Date.now(); Date.now() < end; inputs++) {
  const data = mutated();
  const path = join(folder, "s.jsonl");
  try {
    check(path, data);
  } catch (error) {
    mkdirSync("artifacts", { recursive: true });
    const kept = join("artifacts", `sessions-${seed}-${inputs}.jsonl`);
    writeFileSync(kept, data);
    console.log(`input ${inputs} of seed ${seed}: ${kept}\n${error.stack}`);
    process.exitCode = 1;
    break;
  }
  rmSync(path, { force: true });
  rmSync(`${path}.damaged`, { force: true });
  if (Date.now() - told > 60_000) {
    told = Date.now();
    console.log(`${inputs} inputs, no finding`);
  }
}
rmSync(folder, { recursive: true });
console.log(`seed ${seed}: ${inputs} inputs in ${seconds} s${process.exitCode ? "" : ", no finding"}`);
