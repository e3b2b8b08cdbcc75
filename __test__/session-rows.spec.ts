// What a gateway met when it put Pi's sessions and Argent's together (rows A to N), and does not meet here.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createArgentAgentSession } from "argent-runtime/argent-agent";
import { type Context, fauxAssistantMessage, fauxText, getModel } from "argent-runtime/pi-ai";
import {
  AuthStorage,
  createAgentSession,
  ModelRegistry,
  SessionManager,
  type SessionMessageEntry,
} from "argent-runtime/pi-coding-agent";
import { expect, it } from "vitest";
import {
  calls,
  entriesOnDisk,
  rolesOnDisk,
  sessionIn,
  stageIn,
  tool,
  until,
} from "./support/agent-sessions.js";
import { answer, folder, shown, user } from "./support/transcripts.js";

const dir = folder();
const LONG = "words ".repeat(400);

it.each([
  ["createAgentSession", createAgentSession],
  ["createArgentAgentSession", createArgentAgentSession],
])("A: %s goes on in the session that it is given, with the host's tools", async (_, create) => {
  const at = dir();
  const sessionManager = SessionManager.create(at, join(at, "sessions"));
  for (const message of [user("q1"), answer("a1")]) sessionManager.appendMessage(message);
  const { options, faux } = await stageIn(at, { sessionManager, customTools: [tool("own")] });
  const { session } = await create(options);
  faux.setResponses([
    ({ messages, tools }) => fauxAssistantMessage(`${messages.length} ${tools?.at(-1)?.name}`),
  ]);
  await session.prompt("q2");
  expect(session.sessionManager).toBe(sessionManager);
  expect(session.getLastAssistantText()).toBe("3 own");
  expect(shown(SessionManager.open(session.sessionFile as string))).toEqual(["q1", "a1", "q2", "3 own"]);
  session.dispose();
});

it("A: createArgentAgentSession takes tools themselves, instead of those that are built in", async () => {
  const { options } = await stageIn(dir());
  const { session } = await createArgentAgentSession({ ...options, tools: [tool("mine") as never] });
  expect(session.getActiveToolNames()).toEqual(["mine"]);
  expect(session.getAllTools().map(({ name }) => name)).toEqual(["mine"]);
  session.agent.setSystemPrompt("Argent's");
  expect([session.systemPrompt, session._baseSystemPrompt]).toEqual(["Argent's", "Argent's"]);
  session.dispose();
});

it("B: a session's file keeps its header, also when a host prepares it for a run", async () => {
  const at = dir();
  const sessionManager = SessionManager.create(at, join(at, "sessions"));
  const file = sessionManager.getSessionFile() as string;
  const header = sessionManager.getHeader();
  writeFileSync(file, "");
  Object.assign(sessionManager, { fileEntries: [header], leafId: null, flushed: false });
  sessionManager.byId.clear();
  const { session } = await sessionIn(at, { sessionManager, answers: [fauxAssistantMessage("a1")] });
  await session.prompt("q1");
  const again = SessionManager.open(file);
  expect([again.getSessionId(), again.getCwd()]).toEqual([session.sessionId, at]);
  expect(entriesOnDisk(session)[0]).toMatchObject({ type: "session", id: header?.id });
});

it("C: a file without a header loses nothing when it is opened and written to", () => {
  const file = join(dir(), "given.jsonl");
  const entry = { type: "message", id: "aaaaaaaa", parentId: null, timestamp: "2026-01-01T00:00:00.000Z" };
  const lines = [
    { ...entry, message: user("q1") },
    { ...entry, id: "bbbbbbbb", parentId: "aaaaaaaa", message: answer("a1") },
  ];
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  SessionManager.open(file).appendMessage(answer("mirror"));
  expect(shown(SessionManager.open(file))).toEqual(["q1", "a1", "mirror"]);
});

it("D: what another manager writes into a session's file is not left on a dead branch", async () => {
  const { session } = await sessionIn(dir(), {
    answers: ["a1", "a2"].map((text) => fauxAssistantMessage(text)),
  });
  await session.prompt("q1");
  SessionManager.open(session.sessionFile as string).appendMessage(answer("mirror"));
  await session.prompt("q2");
  expect(shown(SessionManager.open(session.sessionFile as string))).toEqual([
    "q1",
    "a1",
    "mirror",
    "q2",
    "a2",
  ]);
});

