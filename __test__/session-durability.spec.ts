// What sessions promise when processes write together, die, or find a damaged file.

import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { SessionBusy, SessionManager } from "argent-runtime/pi-coding-agent";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runChild } from "./support/child.js";

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "session-"));
  path = join(dir, "session.jsonl");
});
afterEach(() => rmSync(dir, { recursive: true }));

const user = (content: string) => ({ role: "user" as const, content, timestamp: 1 });
const texts = (session: SessionManager) =>
  session.buildSessionContext().messages.map((message) => (message as { content: string }).content);

/** A session of so many messages. */
function talk(count: number, options = {}): SessionManager {
  const session = SessionManager.open(path, undefined, "/work", options);
  for (let i = 0; i < count; i++) session.appendMessage(user(`u${i}`));
  return session;
}

/** What a writer named `name` does: so many messages, one after the other. */
const writes = (name: string, count: number) => `
  import { SessionManager } from "argent-runtime/pi-coding-agent";
  const session = SessionManager.open(${JSON.stringify(path)});
  for (let i = 0; i < ${count}; i++) {
    session.appendMessage({ role: "user", content: "${name} " + i, timestamp: 1 });
  }
`;

/** What some writers have written is one conversation in which each one's messages are in order. */
function expectOneConversation(names: string[], count: number): void {
  const session = SessionManager.open(path);
  const said = texts(session);
  expect(said).toHaveLength(names.length * count + 1);
  for (const name of names) {
    const own = said.filter((text) => text.startsWith(`${name} `));
    expect(own).toEqual(Array.from({ length: count }, (_, i) => `${name} ${i}`));
  }
  expect(session.getTree()).toHaveLength(1);
  expect(session.getDiagnostics()).toEqual([]);
  expect(readdirSync(dir)).toEqual(["session.jsonl"]);
}

describe("several writers", () => {
  it("D4: eight processes of 1,000 appends each write one tree of 8,000 entries", async () => {
    talk(1);
    const names = Array.from({ length: 8 }, (_, i) => `p${i}`);
    const children = names.map((name) => runChild(writes(name, 1000), { limit: 110_000 }));
    for (const { code, stderr } of await Promise.all(children)) expect([code, stderr]).toEqual([0, ""]);
    expectOneConversation(names, 1000);
  }, 120_000);

  it("worker threads write one conversation", async () => {
    talk(1);
    const names = ["w0", "w1", "w2", "w3"];
    const program = new URL("./support/session-writer.mjs", import.meta.url);
    const ended = names.map((name) => {
      const worker = new Worker(program, { workerData: { path, name, count: 100 } });
      return new Promise((resolve, reject) => worker.on("exit", resolve).on("error", reject));
    });
    expect(await Promise.all(ended)).toEqual([0, 0, 0, 0]);
    expectOneConversation(names, 100);
  });

  it("two that begin the same file at once write one conversation", () => {
    const [first, second] = [talk(0), talk(0)];
    first.appendMessage(user("first"));
    second.appendModelChange("p", "m");
    second.appendMessage(user("second"));
    first.appendMessage(user("third"));
    expect(texts(SessionManager.open(path))).toEqual(["first", "second", "third"]);
    expect(texts(first)).toEqual(["first", "second", "third"]);
    expect(texts(second)).toEqual(["first", "second"]);
  });

  it("a second one is refused if it asks to be, until it opens the file again", async () => {
    const session = talk(1, { otherWriters: "refuse" });
    const before = Date.now();
    const child = await runChild(`${writes("other", 2)} console.log(process.pid);`);
    const append = () => session.appendMessage(user("mine"));
    expect(append).toThrow(SessionBusy);
    expect(append).toThrow(
      expect.objectContaining({ code: "SESSION_BUSY", path, pid: Number(child.stdout) }),
    );
    try {
      append();
    } catch (error) {
      expect((error as SessionBusy).since).toBeGreaterThanOrEqual(before);
    }
    expect(texts(session)).toEqual(["u0"]);
    session.setSessionFile(path);
    append();
    expect(texts(SessionManager.open(path))).toEqual(["u0", "other 0", "other 1", "mine"]);
  });

  it("a rewrite loses nothing that others appended meanwhile", () => {
    const session = talk(2);
    SessionManager.open(path).appendMessage(user("other"));
    session._rewriteFile();
    expect(texts(SessionManager.open(path))).toEqual(["u0", "u1", "other"]);
  });
});

