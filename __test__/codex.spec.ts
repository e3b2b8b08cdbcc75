// Codex over WebSockets: connections that sessions keep, and HTTP when they fail.

import {
  type AssistantMessage,
  type AssistantMessageEvent,
  type Context,
  cleanupSessionResources,
  failureOf,
  stream,
} from "argent-runtime/pi-ai";
import {
  closeOpenAICodexWebSocketSessions,
  type OpenAICodexResponsesOptions,
  resetOpenAICodexWebSocketDebugStats,
  getOpenAICodexWebSocketDebugStats as statsOf,
} from "argent-runtime/pi-ai/openai-codex-responses";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebSocket as HostWebSocket } from "ws";
import { runChild } from "./support/child.js";
import { answer, codexModel, say, startCodex, token } from "./support/codex.js";
import { collect, lastMessage, saying } from "./support/models.js";

const provider = await startCodex();
const model = codexModel(provider.url);
const transports = [
  ["the library's own sockets", () => {}],
  ["the host's WebSocket", () => vi.stubGlobal("WebSocket", HostWebSocket)],
] as const;

const ask = (context: Context, options: OpenAICodexResponsesOptions = {}) =>
  stream(model, context, { apiKey: token, ...options });
const done = async (context: Context, options: OpenAICodexResponsesOptions = {}) =>
  lastMessage(await collect(ask(context, options)));
const types = (events: AssistantMessageEvent[]) => events.map((event) => event.type);
const user = (content: string) => ({ role: "user" as const, content, timestamp: 1 });
const textOf = (message: AssistantMessage) =>
  message.content.map((block) => (block.type === "text" ? block.text : "")).join("");

afterEach(() => {
  closeOpenAICodexWebSocketSessions();
  resetOpenAICodexWebSocketDebugStats();
  vi.unstubAllGlobals();
});

