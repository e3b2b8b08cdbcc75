// Where Pi's sessions lose something or wait for ever, and these do not.

import { readFileSync } from "node:fs";
import { createAssistantMessageEventStream, fauxAssistantMessage, fauxText } from "argent-runtime/pi-ai";
import {
  type AgentSessionServices,
  createAgentSession,
  createAgentSessionRuntime,
  SessionManager,
} from "argent-runtime/pi-coding-agent";
import { describe, expect, it } from "vitest";
import {
  calls,
  entriesOnDisk,
  rolesOnDisk,
  sessionIn,
  stageIn,
  tool,
  until,
} from "./support/agent-sessions.js";
import { folder, shown } from "./support/transcripts.js";

const dir = folder();
const LONG = "words ".repeat(400);
const OVERFLOW = "prompt is too long: 213462 tokens > 200000 maximum";
const failed = (errorMessage: string) => fauxAssistantMessage("", { stopReason: "error", errorMessage });

it("a compaction in the middle of a run keeps what the run has come to", async () => {
  let compacted: Promise<unknown> | undefined;
  const own = tool("own", async (signal) => {
    const aborted = new Promise((resolve) => signal?.addEventListener("abort", resolve));
    compacted ??= session.compact().catch((error) => error.message);
    await aborted;
  });
  const { session } = await sessionIn(dir(), {
    customTools: [own],
    settings: { compaction: { keepRecentTokens: 50 } },
    answers: [
      ...[LONG, LONG].map((text) => fauxAssistantMessage(text)),
      calls("own", "c1"),
      ...["aborted", "The gist.", "Its end."].map((text) => fauxAssistantMessage(text)),
    ],
  });
  for (const text of ["first", "second", "third"]) await session.prompt(text);
  await compacted;
  expect(rolesOnDisk(session).slice(4, 7)).toEqual(["user", "assistant", "c1"]);
  expect(entriesOnDisk(session).at(-1)).toMatchObject({ type: "compaction" });
});

it("a listener that throws keeps neither messages from the file nor events from the others", async () => {
  const { session } = await sessionIn(dir(), { answers: [fauxAssistantMessage("a1")] });
  const heard: string[] = [];
  session.subscribe(() => {
    throw new Error("a listener's");
  });
  session.subscribe(({ type }) => heard.push(type));
  await session.prompt("q1");
  expect(shown(SessionManager.open(session.sessionFile as string))).toEqual(["q1", "a1"]);
  expect(heard.at(-1)).toBe("agent_end");
});

it("a listener that leaves does not keep the next one from hearing", async () => {
  const { session } = await sessionIn(dir());
  const heard: string[] = [];
  const leave = session.subscribe(() => leave());
  session.subscribe(({ type }) => heard.push(type));
  session.setSessionName("named");
  expect(heard).toEqual(["session_info_changed"]);
});

describe("a prompt", () => {
  it("resolves though a stream function throws what may pass, and is answered by the retry", async () => {
    const { session } = await sessionIn(dir(), { answers: [fauxAssistantMessage("at last")] });
    const { streamFn } = session.agent;
    let asked = 0;
    session.agent.streamFn = (...args) => {
      if (asked++ === 0) throw new Error("fetch failed");
      return streamFn(...args);
    };
    await session.prompt("go");
    expect(session.getLastAssistantText()).toBe("at last");
  });

  it("resolves when the messages are gone that a retry would go on from", async () => {
    const { session } = await sessionIn(dir(), { answers: [failed("overloaded_error")] });
    until(session, "auto_retry_start").then(() => session.agent.reset());
    await session.prompt("go");
    expect([session.isRetrying, session.messages]).toEqual([false, []]);
  });

  it("is not compacted again when the answer after a compaction did not fit either", async () => {
    const { session, events, faux } = await sessionIn(dir(), {
      settings: { compaction: { keepRecentTokens: 50 } },
      answers: [LONG, LONG].map((text) => fauxAssistantMessage(text)),
    });
    for (const text of ["first", "second"]) await session.prompt(text);
    // The provider takes the prompt, and says that it is larger than the window.
    const full = { ...fauxAssistantMessage("").usage, input: 200_000, totalTokens: 200_000 };
    const answers = [failed(OVERFLOW), fauxAssistantMessage("cut short")];
    session.agent.streamFn = async (model) => {
      const { api, provider, id } = model;
      const message = Object.assign(
        { ...answers.shift(), api, provider, model: id, usage: full },
        { timestamp: Date.now() },
      );
      const stream = createAssistantMessageEventStream();
      stream.push({ type: "done", reason: "stop", message } as never);
      return stream;
    };
    faux.setResponses(["The gist.", "Its end."].map((text) => fauxAssistantMessage(text)));
    const given = new Promise<void>((resolve) => {
      session.subscribe((event) => event.type === "compaction_end" && event.errorMessage && resolve());
    });
    await session.prompt("third");
    await given;
    const told = events.filter(({ type }) => type.startsWith("compaction"));
    expect(told).toMatchObject([
      { type: "compaction_start", reason: "overflow" },
      { type: "compaction_end", willRetry: true },
      {
        type: "compaction_end",
        errorMessage: expect.stringContaining("after one compact-and-retry attempt"),
      },
    ]);
  });
});

