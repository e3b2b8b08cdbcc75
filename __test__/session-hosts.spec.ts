// What hosts do to a session manager besides calling it, and the types that they compile against.

import { appendFileSync, readFileSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import {
  type BranchSummaryEntry,
  buildSessionContext,
  type CompactionEntry,
  CURRENT_SESSION_VERSION,
  type CustomEntry,
  type CustomMessageEntry,
  type FileEntry,
  getLatestCompactionEntry,
  type ModelChangeEntry,
  migrateSessionEntries,
  type NewSessionOptions,
  parseSessionEntries,
  type SessionContext,
  type SessionEntry,
  type SessionEntryBase,
  type SessionHeader,
  type SessionInfo,
  type SessionInfoEntry,
  SessionManager,
  type SessionMessageEntry,
  type ThinkingLevelChangeEntry,
} from "argent-runtime/pi-coding-agent";
import { describe, expect, it, vi } from "vitest";
import { answer, fileOf, folder, idOf, linesOf, shown, user, writeLines } from "./support/transcripts.js";

const dir = folder();
const time = "2026-01-01T00:00:00.000Z";

/** A session of so many messages. */
function talk(count: number): SessionManager {
  const session = SessionManager.create("/work", dir());
  for (let i = 0; i < count; i++) session.appendMessage(i % 2 ? answer(`a${i}`) : user(`u${i}`));
  return session;
}

/** How many texts of JSON are parsed meanwhile, in characters. */
function parsedBy(act: () => void): number {
  const parse = vi.spyOn(JSON, "parse");
  try {
    act();
    return parse.mock.calls.reduce((sum, [text]) => sum + text.length, 0);
  } finally {
    parse.mockRestore();
  }
}

describe("a manager's fields", () => {
  it("are written by hosts, and count", () => {
    const session = talk(4);
    session.sessionId = "renamed";
    expect(session.getSessionId()).toBe("renamed");
    session.leafId = idOf(session, 1);
    expect([shown(session), session.getLeafEntry()]).toEqual([["u0", "a1"], session.getEntries()[1]]);
    session.labelsById.set(idOf(session, 0), "here");
    expect(session.getLabel(idOf(session, 0))).toBe("here");
    expect(session.getTree()[0]?.label).toBe("here");
  });

  it("hold the header itself: what is written into it is in the file after a rewrite", () => {
    const session = SessionManager.open(fileOf(talk(2)));
    const header = session.fileEntries[0] as SessionHeader;
    header.id = "given";
    header.cwd = "/elsewhere";
    session._rewriteFile();
    const opened = SessionManager.open(fileOf(session));
    expect([opened.getSessionId(), opened.getCwd(), shown(opened)]).toEqual([
      "given",
      "/elsewhere",
      ["u0", "a1"],
    ]);
  });

  it("hold back what is not flushed, and then write all of it", () => {
    const session = SessionManager.create("/work", dir());
    session.appendModelChange("p", "m");
    expect(session.flushed).toBe(false);
    session.appendMessage(user("u"));
    session.appendMessage(answer("a"));
    expect(session.flushed).toBe(true);
    expect(linesOf(fileOf(session))).toEqual(JSON.parse(JSON.stringify(session.fileEntries)));
  });

  it("are written once, whenever a host writes the file anew", () => {
    const session = SessionManager.create("/work", dir());
    session._rewriteFile();
    session.appendSessionInfo("named");
    expect(session.getSessionName()).toBe("named");
    session.appendMessage(user("u"));
    session._rewriteFile();
    session.appendMessage(answer("a"));
    expect(linesOf(fileOf(session)).map(({ type }) => type)).toEqual([
      "session",
      "session_info",
      "message",
      "message",
    ]);
    expect(SessionManager.open(fileOf(session)).getSessionName()).toBe("named");
  });

  it("are a real array and a real map, filled or not", () => {
    const session = SessionManager.open(fileOf(talk(40)));
    expect(Array.isArray(session.fileEntries)).toBe(true);
    expect(session.byId).toBeInstanceOf(Map);
    expect(session.byId.size).toBe(40);
    expect([...session.byId.values()]).toEqual(session.getEntries());
    expect(session.fileEntries.at(-1)).toBe(session.getLeafEntry());
    expect(structuredClone(session.getBranch())).toEqual(session.getEntries());
    const { fileEntries } = session;
    session.fileEntries = fileEntries.slice(0, 3);
    session._buildIndex();
    expect(shown(session)).toEqual(["u0", "a1"]);
  });
});

describe("looking at a large session", () => {
  it("for its header, its first answer or one entry reads little more than that", () => {
    const path = fileOf(talk(2000));
    const { size } = statSync(path);
    let session = SessionManager.open(path);
    const opening = parsedBy(() => {
      session = SessionManager.open(path);
    });
    const id = SessionManager.open(path).getEntries()[1000]?.id as string;
    expect(opening).toBeLessThan(2000);
    const isAnswer = (entry: FileEntry) => entry.type === "message" && entry.message.role === "assistant";
    for (const look of [
      () => expect(session.fileEntries.find(({ type }) => type === "session")).toBeDefined(),
      () => expect(session.fileEntries.some(isAnswer)).toBe(true),
      () => expect(session.getHeader()?.cwd).toBe("/work"),
      () => expect(session.byId.get(id)).toBeDefined(),
      () => expect(session.getChildren(id)).toHaveLength(1),
    ])
      expect(parsedBy(look)).toBeLessThan(size / 100);
    expect(parsedBy(() => session.getEntries())).toBeGreaterThan(size * 0.9);
  });
});

describe("other code on the same file", () => {
  it("appends: the next append continues what it wrote", () => {
    const session = talk(2);
    const entry = {
      type: "message",
      id: "other",
      parentId: session.getLeafId(),
      timestamp: time,
      message: user("by hand"),
    };
    appendFileSync(fileOf(session), `${JSON.stringify(entry)}\n`);
    session.appendMessage(answer("after"));
    expect(session.getLeafEntry()?.parentId).toBe("other");
    expect(shown(SessionManager.open(fileOf(session)))).toEqual(["u0", "a1", "by hand", "after"]);
  });

  it("adds fields that nobody here has seen: they stay, in every way to write the file", () => {
    const path = writeLines(
      join(dir(), "new.jsonl"),
      { type: "session", version: 3, id: "s", timestamp: time, cwd: "/work", origin: { host: "x" } },
      {
        type: "message",
        id: "a",
        parentId: null,
        timestamp: time,
        message: { ...user("u"), trace: [1] },
        mark: true,
      },
    );
    const before = readFileSync(path, "utf8");
    const session = SessionManager.open(path);
    session._rewriteFile();
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(session.buildSessionContext().messages[0]).toMatchObject({ trace: [1] });
    session.createBranchedSession("a");
    expect(linesOf(fileOf(session))[1]).toMatchObject({ mark: true, message: { trace: [1] } });
    expect(linesOf(fileOf(SessionManager.forkFrom(path, "/other", dir())))[1]).toMatchObject({ mark: true });
  });

  it("takes ids of any form", () => {
    const id = "0190a0b0-1111-4222-8333-444455556666";
    const path = writeLines(
      join(dir(), "argent.jsonl"),
      { type: "session", version: 3, id: "s", timestamp: time, cwd: "/work" },
      { message: user("u"), type: "message", timestamp: time, parentId: null, id },
    );
    const session = SessionManager.open(path);
    session.appendMessage(answer("a"));
    expect(session.getLeafEntry()?.parentId).toBe(id);
    expect(shown(session)).toEqual(["u", "a"]);
  });
});

it("a fork of an old version is whole", () => {
  const path = writeLines(
    join(dir(), "old.jsonl"),
    { type: "session", id: "old", timestamp: time, cwd: "/work" },
    { type: "message", timestamp: time, message: user("u0") },
    { type: "message", timestamp: time, message: answer("a1") },
  );
  const fork = SessionManager.forkFrom(path, "/other", dir());
  expect(shown(fork)).toEqual(["u0", "a1"]);
  expect(linesOf(fileOf(fork))[0]).toMatchObject({ version: 3, cwd: "/other", parentSession: path });
  expect(linesOf(path)[0]).not.toHaveProperty("version");
});

it("the session that was written last is gone on with, and a session may be given its id", () => {
  const first = talk(2);
  const second = talk(4);
  utimesSync(fileOf(first), new Date(), new Date(Date.now() + 60_000));
  expect(fileOf(SessionManager.continueRecent("/work", dir()))).toBe(fileOf(first));
  const path = second.newSession({ id: "given", parentSession: fileOf(first) });
  expect(path).toMatch(/_given\.jsonl$/);
  expect(second.getHeader()).toMatchObject({ id: "given", parentSession: fileOf(first) });
});

describe("the functions", () => {
  it("read, migrate and build a context in place", () => {
    const old = { role: "hookMessage", content: "h", timestamp: 1 };
    const text = [
      { type: "session", id: "s", timestamp: time, cwd: "/work" },
      { type: "message", timestamp: time, message: user("u0") },
      { type: "message", timestamp: time, message: user("u1") },
      { type: "compaction", timestamp: time, summary: "sum", firstKeptEntryIndex: 2, tokensBefore: 5 },
      { type: "message", timestamp: time, message: old },
    ].map((line) => JSON.stringify(line));
    const entries = parseSessionEntries(`\n${text.join("\n")}\nhalf a li`);
    migrateSessionEntries(entries);
    expect(entries[0]).toMatchObject({ version: CURRENT_SESSION_VERSION });
    const body = entries.filter((entry): entry is SessionEntry => entry.type !== "session");
    const byId = new Map(body.map((entry) => [entry.id, entry]));
    const { messages } = buildSessionContext(body, body.at(-1)?.id, byId);
    expect(messages.map(({ role }) => role)).toEqual(["compactionSummary", "user", "custom"]);
    expect(getLatestCompactionEntry(body)).toBe(body[2]);
    expect(getLatestCompactionEntry([])).toBeNull();
  });
});

// What hosts write against Pi's types compiles as it is.
it("the types are those of Pi", () => {
  const kinds = (entry: SessionEntry): string => {
    switch (entry.type) {
      case "message":
        return (entry satisfies SessionMessageEntry).message.role;
      case "thinking_level_change":
        return (entry satisfies ThinkingLevelChangeEntry).thinkingLevel;
      case "model_change":
        return (entry satisfies ModelChangeEntry).modelId;
      case "compaction":
        return (entry satisfies CompactionEntry).firstKeptEntryId;
      case "branch_summary":
        return (entry satisfies BranchSummaryEntry).fromId;
      case "custom":
        return (entry satisfies CustomEntry).customType;
      case "custom_message":
        return (entry satisfies CustomMessageEntry).customType;
      case "label":
        return entry.targetId;
      case "session_info":
        return (entry satisfies SessionInfoEntry).name ?? "";
      default:
        return entry satisfies never;
    }
  };
  const options: NewSessionOptions = { id: "x" };
  const session: ReturnType<typeof SessionManager.open> = SessionManager.inMemory();
  session.newSession(options);
  const append: (message: Parameters<SessionManager["appendMessage"]>[0]) => string =
    session.appendMessage.bind(session);
  append({ role: "custom", customType: "t", content: "c", display: true, details: { a: 1 }, timestamp: 1 });
  append(user("u"));
  const readonly: Pick<SessionManager, "getBranch" | "getHeader" | "getTree" | "getEntries"> = session;
  const base: SessionEntryBase[] = readonly.getBranch();
  const context: SessionContext = session.buildSessionContext();
  const list: Promise<SessionInfo[]> = SessionManager.list(
    "/nowhere",
    join(dir(), "none"),
    (loaded, total) => loaded + total,
  );
  const internals = session as unknown as {
    fileEntries: FileEntry[];
    byId: Map<string, SessionEntry>;
    flushed: boolean;
  };
  expect(internals.fileEntries).toHaveLength(3);
  expect([base.length, context.messages.length, context.model?.provider]).toEqual([2, 2, undefined]);
  expect(session.getEntries().map(kinds)).toEqual(["custom", "user"]);
  return expect(list).resolves.toEqual([]);
});