describe.each(transports)("over %s", (name, install) => {
  const own = name.startsWith("the library");

  it("a turn is asked and answered", async () => {
    install();
    provider.scripts = [say(...answer("1", "over ", "a socket"))];
    const seen: string[] = [];
    const events = await collect(ask(saying("hi"), { onResponse: () => void seen.push("response") }));
    expect(types(events)).toEqual(["start", "text_start", "text_delta", "text_delta", "text_end", "done"]);
    expect(lastMessage(events)).toMatchObject({ responseId: "resp_1", usage: { totalTokens: 7 } });
    expect(lastMessage(events).diagnostics).toBeUndefined();
    expect(seen).toEqual([]);
    expect(provider.asked).toMatchObject([
      { type: "response.create", model: "gpt-test", store: false, input: [{ role: "user" }] },
    ]);
    expect(provider.opened).toMatchObject([
      {
        authorization: `Bearer ${token}`,
        "chatgpt-account-id": "account-1",
        originator: "pi",
        "openai-beta": "responses_websockets=2026-02-06",
      },
    ]);
    expect(provider.opened[0]?.["x-client-request-id"]).toBe(provider.opened[0]?.session_id);
    expect(provider.opened[0]).not.toHaveProperty("content-type");
    expect(await provider.closed()).toEqual([[1000, "done"]]);
  });

  it("a session keeps its connection and says only what is new", async () => {
    install();
    provider.scripts = [say(...answer("1", "one")), say(...answer("2", "two")), say(...answer("3", "three"))];
    const sessionId = "session-1";
    const options = { sessionId, transport: "auto" as const };
    const messages: Context["messages"] = [user("first")];
    messages.push(await done({ messages }, options), user("second"));
    messages.push(await done({ messages }, options));
    await done({ messages: [user("something else")] }, options);
    expect(provider.opened).toHaveLength(1);
    expect(provider.opened[0]).toMatchObject({ session_id: sessionId, "x-client-request-id": sessionId });
    const [first, second, third] = provider.asked;
    expect(first).not.toHaveProperty("previous_response_id");
    expect(second).toMatchObject({ previous_response_id: "resp_1", prompt_cache_key: sessionId });
    expect(second?.input).toEqual([{ role: "user", content: [{ type: "input_text", text: "second" }] }]);
    expect(third).not.toHaveProperty("previous_response_id");
    expect(statsOf(sessionId)).toEqual({
      requests: 3,
      connectionsCreated: 1,
      connectionsReused: 2,
      cachedContextRequests: 3,
      storeTrueRequests: 0,
      fullContextRequests: 2,
      deltaRequests: 1,
      lastInputItems: 1,
      lastDeltaInputItems: undefined,
      lastPreviousResponseId: undefined,
      websocketFailures: 0,
      sseFallbacks: 0,
    });
    cleanupSessionResources(sessionId);
    expect(await provider.closed()).toEqual([[1000, "debug_close"]]);
  });

  it("a busy connection is left to its turn", async () => {
    install();
    provider.scripts = [
      (socket) => setTimeout(() => say(...answer("1", "slow"))(socket, {}), 100),
      say(...answer("2", "fast")),
    ];
    const slow = done(saying("hi"), { sessionId: "busy" });
    await expect.poll(() => provider.asked.length).toBe(1);
    expect(textOf(await done(saying("ho"), { sessionId: "busy" }))).toBe("fast");
    expect(textOf(await slow)).toBe("slow");
    expect(provider.opened).toHaveLength(2);
    expect(statsOf("busy")).toMatchObject({ connectionsCreated: 2, connectionsReused: 0 });
  });

  it("a handshake that is refused sends the session over HTTP", async () => {
    install();
    provider.refusing = true;
    const message = await done(saying("hi"), { sessionId: "refused" });
    expect(textOf(message)).toBe("by http");
    expect(message.diagnostics).toEqual([
      {
        type: "provider_transport_failure",
        timestamp: expect.any(Number),
        error: {
          name: "Error",
          message: own ? "Received network error or non-101 status code." : "Unexpected server response: 403",
          stack: expect.any(String),
          code: undefined,
        },
        details: {
          configuredTransport: "auto",
          fallbackTransport: "sse",
          eventsEmitted: false,
          phase: "before_message_stream_start",
          requestBytes: JSON.stringify(provider.posted[0]).length,
        },
      },
    ]);
    provider.refusing = false;
    expect((await done(saying("hi"), { sessionId: "refused" })).diagnostics).toBeUndefined();
    expect(provider.asked).toHaveLength(0);
    expect(statsOf("refused")).toMatchObject({
      websocketFailures: 1,
      sseFallbacks: 2,
      websocketFallbackActive: true,
    });
  });

  it("a server that closes before it answers is asked over HTTP", async () => {
    install();
    provider.scripts = [(socket) => socket.close(1009)];
    const events = await collect(ask(saying("hi")));
    expect(types(events)).toEqual(["start", "text_start", "text_delta", "text_end", "done"]);
    const { error } = lastMessage(events).diagnostics?.[0] ?? {};
    expect(error).toMatchObject({
      name: "WebSocketCloseError",
      message: "WebSocket closed 1009 message too big",
      code: 1009,
    });
  });

  it("a server that closes in mid-stream ends the turn", async () => {
    install();
    provider.scripts = [
      (socket, request) => {
        say(...answer("1", "half").slice(0, 4))(socket, request);
        socket.close(1011, "out of order");
      },
    ];
    const message = await done(saying("hi"), { sessionId: "midway" });
    expect(message).toMatchObject({
      stopReason: "error",
      errorMessage: "WebSocket closed 1011 out of order",
      content: [{ type: "text", text: "half" }],
      diagnostics: [{ details: { eventsEmitted: true, phase: "after_message_stream_start" } }],
    });
    expect(failureOf(message)).toMatchObject({ kind: "connection", retryable: true });
    expect(provider.posted).toHaveLength(0);
    expect(textOf(await done(saying("hi"), { sessionId: "midway" }))).toBe("by http");
  });

  it("an error that the provider reports is final, and no reason to leave WebSockets", async () => {
    install();
    const error = { type: "error", code: "usage_limit_reached", message: "" };
    provider.scripts = [say(error), say(...answer("2", "better"))];
    const events = await collect(ask(saying("hi"), { sessionId: "limited" }));
    expect(types(events)).toEqual(["error"]);
    expect(lastMessage(events).errorMessage).toBe("Codex error: usage_limit_reached");
    expect(failureOf(lastMessage(events))).toMatchObject({ kind: "billing", code: "usage_limit_reached" });
    expect(textOf(await done(saying("hi"), { sessionId: "limited" }))).toBe("better");
    expect(provider.opened).toHaveLength(2);
  });

  it("what is no JSON fails the turn", async () => {
    install();
    provider.scripts = [(socket) => socket.send("{nonsense")];
    expect((await done(saying("hi"))).errorMessage).toMatch(
      /^Invalid Codex WebSocket JSON: Expected property/,
    );
  });

  it("giving up in mid-stream keeps what came and closes the connection", async () => {
    install();
    provider.scripts = [say(...answer("1", "so far").slice(0, 4))];
    const controller = new AbortController();
    const turn = ask(saying("hi"), { signal: controller.signal, sessionId: "aborted" });
    for await (const event of turn) if (event.type === "text_delta") controller.abort();
    expect(await turn.result()).toMatchObject({
      stopReason: "aborted",
      errorMessage: "Request was aborted",
      content: [{ type: "text", text: "so far" }],
    });
    expect(await provider.closed()).toHaveLength(1);
    expect(statsOf("aborted")).toMatchObject({ websocketFailures: 0 });
  });

  it("giving up before the call sends nothing", async () => {
    install();
    const message = await done(saying("hi"), { signal: AbortSignal.abort() });
    expect(message).toMatchObject({ stopReason: "aborted", errorMessage: "Request was aborted" });
    expect(provider.asked).toHaveLength(0);
  });

  it("an image goes over HTTP unless the host insists on WebSockets", async () => {
    install();
    provider.scripts = [say(...answer("1", "seen"))];
    const image = {
      type: "image" as const,
      data: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAC0lEQVR4nGNgAAIAAAUAAXpeqz8AAAAASUVORK5CYII=",
      mimeType: "image/png",
    };
    const context: Context = { messages: [{ role: "user", content: [image], timestamp: 1 }] };
    expect(await done(context)).not.toHaveProperty("diagnostics");
    expect(provider.posted).toHaveLength(1);
    expect(textOf(await done(context, { transport: "websocket" }))).toBe("seen");
  });

  it("the host's hook sees the payload, and what it leaves is sent", async () => {
    install();
    provider.scripts = [say(...answer("1", "ok"))];
    await done(saying("hi"), {
      onPayload: (payload) => ({ ...(payload as object), store: true, text: { verbosity: "high" } }),
      sessionId: "hooked",
    });
    expect(provider.asked[0]).toMatchObject({ store: true, text: { verbosity: "high" } });
    expect(statsOf("hooked")).toMatchObject({ storeTrueRequests: 1 });
  });
});

