// What of a session is summarised and what is kept. The letters are those of Pi's defects that are mended here.

import {
  calculateContextTokens,
  convertToLlm,
  cutOversizedResults,
  DEFAULT_COMPACTION_SETTINGS,
  estimateTokens,
  findCutPoint,
  getLastAssistantUsage,
  prepareBranchEntries,
  prepareCompaction,
  type SessionEntry,
  SessionManager,
  serializeConversation,
  shouldCompact,
} from "argent-runtime/pi-coding-agent";
import { describe, expect, it } from "vitest";
import { answer, folder, idOf, type Message, result, user } from "./support/transcripts.js";

const dir = folder();
const image = { type: "image" as const, data: "AA", mimeType: "image/png" };
const pictures = (...content: object[]) => ({ role: "user", content, timestamp: 1 }) as unknown as Message;
const long = (tokens: number) => "x".repeat(tokens * 4);
const keeping = (keepRecentTokens: number) => ({ ...DEFAULT_COMPACTION_SETTINGS, keepRecentTokens });

/** A session of these messages, read back from its file. */
function written(...messages: Message[]): SessionManager {
  const session = SessionManager.create("/work", dir());
  for (const message of messages) session.appendMessage(message);
  return SessionManager.open(session.getSessionFile() as string);
}

/** What a preparation takes away and keeps: texts and ids of results. */
function planned(session: SessionManager, keep: number) {
  const path = session.getBranch();
  const preparation = prepareCompaction(path, keeping(keep));
  if (!preparation) return undefined;
  const text = (messages: Parameters<typeof convertToLlm>[0]) =>
    serializeConversation(convertToLlm(messages)).replace(/x{100,}/g, "...");
  const { messagesToSummarize, turnPrefixMessages, firstKeptEntryId } = preparation;
  const kept = path.slice(path.findIndex(({ id }) => id === firstKeptEntryId));
  return { history: text(messagesToSummarize), prefix: text(turnPrefixMessages), kept: kept.length };
}

describe("a compaction", () => {
  it("keeps the newest turns that fill the budget", () => {
    const session = written(user("one"), answer("first"), user("two"), answer(long(40)), user("three"));
    expect(planned(session, 30)).toEqual({
      history: "[User]: one\n\n[Assistant]: first",
      prefix: "[User]: two",
      kept: 2,
    });
    expect(planned(session, 43)).toEqual({
      history: "[User]: one\n\n[Assistant]: first",
      prefix: "",
      kept: 3,
    });
  });

  it("never parts a result from its call", () => {
    const session = written(
      user("one"),
      answer("", "a", "b"),
      result("a", long(50)),
      result("b"),
      user("two"),
    );
    expect(planned(session, 20)?.kept).toBe(1);
    expect(planned(session, 53)?.kept).toBe(1);
    expect(planned(session, 59)?.kept).toBe(4);
  });

  it("goes on from the last one, whose summary and files it takes over", () => {
    const session = written(user("old"), answer("done"), user("kept"), answer("", "a.ts"), result("a.ts"));
    const details = { readFiles: ["b.ts"], modifiedFiles: ["c.ts"] };
    session.appendCompaction("so far", idOf(session, 2), 100, details);
    session.appendMessage(user(long(100)));
    const preparation = prepareCompaction(session.getBranch(), keeping(100));
    expect(preparation).toMatchObject({ previousSummary: "so far", isSplitTurn: false });
    expect(preparation?.messagesToSummarize).toHaveLength(3);
    expect([...(preparation?.fileOps.read ?? [])]).toEqual(["b.ts", "a.ts"]);
    expect([...(preparation?.fileOps.edited ?? [])]).toEqual(["c.ts"]);
  });

  it("has nothing to do directly after another one, or where no entry has an id", () => {
    const session = written(user("one"), answer("two"), user("three"));
    session.appendCompaction("so far", idOf(session, 2), 100);
    expect(prepareCompaction(session.getBranch(), keeping(0))).toBeUndefined();
    expect(prepareCompaction([], keeping(0))).toBeUndefined();
    const old = written(user("one"), user("two"))
      .getBranch()
      .map((entry) => ({ ...entry, id: "" }));
    expect(prepareCompaction(old as SessionEntry[], keeping(0))).toBeUndefined();
  });

  it("summarises messages that are the session's own objects", () => {
    const session = written(user("one"), answer("two"), user("three"));
    const [first] = session.getEntries();
    const preparation = prepareCompaction(session.getBranch(), keeping(1));
    expect(first?.type === "message" && first.message).toBe(preparation?.messagesToSummarize[0]);
  });

  it("does not bring back what was taken out of the context", () => {
    const session = written(user("the secret"), answer("I see"), user("go on"), answer("ok"));
    session.appendContextEdit(idOf(session, 0), null);
    expect(planned(session, 1)?.history).toBe("[Assistant]: I see");
    const { messages } = prepareBranchEntries(session.getBranch());
    expect(serializeConversation(convertToLlm(messages))).not.toContain("secret");
  });
});

