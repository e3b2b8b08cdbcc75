// Sessions that lose nothing: the defects of Pi's files (D1-D6, with session-durability.spec.ts), several writers, what hosts do to a manager.

import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SessionManager } from "argent-runtime/pi-coding-agent";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { assistant, fileOf as file, user } from "./support/sessions.js";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "session-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** A session of so many messages. */
function talk(count: number): SessionManager {
  const session = SessionManager.create("/work", dir);
  for (let i = 0; i < count; i++) session.appendMessage(i % 2 ? assistant(`a${i}`) : user(`u${i}`));
  return session;
}

const texts = (session: SessionManager) =>
  session.buildSessionContext().messages.map((message) => {
    const { content } = message as { content: string | { text: string }[] };
    return typeof content === "string" ? content : content.map(({ text }) => text).join("");
  });

describe("what Pi loses", () => {
  it("D1: a damaged header costs no message", () => {
    const session = talk(1000);
    const bytes = readFileSync(file(session));
    bytes[0] = 0x7a;
    writeFileSync(file(session), bytes);
    const opened = SessionManager.open(file(session));
    expect(texts(opened)).toEqual(texts(session));
    expect(opened.getSessionId()).toBe(session.getSessionId());
    const [found] = opened.getDiagnostics();
    expect(found).toMatchObject({ kind: "header", offset: 0 });
    expect(readFileSync(found?.kept as string)).toEqual(bytes);
    opened.appendMessage(user("more"));
    expect(texts(SessionManager.open(file(session)))).toHaveLength(1001);
  });

  it("D2: half a line at the end costs nothing but itself", () => {
    const session = talk(2);
    appendFileSync(file(session), '{"type":"message","id":"0badbeef","parentId":"x","mess');
    const opened = SessionManager.open(file(session));
    expect(opened.getDiagnostics()).toMatchObject([{ kind: "torn", length: 54 }]);
    opened.appendMessage(user("u2"));
    opened.appendMessage(assistant("a3"));
    const again = SessionManager.open(file(session));
    expect(texts(again)).toEqual(["u0", "a1", "u2", "a3"]);
    expect(again.getDiagnostics()).toMatchObject([{ kind: "bad-line", length: 54 }]);
    expect(readFileSync(file(session), "utf8")).toContain("0badbeef");
  });

  it("D2: a whole last line without its end is an entry, and the next one a line of its own", () => {
    const session = talk(2);
    const text = readFileSync(file(session), "utf8");
    writeFileSync(file(session), text.trimEnd());
    const opened = SessionManager.open(file(session));
    opened.appendMessage(user("u2"));
    expect(texts(SessionManager.open(file(session)))).toEqual(["u0", "a1", "u2"]);
  });

  it("D2: a line in the middle that cannot be read does not end the conversation", () => {
    const session = talk(6);
    const lines = readFileSync(file(session), "utf8").split("\n");
    lines[3] = (lines[3] as string).slice(0, 40);
    writeFileSync(file(session), lines.join("\n"));
    const opened = SessionManager.open(file(session));
    expect(texts(opened)).toEqual(["u0", "a1", "a3", "u4", "a5"]);
    expect(opened.getDiagnostics()).toMatchObject([{ kind: "bad-line", length: 40 }, { kind: "reattached" }]);
  });

  it("D3: the first message of the user is in the file before there is an answer", () => {
    const session = SessionManager.create("/work", dir);
    session.appendModelChange("anthropic", "claude");
    expect(existsSync(file(session))).toBe(false);
    session.appendMessage(user("hello"));
    expect(texts(SessionManager.open(file(session)))).toEqual(["hello"]);
    expect(readFileSync(file(session), "utf8").trimEnd().split("\n")).toHaveLength(3);
  });

  it("D4: two managers of one file write one conversation", () => {
    const first = talk(2);
    const second = SessionManager.open(file(first));
    for (let i = 0; i < 10; i++) {
      first.appendMessage(user(`first ${i}`));
      second.appendMessage(user(`second ${i}`));
    }
    const expected = Array.from({ length: 10 }, (_, i) => [`first ${i}`, `second ${i}`]).flat();
    expect(texts(SessionManager.open(file(first)))).toEqual(["u0", "a1", ...expected]);
    expect(texts(second)).toEqual(["u0", "a1", ...expected]);
  });

  it("D5: a session with a long header is found again", () => {
    const cwd = `/${"long/".repeat(3000)}`;
    const session = SessionManager.create(cwd, dir);
    session.appendMessage(user("hello"));
    expect(file(SessionManager.continueRecent(cwd, dir))).toBe(file(session));
  });
});

