// D14: what was taken out of the context stays out, in whatever version's file; types of entries that nobody here knows
// are told of.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSessionContext, type SessionEntry, SessionManager } from "argent-runtime/pi-coding-agent";
import { describe, expect, it } from "vitest";
import {
  answer,
  fileOf,
  folder,
  idOf,
  linesOf,
  result,
  shown,
  user,
  writeLines,
} from "./support/transcripts.js";

const dir = folder();
const time = "2026-01-01T00:00:00.000Z";
const header = { type: "session", version: 3, id: "s", timestamp: time, cwd: "/work" };

/** As Pi 0.87 writes a file in which the first message was taken out and the second one replaced. */
function edited(): string {
  const entry = (type: string, id: string, parentId: string | null, rest: object) => ({
    type,
    id,
    parentId,
    timestamp: time,
    ...rest,
  });
  return writeLines(
    join(dir(), "edited.jsonl"),
    header,
    entry("message", "a", null, { message: { role: "system", content: "You are Pi." } }),
    entry("message", "b", "a", { message: user("the secret") }),
    entry("message", "c", "b", { message: answer("I keep the secret") }),
    entry("context_edit", "d", "c", { targetId: "b", replacement: null }),
    entry("context_edit", "e", "d", {
      targetId: "c",
      replacement: { content: [{ type: "text", text: "I keep it" }] },
    }),
    entry("usage", "f", "e", { kind: "cache_warm", provider: "p", model: "m", usage: {} }),
    entry("message", "g", "f", { message: user("go on") }),
  );
}

describe("D14: an entry that was taken out of the context stays out", () => {
  it("when the file is opened, and when it is built from entries", () => {
    const session = SessionManager.open(edited());
    expect(shown(session)).toEqual(["I keep it", "go on"]);
    const entries = session.getEntries();
    const byId = new Map(entries.map((entry) => [entry.id, entry]));
    expect(buildSessionContext(entries, "g", byId).messages).toEqual(session.buildSessionContext().messages);
    expect(buildSessionContext(entries).messages).toEqual(session.buildSessionContext().messages);
  });

  it("after a compaction that keeps it", () => {
    const session = SessionManager.open(edited());
    session.appendCompaction("before", "b", 10);
    session.appendMessage(user("more"));
    const { messages } = session.buildSessionContext();
    expect(messages.map(({ role }) => role)).toEqual(["compactionSummary", "assistant", "user", "user"]);
    expect(JSON.stringify(messages)).not.toContain("secret");
    expect(SessionManager.open(fileOf(session)).buildSessionContext().messages).toEqual(messages);
  });

  it("in a fork and in a session made of the branch", () => {
    const path = edited();
    expect(shown(SessionManager.forkFrom(path, "/other", dir()))).toEqual(["I keep it", "go on"]);
    const session = SessionManager.open(path);
    expect(shown(SessionManager.open(session.createBranchedSession("g") as string))).toEqual([
      "I keep it",
      "go on",
    ]);
  });

  it("in lists", async () => {
    edited();
    const [session] = await SessionManager.list("/work", dir());
    expect(session?.firstMessage).toBe("go on");
    expect(session?.allMessagesText).toBe("I keep it go on");
    expect(session?.messageCount).toBe(4);
  });

  it("however the edit is damaged", () => {
    const path = edited();
    const [first, ...rest] = linesOf(path);
    const lines = rest.map((line) => (line.targetId === "c" ? { ...line, replacement: {} } : line));
    writeLines(path, first as object, ...lines);
    expect(shown(SessionManager.open(path))).toEqual(["go on"]);
  });
});

describe("appendContextEdit", () => {
  const talk = () => {
    const session = SessionManager.create("/work", dir());
    for (const message of [user("u0"), answer("a1", "x"), result("x"), user("u3")])
      session.appendMessage(message);
    return session;
  };

  it("takes out and replaces, on the disk as Pi does, and leaves the entries alone", () => {
    const session = talk();
    session.appendContextEdit(idOf(session, 0), null);
    const id = session.appendContextEdit(idOf(session, 2), { content: "short" });
    expect(session.getLeafId()).toBe(id);
    expect(session.buildSessionContext().messages[1]).toMatchObject({
      role: "toolResult",
      toolCallId: "x",
      content: [{ type: "text", text: "short" }],
    });
    expect(shown(session)).toEqual(["a1 call:x", "result:x", "u3"]);
    expect(session.getEntries()[0]).toMatchObject({ message: { content: "u0" } });
    const last = linesOf(fileOf(session)).at(-1) as object;
    expect(Object.keys(last)).toEqual(["type", "id", "parentId", "timestamp", "targetId", "replacement"]);
    expect(last).toMatchObject({
      type: "context_edit",
      replacement: { content: [{ type: "text", text: "short" }] },
    });
    expect(shown(SessionManager.open(fileOf(session)))).toEqual(shown(session));
  });

  it("counts on its own branch only; the last one wins", () => {
    const session = talk();
    const leaf = session.getLeafId() as string;
    session.appendContextEdit(idOf(session, 0), { content: "first" });
    session.appendContextEdit(idOf(session, 0), { content: "second" });
    expect(shown(session)[0]).toBe("second");
    session.branch(leaf);
    expect(shown(session)[0]).toBe("u0");
  });

  it("refuses what is not there, on another branch or not shown, and writes nothing", () => {
    const session = talk();
    const model = session.appendModelChange("p", "m");
    session.branch(idOf(session, 1));
    const before = readFileSync(fileOf(session));
    const edit =
      (id: string, replacement: unknown = null) =>
      () =>
        session.appendContextEdit(id, replacement as null);
    expect(edit("nothing")).toThrow("Entry nothing not found");
    expect(edit(model)).toThrow(`Entry ${model} is not on the active branch`);
    expect(edit(idOf(session, 1), { content: 5 })).toThrow(/must be null or contain/);
    session.branch(model);
    expect(edit(model)).toThrow("does not contribute editable model content");
    expect(readFileSync(fileOf(session))).toEqual(before);
  });
});

it("the first entry of each unknown type is told of; the others are kept as they are", () => {
  const odd = (id: string, type: string, parentId: string | null) => ({
    type,
    id,
    parentId,
    timestamp: time,
    x: 1,
  });
  const path = writeLines(
    join(dir(), "odd.jsonl"),
    header,
    odd("a", "from_tomorrow", null),
    odd("b", "from_tomorrow", "a"),
    { type: "message", id: "c", parentId: "b", timestamp: time, message: user("hello"), y: 2 },
  );
  const session = SessionManager.open(path);
  const [line] = readFileSync(path, "utf8").split("\n");
  expect(session.getDiagnostics()).toMatchObject([{ kind: "unknown", offset: (line as string).length + 1 }]);
  expect(shown(session)).toEqual(["hello"]);
  session._rewriteFile();
  expect(linesOf(path)).toEqual(session.fileEntries);
  expect((session.getEntry("c") as SessionEntry & { y: number }).y).toBe(2);
});
