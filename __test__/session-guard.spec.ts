// The guard, and the defects of a gateway's sessions (rows A to D and I of what it had to build).

import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ArgentSessionManager } from "argent-runtime/argent-agent";
import { type GuardOptions, type SessionHeader, SessionManager } from "argent-runtime/pi-coding-agent";
import { describe, expect, it } from "vitest";
import {
  answer,
  fileOf,
  folder,
  linesOf,
  type Message,
  result,
  shown,
  user,
  writeLines,
} from "./support/transcripts.js";

const dir = folder();
const guarded = (guard: boolean | GuardOptions = true) => SessionManager.create("/work", dir(), { guard });
const appendAll = (session: SessionManager, ...messages: Message[]) =>
  messages.map((message) => session.appendMessage(message));
/** What the file shows to who opens it without a guard. */
const onDisk = (session: SessionManager) => shown(SessionManager.open(fileOf(session)));

describe("a guard gives calls their results", () => {
  it("before the next message, in the order of the calls", () => {
    const session = guarded();
    appendAll(session, user("u"), answer("a", "x", "y", "z"), result("y"), user("stop that"));
    expect(onDisk(session)).toEqual([
      "u",
      "a call:x call:y call:z",
      "result:y",
      "result:x!",
      "result:z!",
      "stop that",
    ]);
    expect(session.getEntries()[3]).toMatchObject({
      message: { toolName: "read", content: [{ type: "text", text: "No result provided" }], isError: true },
    });
  });

  it("before an extension's message, the next answer and at the end", () => {
    const session = guarded();
    appendAll(session, user("u"), answer("", "x"));
    session.appendCustomMessageEntry("note", "custom", true);
    appendAll(session, answer("", "y"), answer("", "z"));
    session.dispose();
    session.dispose();
    const expected = ["u", "call:x", "result:x!", "custom", "call:y", "result:y!", "call:z", "result:z!"];
    expect(onDisk(session)).toEqual(expected);
  });

  it("not while they may still come, nor to an answer that was aborted", () => {
    const session = guarded();
    appendAll(session, user("u"), answer("", "x", "y"));
    session.appendModelChange("p", "m");
    session.appendLabelChange(session.getLeafId() as string, "here");
    appendAll(
      session,
      result("x"),
      result("y"),
      { ...answer("", "z"), stopReason: "aborted" } as Message,
      user("v"),
    );
    expect(onDisk(session)).toEqual(["u", "call:x call:y", "result:x", "result:y", "call:z", "v"]);
  });

  it("of a session that a crash has left without", () => {
    const crashed = SessionManager.create("/work", dir());
    appendAll(crashed, user("u"), answer("", "x"));
    const session = SessionManager.open(fileOf(crashed), undefined, undefined, { guard: true });
    session.appendMessage(user("again"));
    expect(onDisk(session)).toEqual(["u", "call:x", "result:x!", "again"]);
  });

  it("through the host's own method", () => {
    const session = guarded();
    const seen: string[] = [];
    const append = session.appendMessage.bind(session);
    session.appendMessage = (message) => {
      seen.push(message.role);
      return append(message);
    };
    appendAll(session, user("u"), answer("", "x"), user("v"));
    expect(seen).toEqual(["user", "assistant", "user", "toolResult"]);
  });
});