it("E: a compaction has the model make the summary, and keeps what is recent", async () => {
  const settings = { compaction: { keepRecentTokens: 50 } };
  const answers = [LONG, LONG, "The gist.", "Its end."].map((text) => fauxAssistantMessage(text));
  const { session, faux } = await sessionIn(dir(), { settings, answers });
  await session.prompt("first");
  await session.prompt("second");
  const result = await session.compact();
  expect(faux.state.callCount).toBe(4);
  expect(result.summary).toContain("The gist.");
  expect(session.messages.map(({ role }) => role)).toEqual(["compactionSummary", "assistant"]);
  const again = SessionManager.open(session.sessionFile as string).buildSessionContext();
  expect(again.messages).toEqual(session.messages);
});

it("F: images, thoughts and their proofs, and failed results reach the model as they are", async () => {
  const image = { type: "image" as const, data: "AA==", mimeType: "image/png" };
  const thought = { type: "thinking" as const, thinking: "hm", thinkingSignature: "proof" };
  let asked: Context | undefined;
  const fails = tool("fails", () => {
    throw new Error("it fails");
  });
  const shows = { ...tool("shows"), execute: async () => ({ content: [image], details: undefined }) };
  const { session } = await sessionIn(dir(), {
    customTools: [fails, shows],
    answers: [
      fauxAssistantMessage([thought, ...calls("fails", "c1").content, ...calls("shows", "c2").content], {
        stopReason: "toolUse",
      }),
      (context) => {
        asked = context;
        return fauxAssistantMessage("seen");
      },
    ],
  });
  await session.prompt("look", { images: [image] });
  expect(asked?.messages).toMatchObject([
    { role: "user", content: [{ text: "look" }, image] },
    { role: "assistant", content: [thought, { id: "c1" }, { id: "c2" }] },
    { toolCallId: "c1", isError: true, content: [{ text: "it fails" }] },
    { toolCallId: "c2", isError: false, content: [image] },
  ]);
});

it("G: the thinking level reaches the model", async () => {
  let reasoning: unknown;
  const { session } = await sessionIn(dir(), {
    thinkingLevel: "high",
    answers: [
      (_, options) => {
        reasoning = (options as { reasoning?: string }).reasoning;
        return fauxAssistantMessage("done");
      },
    ],
  });
  await session.prompt("think");
  expect(reasoning).toBe("high");
});

it("H: an aborted answer's call is not made, and the model is not asked again", async () => {
  let runs = 0;
  const { session, faux } = await sessionIn(dir(), {
    customTools: [tool("own", () => void runs++)],
    answers: [
      fauxAssistantMessage([fauxText(LONG), ...calls("own", "c1").content], { stopReason: "toolUse" }),
    ],
  });
  const stopped = until(session, "message_update").then(() => session.abort());
  await session.prompt("go");
  await stopped;
  expect([runs, faux.state.callCount]).toEqual([0, 1]);
  expect(session.messages.at(-1)).toMatchObject({ role: "assistant", stopReason: "aborted" });
});

it("I: steering between two calls leaves no call on disk without its result", async () => {
  const { session } = await sessionIn(dir(), {
    customTools: [tool("own", () => session.steer("and this"))],
    answers: [calls("own", "c1", "c2"), fauxAssistantMessage("one"), fauxAssistantMessage("two")],
  });
  await session.prompt("go");
  expect(rolesOnDisk(session)).toEqual([
    "user",
    "assistant",
    "c1",
    "c2",
    "user",
    "assistant",
    "user",
    "assistant",
  ]);
});

it("J: a run has as many turns as it takes", async () => {
  const turns = Array.from({ length: 40 }, (_, at) => calls("own", `c${at}`));
  const { session } = await sessionIn(dir(), {
    customTools: [tool("own")],
    answers: [...turns, fauxAssistantMessage("done")],
  });
  await session.prompt("go");
  expect(session.getLastAssistantText()).toBe("done");
  expect(session.getSessionStats()).toMatchObject({ toolCalls: 40, toolResults: 40, assistantMessages: 41 });
});

