// Summaries by a model: what it is asked, and what becomes of its answers.

import { fauxAssistantMessage, registerFauxProvider } from "argent-runtime/pi-ai";
import {
  type CompactionError,
  collectEntriesForBranchSummary,
  compact,
  generateBranchSummary,
  generateSummary,
  prepareCompaction,
  SessionManager,
} from "argent-runtime/pi-coding-agent";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answer, idOf, type Message, result, user } from "./support/transcripts.js";

const settings = { enabled: true, reserveTokens: 1000, keepRecentTokens: 10 };
const text = "so it went ".repeat(60);

let faux: ReturnType<typeof registerFauxProvider>;
let asked: string[];
beforeEach(() => {
  asked = [];
  faux = registerFauxProvider({ models: [{ id: "m", contextWindow: 3000 }] });
});
afterEach(() => faux.unregister());

/** The model answers with these, one after the other. */
function answers(...texts: (string | Parameters<typeof fauxAssistantMessage>[1])[]) {
  faux.setResponses(
    texts.map((said) => ({ messages }) => {
      const [request] = messages as { content: { text: string }[] }[];
      asked.push(request?.content[0]?.text as string);
      return typeof said === "string" ? fauxAssistantMessage(said) : fauxAssistantMessage("", said);
    }),
  );
}

function sessionOf(...messages: Message[]): SessionManager {
  const session = SessionManager.inMemory("/work");
  for (const message of messages) session.appendMessage(message);
  return session;
}

function prepared(session: SessionManager) {
  const preparation = prepareCompaction(session.getBranch(), settings);
  if (!preparation) throw new Error("nothing to prepare");
  return preparation;
}

const compacted = (session: SessionManager, signal?: AbortSignal) =>
  compact(prepared(session), faux.getModel(), "key", undefined, undefined, signal);

describe("a compaction", () => {
  it("asks for a summary, names the files and fits into the session", async () => {
    answers("## Goal\nTea");
    const session = sessionOf(user(text), answer("", "a.ts"), result("a.ts"), answer("done"), user(text));
    const { summary, firstKeptEntryId, tokensBefore, details } = await compacted(session);
    expect(summary).toBe("## Goal\nTea\n\n<read-files>\na.ts\n</read-files>");
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain(
      `<conversation>\n[User]: ${text}\n\n[Assistant tool calls]: read(path="a.ts")`,
    );
    session.appendCompaction(summary, firstKeptEntryId, tokensBefore, details);
    expect(session.buildSessionContext().messages.map(({ role }) => role)).toEqual([
      "compactionSummary",
      "user",
    ]);
  });

  it("summarises the beginning of a turn apart, and keeps the summary before it", async () => {
    answers("the beginning");
    const session = sessionOf(user("old"), answer("old"), user(text), answer("kept"));
    session.appendCompaction("so far", idOf(session, 2), 100);
    session.appendMessage(answer(text));
    const { summary } = await compacted(session);
    expect(summary).toBe("so far\n\n---\n\n**Turn Context (split turn):**\n\nthe beginning");
    expect(asked).toHaveLength(1);
  });
});

describe("P15: a compaction that does not help is an error with a code", () => {
  const session = () => sessionOf(user(text), answer("done"), user(text));
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => "none",
      (error: CompactionError) => error.code,
    );

  it("when the summary takes no less room than what it is to stand for", async () => {
    answers(text.repeat(2));
    await expect(compacted(session())).rejects.toMatchObject({
      code: "COMPACTION_GREW",
      message: "Compaction did not shrink the session: a summary of 330 tokens for 166",
    });
  });

  it("when the summary is empty", async () => {
    answers(" \n");
    expect(await codeOf(compacted(session()))).toBe("COMPACTION_EMPTY");
  });

  it("when there is nothing to summarise", async () => {
    const preparation = { ...prepared(session()), messagesToSummarize: [], turnPrefixMessages: [] };
    expect(await codeOf(compact(preparation, faux.getModel(), "key"))).toBe("COMPACTION_NOTHING");
    expect(faux.state.callCount).toBe(0);
  });

  it("when the caller has given up", async () => {
    answers("half a summary");
    const signal = AbortSignal.abort();
    await expect(compacted(session(), signal)).rejects.toMatchObject({
      code: "COMPACTION_CANCELLED",
      message: "Compaction cancelled",
    });
  });

  it("and a request that fails is the provider's error", async () => {
    answers({ stopReason: "error", errorMessage: "overloaded" });
    await expect(compacted(session())).rejects.toThrow("Summarization failed: overloaded");
  });
});

it("a conversation that is too long for the model is summarised piece by piece", async () => {
  answers("first", "second", "third");
  const messages = Array.from({ length: 3 }, (_, at) => user(`${at} ${"x".repeat(4000)}`));
  const summary = await generateSummary(messages, faux.getModel(), 1000, "key");
  expect(summary).toBe("third");
  expect(asked.map((request) => /\[User\]: (\d)/.exec(request)?.[1])).toEqual(["0", "1", "2"]);
  expect(asked[0]).not.toContain("<previous-summary>");
  expect(asked[2]).toContain("<previous-summary>\nsecond\n</previous-summary>");
  for (const request of asked) expect(request.length).toBeLessThan(3000 * 4);
});

it("generateSummary takes nine arguments, by which hosts know it", () => {
  expect(generateSummary).toHaveLength(9);
});

it("a branch that is left gets a summary from where it began", async () => {
  const session = sessionOf(user("tea"), answer("ok"), user("milk?"), answer("", "milk.ts"));
  const left = session.getLeafId();
  session.branch(idOf(session, 1));
  session.appendMessage(user("lemon?"));
  const { entries, commonAncestorId } = collectEntriesForBranchSummary(
    session,
    left,
    session.getLeafId() as string,
  );
  expect(commonAncestorId).toBe(idOf(session, 1));
  expect(entries.map(({ id }) => id)).toEqual([idOf(session, 2), left]);

  answers("about milk");
  const { signal } = new AbortController();
  const options = { model: faux.getModel(), apiKey: "key", signal };
  const { summary, readFiles } = await generateBranchSummary(entries, options);
  expect(summary).toMatch(
    /^The user explored a different conversation branch.*about milk\n\n<read-files>\nmilk.ts/s,
  );
  expect(readFiles).toEqual(["milk.ts"]);
  expect(await generateBranchSummary([], options)).toEqual({ summary: "No content to summarize" });
  answers({ stopReason: "error", errorMessage: "no" });
  expect(await generateBranchSummary(entries, options)).toEqual({ error: "no" });
});