describe("4.3 a: a result that is too large", () => {
  const session = () =>
    written(
      ...Array.from({ length: 20 }, (_, at) => [user(`question ${at}`), answer(`answer ${at}`)]).flat(),
      user("read it"),
      answer("", "huge"),
      result("huge", long(30_000)),
    );

  it("is kept with its call, and all before it is summarised", () => {
    const preparation = prepareCompaction(session().getBranch(), DEFAULT_COMPACTION_SETTINGS);
    expect(preparation?.messagesToSummarize).toHaveLength(40);
    expect(preparation?.turnPrefixMessages).toEqual([user("read it")]);
  });

  it("is cut in the context, not in the file, before anything is summarised", () => {
    const opened = session();
    const path = opened.getBranch();
    const cuts = cutOversizedResults(path, DEFAULT_COMPACTION_SETTINGS);
    expect(cuts.map(({ targetId }) => targetId)).toEqual([path.at(-1)?.id]);
    for (const { targetId, replacement } of cuts) opened.appendContextEdit(targetId, replacement);
    const shown = opened.buildSessionContext().messages.at(-1) as Parameters<typeof estimateTokens>[0];
    expect(estimateTokens(shown)).toBeLessThan(10_100);
    expect(JSON.stringify(shown)).toContain("[... 80000 characters truncated ...]");
    expect(JSON.stringify(opened.getEntry(path.at(-1)?.id as string)).length).toBeGreaterThan(120_000);
    expect(cutOversizedResults(opened.getBranch(), DEFAULT_COMPACTION_SETTINGS)).toEqual([]);
    // Nothing is left to summarise: all that counts fits.
    expect(prepareCompaction(opened.getBranch(), DEFAULT_COMPACTION_SETTINGS)).toBeUndefined();
  });

  it("is cut between characters, and its images stay", () => {
    const content = [{ type: "text", text: `a${"\u{1F600}".repeat(1000)}` }, image];
    const opened = written(user("look"), answer("", "c"), { ...result("c"), content } as Message);
    const [cut] = cutOversizedResults(opened.getBranch(), keeping(10));
    const [text, picture] = cut?.replacement.content ?? [];
    expect(text).toEqual({
      type: "text",
      text: `a${"\u{1F600}".repeat(249)}\n\n[... 1002 characters truncated ...]\n\n${"\u{1F600}".repeat(250)}`,
    });
    expect(picture).toEqual(image);
  });
});

describe("4.3 b: an empty history", () => {
  it("is nothing to compact", () => {
    expect(
      prepareCompaction(written(user("one"), answer("two")).getBranch(), keeping(20_000)),
    ).toBeUndefined();
    const session = written(user(long(10)));
    session.appendModelChange("p", "m");
    expect(prepareCompaction(session.getBranch(), keeping(10))).toBeUndefined();
  });
});

describe("4.3 c: messages of extensions and summaries of branches", () => {
  it("count for the budget", () => {
    const session = written(user("one"), answer("two"), user("three"));
    session.appendCustomMessageEntry("note", long(50), true);
    expect(planned(session, 40)).toMatchObject({ kept: 1 });
    session.branchWithSummary(idOf(session, 2), long(50));
    expect(planned(session, 40)).toMatchObject({ kept: 1 });
    expect(planned(session, 51)).toMatchObject({ kept: 2 });
  });
});

describe("4.3 d: the user's images", () => {
  it("count as those of results do", () => {
    expect(estimateTokens(pictures(image, { type: "text", text: "four" }, image))).toBe(2401);
    const session = written(user("one"), answer("two"), pictures(image), user("three"));
    expect(planned(session, 1000)).toMatchObject({ kept: 2 });
  });
});

describe("P15: when a session is compacted", () => {
  it("is when it leaves less than the reserve of a window that is known", () => {
    expect(shouldCompact(183_617, 200_000, DEFAULT_COMPACTION_SETTINGS)).toBe(true);
    expect(shouldCompact(183_616, 200_000, DEFAULT_COMPACTION_SETTINGS)).toBe(false);
    expect(shouldCompact(183_617, 200_000, { ...DEFAULT_COMPACTION_SETTINGS, enabled: false })).toBe(false);
  });

  it("is never for a model whose window is not known", () => {
    for (const unknown of [0, undefined as unknown as number, Number.NaN])
      expect(shouldCompact(1e9, unknown, DEFAULT_COMPACTION_SETTINGS)).toBe(false);
  });

  it("is told by the last answer that neither failed nor was aborted", () => {
    const counts = { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 };
    const said = (stopReason: string, totalTokens: number) =>
      ({ ...answer("a"), stopReason, usage: { ...counts, totalTokens } }) as unknown as Message;
    const path = written(user("q"), said("stop", 0), said("error", 70), said("aborted", 80)).getBranch();
    const usage = getLastAssistantUsage(path);
    expect(usage && calculateContextTokens(usage)).toBe(10);
  });
});

it("a message without its content keeps nobody from compacting the rest", () => {
  const bare = { role: "assistant", timestamp: 1 } as unknown as Message;
  const call = { type: "toolCall", id: "c" };
  const session = written(user("one"), bare, { ...bare, content: [call] } as Message, user("two"));
  expect(
    session.getBranch().map((entry) => entry.type === "message" && estimateTokens(entry.message)),
  ).toEqual([1, 0, 0, 1]);
  expect(planned(session, 1)?.history).toBe("[User]: one\n\n[Assistant tool calls]: ()");
});

it("a cut of a hundred thousand entries that nobody linked is found", () => {
  const entries = Array.from({ length: 100_000 }, (_, at) => ({
    type: "message",
    id: `e${at}`,
    parentId: null,
    timestamp: "2026-01-01T00:00:00.000Z",
    message: at % 2 === 0 ? user(long(10)) : answer(long(10)),
  })) as SessionEntry[];
  expect(findCutPoint(entries, 0, entries.length, 100)).toEqual({
    firstKeptEntryIndex: 99_990,
    turnStartIndex: -1,
    isSplitTurn: false,
  });
});