it("J: a failure that may pass is tried again, one that will not is not", async () => {
  const failed = (errorMessage: string) => fauxAssistantMessage("", { stopReason: "error", errorMessage });
  const { session, events } = await sessionIn(dir(), {
    answers: [failed("overloaded_error"), fauxAssistantMessage("at last"), failed("400 max_tokens: 45000")],
  });
  await session.prompt("go");
  expect(session.messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
  expect(session.getLastAssistantText()).toBe("at last");
  await session.prompt("again");
  const retries = events.filter(({ type }) => type.startsWith("auto_retry"));
  expect(retries).toMatchObject([
    { type: "auto_retry_start", attempt: 1, errorMessage: "overloaded_error" },
    { type: "auto_retry_end", success: true, attempt: 1 },
  ]);
});

it("J and K: a prompt that does not fit is answered after a compaction, with Pi's events", async () => {
  const overflow = "prompt is too long: 213462 tokens > 200000 maximum";
  const { session, events } = await sessionIn(dir(), {
    settings: { compaction: { keepRecentTokens: 50 } },
    answers: [
      ...[LONG, LONG].map((text) => fauxAssistantMessage(text)),
      fauxAssistantMessage("", { stopReason: "error", errorMessage: overflow }),
      ...["The gist.", "Its end."].map((text) => fauxAssistantMessage(text)),
      fauxAssistantMessage("answered"),
    ],
  });
  await session.prompt("first");
  await session.prompt("second");
  const compacting = until(session, "compaction_start").then(() => session.isCompacting);
  const compacted = until(session, "compaction_end");
  await session.prompt("third");
  expect(await compacting).toBe(true);
  await compacted;
  await until(session, "agent_end");
  expect(session.getLastAssistantText()).toBe("answered");
  expect(events.filter(({ type }) => type.startsWith("compaction"))).toMatchObject([
    { type: "compaction_start", reason: "overflow" },
    { type: "compaction_end", reason: "overflow", aborted: false, willRetry: true },
  ]);
});

it("J: the context's use, the models and the page of a session are there", async () => {
  const { session, faux } = await sessionIn(dir(), { answers: [fauxAssistantMessage("<b>hi</b>")] });
  await session.prompt("hello");
  expect(session.getContextUsage()).toMatchObject({ contextWindow: 100_000, tokens: expect.any(Number) });
  expect(await session.cycleModel()).toMatchObject({ model: faux.getModel("plain"), thinkingLevel: "off" });
  const page = await session.exportToHtml(join(dir(), "page.html"));
  expect(readFileSync(page, "utf8")).toContain("&lt;b&gt;hi&lt;/b&gt;");
  const branch = session.exportToJsonl(join(dir(), "deep", "branch.jsonl"));
  expect(shown(SessionManager.open(branch))).toEqual(["hello", "<b>hi</b>"]);
});

it("J: createArgentAgentSession forks before what was said, and goes over to other files", async () => {
  const { options, faux } = await stageIn(dir(), {});
  faux.setResponses(["a1", "a2"].map((text) => fauxAssistantMessage(text)));
  const { session } = await createArgentAgentSession(options);
  await session.prompt("q1");
  await session.prompt("q2");
  const first = session.sessionFile as string;
  const said = session.sessionManager
    .getEntries()
    .filter((entry): entry is SessionMessageEntry => entry.type === "message");
  expect(await session.fork(said[2]?.id as string)).toEqual({ selectedText: "q2", cancelled: false });
  expect(session.sessionFile).not.toBe(first);
  expect(session.messages).toHaveLength(2);
  await session.switchSession(first);
  expect(session.messages).toHaveLength(4);
  await session.newSession();
  expect(session.messages).toEqual([]);
  expect(existsSync(first)).toBe(true);
  session.dispose();
});

it("L: a host's extensions are loaded, and asked before a compaction and before a request", async () => {
  const seen: string[] = [];
  const { session } = await sessionIn(dir(), {
    settings: { compaction: { keepRecentTokens: 50 } },
    answers: [LONG, LONG].map((text) => fauxAssistantMessage(text)),
    extensions: [
      (api) => {
        api.on("context", ({ messages }) => void seen.push(`context ${messages.length}`));
        api.on("session_before_compact", ({ preparation }, { sessionManager }) => {
          seen.push(`compact ${sessionManager === session.sessionManager}`);
          const { firstKeptEntryId, tokensBefore } = preparation;
          return { compaction: { summary: "the safeguard's", firstKeptEntryId, tokensBefore } };
        });
      },
    ],
  });
  await session.prompt("first");
  await session.prompt("second");
  expect(await session.compact()).toMatchObject({ summary: "the safeguard's" });
  expect(seen).toEqual(["context 1", "context 3", "compact true"]);
});

it("M: a session offers the levels that the catalogue knows of a model", async () => {
  const model = getModel("anthropic", "claude-opus-4-7");
  const { session } = await sessionIn(dir(), { model, thinkingLevel: "xhigh" });
  expect([session.thinkingLevel, session.getAvailableThinkingLevels()]).toEqual([
    "xhigh",
    expect.arrayContaining(["xhigh"]),
  ]);
});

it("N: the registry lists all models of the catalogue", () => {
  const models = ModelRegistry.inMemory(AuthStorage.inMemory()).getAll();
  expect(models.length).toBeGreaterThanOrEqual(969);
  expect(new Set(models.map(({ provider }) => provider)).size).toBeGreaterThanOrEqual(31);
});