describe("several writers", () => {
  it("who has gone back to an earlier entry stays there", () => {
    const first = talk(4);
    const second = SessionManager.open(file(first));
    const [root] = first.getEntries();
    first.branch(root?.id as string);
    second.appendMessage(user("elsewhere"));
    first.appendMessage(user("another way"));
    expect(texts(first)).toEqual(["u0", "another way"]);
  });

  it("a file that was taken away is written again", () => {
    const session = talk(2);
    rmSync(file(session));
    session.appendMessage(user("u2"));
    expect(texts(SessionManager.open(file(session)))).toEqual(["u0", "a1", "u2"]);
  });

  it("a file that another program has replaced is taken as it is now", () => {
    const session = talk(2);
    const other = SessionManager.open(file(session));
    other._rewriteFile();
    other.appendMessage(user("other"));
    session.appendMessage(user("own"));
    expect(texts(SessionManager.open(file(session)))).toEqual(["u0", "a1", "other", "own"]);
  });
});

describe("what hosts do", () => {
  it("blank the file and begin anew under the same header", () => {
    const session = talk(1);
    writeFileSync(file(session), "");
    const [header] = session.fileEntries;
    session.fileEntries = [header as (typeof session.fileEntries)[number]];
    session.byId.clear();
    session.labelsById.clear();
    session.leafId = null;
    session.flushed = false;
    session.appendMessage(user("anew"));
    const opened = SessionManager.open(file(session));
    expect(texts(opened)).toEqual(["anew"]);
    expect(opened.getSessionId()).toBe(session.getSessionId());
  });

  it("look for the first answer without reading the rest", () => {
    const session = SessionManager.open(file(talk(400)));
    const found = session.fileEntries.find(
      (entry) => entry.type === "message" && entry.message.role === "assistant",
    );
    expect(found).toBe(session.getEntries()[1]);
    expect(session.getEntry((found as { id: string }).id)).toBe(found);
  });

  it("take entries out of the array and the map, and write the file anew", () => {
    const session = SessionManager.open(file(talk(4)));
    const last = session.fileEntries.pop() as { id: string; parentId: string };
    session.byId.delete(last.id);
    session.leafId = last.parentId;
    session._rewriteFile();
    expect(texts(session)).toEqual(["u0", "a1", "u2"]);
    expect(texts(SessionManager.open(file(session)))).toEqual(["u0", "a1", "u2"]);
  });

  it("replace a method on the instance", () => {
    const session = talk(0);
    const append = session.appendMessage.bind(session);
    session.appendMessage = (message) => append({ ...message, content: "guarded" } as typeof message);
    session.appendMessage(user("open"));
    expect(texts(session)).toEqual(["guarded"]);
  });

  it("see the fields that Pi's have, in their order", () => {
    expect(Object.keys(talk(0))).toEqual([
      "sessionId",
      "sessionFile",
      "sessionDir",
      "cwd",
      "persist",
      "flushed",
      "fileEntries",
      "byId",
      "labelsById",
      "labelTimestampsById",
      "leafId",
    ]);
  });
});

it("a disk that refuses leaves memory and file as they were", () => {
  const session = talk(2);
  rmSync(file(session));
  rmSync(dir, { recursive: true });
  expect(() => session.appendMessage(user("lost"))).toThrow(expect.objectContaining({ code: "SESSION_IO" }));
  expect(texts(session)).toEqual(["u0", "a1"]);
  dir = mkdtempSync(join(tmpdir(), "session-"));
});

it("older versions become today's, whole or not at all", () => {
  const path = join(dir, "old.jsonl");
  const lines = [
    { type: "session", id: "old", timestamp: "2025-01-01T00:00:00.000Z", cwd: "/work" },
    { type: "message", timestamp: "2025-01-01T00:00:00.000Z", message: user("u0") },
    {
      type: "message",
      timestamp: "2025-01-01T00:00:00.000Z",
      message: { role: "hookMessage", content: "h" },
    },
  ];
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const session = SessionManager.open(path);
  expect(session.buildSessionContext().messages).toMatchObject([{ role: "user" }, { role: "custom" }]);
  expect(JSON.parse(readFileSync(path, "utf8").split("\n")[0] as string)).toMatchObject({ version: 3 });
  expect(readdirSync(dir)).toEqual(["old.jsonl"]);
});