describe("a guard keeps out", () => {
  it("calls without input, and answers of nothing else", () => {
    const session = guarded();
    const half = answer("a", "x", "y") as { content: { arguments?: unknown }[] };
    delete half.content[1]?.arguments;
    const empty = { ...answer("", "z"), content: [{ type: "toolCall", id: "z", name: "read" }] } as Message;
    const ids = appendAll(session, user("u"), half as unknown as Message, result("y"), empty);
    expect(ids.map((id) => typeof id)).toEqual(["string", "string", "string", "undefined"]);
    expect(onDisk(session)).toEqual(["u", "a call:y", "result:y"]);
    expect(half.content).toHaveLength(3);
  });

  it("details that are too large", () => {
    const session = guarded();
    const details = { text: "é".repeat(40_000) };
    const large = { ...result("x"), details } as Message;
    appendAll(session, user("u"), answer("", "x", "y"), large, {
      ...result("y"),
      details: { small: true },
    } as Message);
    const [, , , cut, small] = linesOf(fileOf(session)) as {
      message: { details: Record<string, unknown> };
    }[];
    expect(cut?.message.details).toMatchObject({ truncated: true, bytes: 80_011 });
    expect(JSON.stringify(details).startsWith(cut?.message.details.json as string)).toBe(true);
    expect(Buffer.byteLength(cut?.message.details.json as string)).toBeGreaterThan(49_990);
    expect(small?.message.details).toEqual({ small: true });
    expect((large as { details: unknown }).details).toBe(details);
    const strict = guarded({ maxDetailsBytes: 10 });
    strict.appendMessage(large);
    expect(strict.getLeafEntry()).toMatchObject({ message: { details: { json: '{"text":"' } } });
  });

  it("what the host's hook takes out, and writes what it puts in", () => {
    const told: [string, boolean][] = [];
    const session = guarded({
      beforePersist(message, { synthetic }) {
        told.push([message.role, synthetic]);
        if (message.role === "user" && message.content === "no") return null;
        return message.role === "toolResult" ? { ...message, content: [] } : undefined;
      },
    });
    expect(appendAll(session, user("u"), answer("", "x"), user("no"))[2]).toBeUndefined();
    expect(told).toEqual([
      ["user", false],
      ["assistant", false],
      ["toolResult", true],
      ["user", false],
    ]);
    expect(onDisk(session)).toEqual(["u", "call:x", "result:x!"]);
    expect(session.getLeafEntry()).toMatchObject({ message: { content: [] } });
  });

  it("nothing when it is not asked for", () => {
    const session = SessionManager.create("/work", dir());
    const details = { text: "x".repeat(60_000) };
    appendAll(session, user("u"), answer("", "x"), user("v"), { ...result("x"), details } as Message);
    expect(shown(session)).toEqual(["u", "call:x", "v", "result:x"]);
    expect(session.getLeafEntry()).toMatchObject({ message: { details } });
  });
});

describe("a guard puts in order what it reads", () => {
  const reread = (...messages: Message[]) => {
    const session = SessionManager.create("/work", dir());
    appendAll(session, ...messages);
    return SessionManager.open(fileOf(session), undefined, undefined, { guard: true });
  };

  it("displaced results are moved, missing ones inserted, second ones and those without a call dropped", () => {
    const session = reread(
      user("u"),
      result("early"),
      answer("a", "x", "y", "z"),
      user("v"),
      result("y"),
      result("x"),
      result("x", "again"),
      result("none"),
      answer("b"),
    );
    const before = readFileSync(fileOf(session));
    expect(shown(session)).toEqual([
      "u",
      "a call:x call:y call:z",
      "result:x",
      "result:y",
      "result:z!",
      "v",
      "b",
    ]);
    expect(readFileSync(fileOf(session))).toEqual(before);
    expect(session.getEntries()).toHaveLength(9);
  });

  it("one id used by two answers belongs to the later one that waits for it", () => {
    const session = reread(
      answer("", "x"),
      result("x", "first"),
      answer("", "x"),
      result("x", "second"),
      user("u"),
    );
    const texts = session.buildSessionContext().messages.map((message) => JSON.stringify(message));
    expect(shown(session)).toEqual(["call:x", "result:x", "call:x", "result:x", "u"]);
    expect([texts[1], texts[3]]).toEqual([
      expect.stringContaining("first"),
      expect.stringContaining("second"),
    ]);
  });

  it("what is in order comes back as the same objects", () => {
    const session = reread(user("u"), answer("", "x"), result("x"), user("v"));
    const { messages } = session.buildSessionContext();
    const own = session.getEntries().map((entry) => (entry as unknown as { message: Message }).message);
    expect(messages).toHaveLength(4);
    for (const [at, message] of messages.entries()) expect(message).toBe(own[at]);
  });
});