it("a tool's result that alone is too large is cut before the history is summarised, and kept in the file", async () => {
  const huge = "x".repeat(40_000);
  const reads = {
    ...tool("reads"),
    execute: async () => ({ content: [fauxText(huge)], details: undefined }),
  };
  const { session, faux } = await sessionIn(dir(), {
    customTools: [reads],
    settings: { compaction: { keepRecentTokens: 600 } },
    answers: [calls("reads", "c1"), failed(OVERFLOW), fauxAssistantMessage("it fits")],
  });
  const compacted = until(session, "compaction_end");
  await session.prompt("read it");
  await compacted;
  await until(session, "agent_end");
  expect(session.getLastAssistantText()).toBe("it fits");
  expect(faux.state.callCount).toBe(3);
  expect(JSON.stringify(session.messages).length).toBeLessThan(10_000);
  expect(readFileSync(session.sessionFile as string, "utf8")).toContain(huge);
});

it("a command that ran while the agent answered is not lost when the session ends", async () => {
  const { session } = await sessionIn(dir(), {
    customTools: [
      tool("own", () => {
        session.recordBashResult("ls", { output: "a file", exitCode: 0, cancelled: false, truncated: false });
      }),
    ],
    answers: [calls("own", "c1"), fauxAssistantMessage("done")],
  });
  await session.prompt("go");
  expect(session.hasPendingBashMessages).toBe(true);
  session.dispose();
  expect(rolesOnDisk(session).at(-1)).toBe("bashExecution");
});

it("what was answered is in the file when the prompt resolves", async () => {
  const { session } = await sessionIn(dir(), {
    customTools: [tool("own", () => session.steer("and this"))],
    answers: [calls("own", "c1"), fauxAssistantMessage("done")],
  });
  await session.prompt("go");
  expect(rolesOnDisk(session)).toEqual(["user", "assistant", "c1", "user", "assistant"]);
});

it("a session that another program wrote without usage goes on", async () => {
  const at = dir();
  const sessionManager = SessionManager.create(at, at);
  sessionManager.appendMessage({ role: "user", content: "q1", timestamp: 1 });
  const said = { ...fauxAssistantMessage("a1"), usage: undefined as never };
  sessionManager.appendMessage(said);
  const { session } = await sessionIn(at, { sessionManager, answers: [fauxAssistantMessage("a2")] });
  await session.prompt("q2");
  expect(session.getLastAssistantText()).toBe("a2");
  expect(session.getSessionStats()).toMatchObject({ assistantMessages: 2 });
});

it("a fork before anything was answered keeps the folder, the model and where it comes from", async () => {
  const at = dir();
  const { options, faux } = await stageIn(at, { answers: [fauxAssistantMessage("a1")] });
  const runtime = await createAgentSessionRuntime(
    async ({ sessionManager, cwd, agentDir }) => {
      const { authStorage, modelRegistry, settingsManager, resourceLoader } = options;
      const made = { cwd, agentDir, authStorage, modelRegistry, settingsManager, resourceLoader };
      const services = { ...made, diagnostics: [] } as unknown as AgentSessionServices;
      const session = await createAgentSession({ ...options, sessionManager });
      return { ...session, services, diagnostics: [] };
    },
    { cwd: at, agentDir: at, sessionManager: options.sessionManager as SessionManager },
  );
  await runtime.session.prompt("q1");
  const before = runtime.session.sessionFile;
  const entryId = runtime.session.getUserMessagesForForking()[0]?.entryId ?? "";
  await runtime.fork(entryId, { position: "at" });
  expect(runtime.session.messages).toMatchObject([{ role: "user" }]);
  expect(await runtime.fork(entryId)).toEqual({ cancelled: false, selectedText: "q1" });
  faux.setResponses([fauxAssistantMessage("a2")]);
  await runtime.session.prompt("q1 again");
  const header = entriesOnDisk(runtime.session)[0];
  expect([
    header.cwd,
    typeof header.parentSession,
    header.parentSession === before,
    shown(runtime.session.sessionManager),
  ]).toEqual([at, "string", false, ["q1 again", "a2"]]);
  await runtime.dispose();
});