it("the transport sse is HTTP from the start", async () => {
  const message = await done(saying("hi"), { transport: "sse" });
  expect(textOf(message)).toBe("by http");
  expect(message).not.toHaveProperty("diagnostics");
  expect(provider.opened).toHaveLength(0);
});

it("a host whose fetch is its own and that has no WebSocket is served by its fetch", async () => {
  const { fetch } = globalThis;
  vi.stubGlobal("WebSocket", undefined);
  vi.stubGlobal("fetch", (...args: Parameters<typeof fetch>) => fetch(...args));
  const message = await done(saying("hi"));
  expect(textOf(message)).toBe("by http");
  expect(message.diagnostics?.[0]?.error?.message).toBe(
    "WebSocket transport is not available in this runtime",
  );
});

it("a connection that is kept does not keep the process", async () => {
  provider.scripts = [say(...answer("1", "ok"))];
  const program = `import { complete } from "argent-runtime/pi-ai";
const model = ${JSON.stringify(model)};
const message = await complete(model, ${JSON.stringify(saying("hi"))}, { apiKey: "${token}", sessionId: "s" });
console.log(message.stopReason);`;
  expect(await runChild(program, { limit: 10_000 })).toMatchObject({ code: 0, stdout: "stop\n", stderr: "" });
  expect(provider.asked).toHaveLength(1);
});