describe("what a gateway's sessions lost", () => {
  const time = "2026-01-01T00:00:00.000Z";
  const snapshot = {
    type: "custom",
    customType: "model-snapshot",
    data: { model: "m" },
    id: "c",
    parentId: null,
  };

  it("row A: a manager of either name is taken for the other", () => {
    expect(ArgentSessionManager).toBe(SessionManager);
    expect(SessionManager.inMemory()).toBeInstanceOf(ArgentSessionManager);
  });

  it("row B: a header that was written ahead, in version 2, stays when a run prepares the file", () => {
    const path = join(dir(), "run.jsonl");
    writeLines(path, { type: "session", version: 2, id: "ahead", timestamp: time, cwd: "/gateway" });
    const session = SessionManager.open(path);
    const head = session.fileEntries.find((entry): entry is SessionHeader => entry.type === "session");
    const isAnswered = session.fileEntries.some(
      (entry) => entry.type === "message" && entry.message.role === "assistant",
    );
    expect([head?.id, isAnswered]).toEqual(["ahead", false]);
    writeFileSync(path, "");
    session.fileEntries = [head as SessionHeader];
    session.byId.clear();
    session.labelsById.clear();
    session.leafId = null;
    session.flushed = false;
    session.appendCustomEntry("model-snapshot", { model: "m" });
    appendAll(session, user("u"), answer("a"));
    expect(linesOf(path).map(({ type }) => type)).toEqual(["session", "custom", "message", "message"]);
    const again = SessionManager.open(path);
    expect([again.getSessionId(), again.getCwd(), shown(again)]).toEqual(["ahead", "/gateway", ["u", "a"]]);
  });

  it("row B: a file that does not exist yet begins with a header", () => {
    const session = SessionManager.open(join(dir(), "new.jsonl"));
    session.appendCustomEntry("model-snapshot", {});
    session.appendMessage(user("u"));
    expect(linesOf(fileOf(session)).map(({ type }) => type)).toEqual(["session", "custom", "message"]);
    expect(SessionManager.open(fileOf(session)).getSessionId()).toBe(session.getSessionId());
  });

  it("row C: a file that begins with a custom entry loses nothing when it is opened and appended to", () => {
    const entries = [
      { ...snapshot, timestamp: time },
      { type: "message", id: "u", parentId: "c", timestamp: time, message: user("u") },
      { type: "message", id: "a", parentId: "u", timestamp: time, message: answer("a") },
    ];
    const path = writeLines(join(dir(), "headless.jsonl"), ...entries);
    SessionManager.open(path).appendMessage(answer("mirrored"));
    expect(linesOf(path).slice(1, 4)).toEqual(JSON.parse(JSON.stringify(entries)));
    expect(shown(SessionManager.open(path))).toEqual(["u", "a", "mirrored"]);
  });

  it("row D: what a mirror writes during a run is part of the conversation, by a manager or by hand", () => {
    const run = guarded();
    appendAll(run, user("q1"), answer("a1"));
    SessionManager.open(fileOf(run)).appendMessage(answer("mirrored"));
    run.appendMessage(user("q2"));
    const byHand = {
      type: "message",
      id: "hand",
      parentId: run.getLeafId(),
      timestamp: time,
      message: answer("by hand"),
    };
    appendFileSync(fileOf(run), `${JSON.stringify(byHand)}\n`);
    run.appendMessage(user("q3"));
    expect(shown(run)).toEqual(["q1", "a1", "mirrored", "q2", "by hand", "q3"]);
    expect(onDisk(run)).toEqual(shown(run));
  });

  it("row I: a call that steering has skipped has its result on the disk", () => {
    const session = guarded();
    appendAll(session, user("u"), answer("", "c1", "c2"), result("c1"), user("steer"), answer("done"));
    expect(onDisk(session)).toEqual(["u", "call:c1 call:c2", "result:c1", "result:c2!", "steer", "done"]);
  });
});