describe("a damaged file", () => {
  /** Damages one line of the file. */
  function damage(number: number, change: (line: string) => string): void {
    const lines = readFileSync(path, "utf8").split("\n");
    lines[number] = change(lines[number] as string);
    writeFileSync(path, lines.join("\n"));
  }

  it("D2: is open to programs that know nothing of torn lines as soon as it was opened", () => {
    const session = talk(2);
    appendFileSync(path, '{"type":"message","id":"0badbeef","par');
    SessionManager.open(path);
    const entry = { type: "message", id: "12345678", parentId: session.getLeafId(), message: user("theirs") };
    appendFileSync(path, `${JSON.stringify(entry)}\n`);
    expect(texts(SessionManager.open(path))).toEqual(["u0", "u1", "theirs"]);
  });

  it("D2: gives back the entry that was written right after half a line", () => {
    talk(4);
    const lines = readFileSync(path, "utf8").split("\n");
    writeFileSync(
      path,
      [lines[0], lines[1], (lines[2] as string).slice(0, 60) + lines[3], ...lines.slice(4)].join("\n"),
    );
    expect(texts(SessionManager.open(path))).toEqual(["u0", "u2", "u3"]);
  });

  it("hangs together for everybody who walks it", () => {
    talk(5);
    damage(3, (line) => line.slice(0, 60));
    const session = SessionManager.open(path);
    expect(session.getDiagnostics()).toMatchObject([
      { kind: "bad-line", length: 60 },
      { kind: "reattached", path },
    ]);
    const ids = session.getEntries().map(({ id }) => id);
    expect(session.getEntries().map(({ parentId }) => parentId)).toEqual([null, ...ids.slice(0, -1)]);
    expect(session.getTree()).toHaveLength(1);
    const fork = SessionManager.forkFrom(path, "/other", dir);
    expect(texts(fork)).toEqual(["u0", "u1", "u3", "u4"]);
  });

  it("is kept aside whole before it is written anew", () => {
    talk(4);
    damage(2, (line) => line.slice(0, 60));
    const bytes = readFileSync(path);
    const session = SessionManager.open(path);
    session._rewriteFile();
    const [found] = session.getDiagnostics();
    expect(found).toMatchObject({ kind: "bad-line", length: 60, kept: `${path}.damaged` });
    expect(readFileSync(found?.kept as string)).toEqual(bytes);
    expect(texts(SessionManager.open(path))).toEqual(["u0", "u2", "u3"]);
    damage(1, (line) => line.slice(0, 60));
    SessionManager.open(path)._rewriteFile();
    expect(readFileSync(`${path}.damaged`)).toEqual(bytes);
    expect(texts(SessionManager.open(path))).toEqual(["u2", "u3"]);
  });

  it("keeps its tree when only the version in the header is wrong", () => {
    const session = talk(3);
    session.branch(session.getEntries()[0]?.id as string);
    session.appendMessage(user("another way"));
    damage(0, (line) => line.replace('"version":3', '"version":1'));
    const opened = SessionManager.open(path);
    expect(opened.getEntries()).toEqual(session.getEntries());
    expect(texts(SessionManager.open(path))).toEqual(["u0", "another way"]);
  });

  it("D1: costs nothing but its header, which is damaged a second time", () => {
    talk(3);
    for (const kept of [`${path}.damaged`, `${path}.damaged-2`]) {
      damage(0, (line) => line.slice(1));
      const bytes = readFileSync(path);
      expect(texts(SessionManager.open(path))).toEqual(["u0", "u1", "u2"]);
      expect(readFileSync(kept)).toEqual(bytes);
    }
  });
});

it("D6: a session of 70 MB opens without its entries being in memory", async () => {
  const entry = (number: number) => {
    const [id, parentId] = [number, number - 1].map((at) => at.toString(16).padStart(8, "0"));
    const base = { id, parentId: number ? parentId : null, timestamp: "2026-01-01T00:00:00.000Z" };
    return number === 29_900
      ? { type: "compaction", ...base, summary: "s", firstKeptEntryId: parentId, tokensBefore: 1 }
      : { type: "message", ...base, message: user("x".repeat(2200)) };
  };
  const header = { type: "session", version: 3, id: "s", timestamp: "2026-01-01T00:00:00.000Z", cwd: "/" };
  const lines = [header, ...Array.from({ length: 30_000 }, (_, i) => entry(i))];
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const { stdout } = await runChild(`
    import { SessionManager } from "argent-runtime/pi-coding-agent";
    SessionManager.inMemory();
    const before = process.memoryUsage().rss;
    const session = SessionManager.open(${JSON.stringify(path)});
    const { messages } = session.buildSessionContext();
    console.log(JSON.stringify([messages.length, process.memoryUsage().rss - before]));
  `);
  const [messages, grown] = JSON.parse(stdout);
  expect(messages).toBe(101);
  expect(grown).toBeLessThan(25 << 20);
});
