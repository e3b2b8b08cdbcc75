// Stream functions of hosts, hardened.

import { hardenStreamSimple } from "argent-runtime/argent-ai";
import {
  type AssistantMessage,
  type AssistantMessageEvent,
  AssistantMessageEventStream,
  failureOf,
  streamSimple,
} from "argent-runtime/pi-ai";
import { describe, expect, it, vi } from "vitest";
import { anthropicModel, collect, lastMessage, saying } from "./support/models.js";
import { anthropic, sse, startProvider } from "./support/provider.js";

const server = await startProvider();
const claude = anthropicModel(server.url);
const call = { type: "toolCall" as const, id: "t1", name: "read", arguments: { path: "a" } };
const shape = (events: AssistantMessageEvent[]) =>
  events.map((event) => ("contentIndex" in event ? `${event.type} ${event.contentIndex}` : event.type));

describe("hardenStreamSimple", () => {
  const message = (rest: Partial<AssistantMessage> = {}) =>
    ({ ...piMessage, content: [{ type: "text", text: "a" }], ...rest }) as AssistantMessage;
  const piMessage = {
    role: "assistant",
    api: claude.api,
    provider: claude.provider,
    model: claude.id,
    stopReason: "stop",
    timestamp: 1,
  };
  const harden = (make: (stream: AssistantMessageEventStream) => void, options?: { signal: AbortSignal }) =>
    hardenStreamSimple(() => {
      const stream = new AssistantMessageEventStream();
      make(stream);
      return stream;
    })(claude, saying("hi"), options);

  it("passes what is sound as it is", async () => {
    server.scripts = [sse(anthropic.answer("a", "b"))];
    const turn = hardenStreamSimple(streamSimple)(claude, saying("hi"), { apiKey: "key" });
    const events = await collect(turn);
    expect(shape(events)).toEqual([
      "start",
      "text_start 0",
      "text_delta 0",
      "text_delta 0",
      "text_end 0",
      "done",
    ]);
    expect(new Set(events.slice(0, -1).map((event) => "partial" in event && event.partial)).size).toBe(1);
    expect(await turn.result()).toBe(lastMessage(events));
  });

  it("gives the last event that is missing", async () => {
    const ended = await collect(
      harden((stream) => {
        stream.push({ type: "start", partial: message() });
        stream.end(message());
      }),
    );
    expect(shape(ended)).toEqual(["start", "done"]);
    const failed = await collect(harden((stream) => stream.end(message({ stopReason: "error" }))));
    expect(shape(failed)).toEqual(["error"]);
  });

  it("resolves where the stream's own result never does", async () => {
    const turn = harden((stream) => {
      stream.push({ type: "start", partial: message() });
      stream.end();
    });
    expect(shape(await collect(turn))).toEqual(["start", "error"]);
    expect((await turn.result()).stopReason).toBe("error");
  });

  it("makes an event of what is thrown", async () => {
    async function* broken() {
      yield { type: "start", partial: message({ content: [] }) } as AssistantMessageEvent;
      throw new Error("broken");
    }
    const turn = hardenStreamSimple(() => broken())(claude, saying("hi"));
    expect(shape(await collect(turn))).toEqual(["start", "error"]);
    expect(await turn.result()).toMatchObject({ content: [{ text: "broken" }], errorMessage: "broken" });
    const thrown = hardenStreamSimple(() => {
      throw new Error("at once");
    })(claude, saying("hi"));
    expect((await thrown.result()).errorMessage).toBe("at once");
    vi.stubEnv("ARGENT_DEBUG_ERROR_STACKS", "1");
    const { errorMessage } = await hardenStreamSimple(() => broken())(claude, saying("hi")).result();
    vi.unstubAllEnvs();
    expect(errorMessage).toMatch(/^broken\nError: broken\n +at /);
  });

  it("ends on abort when the function does not", async () => {
    const host = new AbortController();
    const turn = harden((stream) => stream.push({ type: "start", partial: message() }), {
      signal: host.signal,
    });
    for await (const event of turn) if (event.type === "start") host.abort();
    expect(await turn.result()).toMatchObject({ stopReason: "aborted", content: [{ text: "a" }] });
  });

  it("makes tool arguments objects and content a list", async () => {
    const odd = { ...call, arguments: "oops" as unknown as Record<string, unknown> };
    const bad = message({ content: [odd] });
    const events = await collect(
      harden((stream) => {
        stream.push({ type: "start", partial: message({ content: "none" as never }) });
        stream.push({ type: "toolcall_start", contentIndex: 0, partial: bad });
        stream.push({ type: "toolcall_delta", contentIndex: 0, delta: "{", partial: undefined as never });
        stream.push({ type: "toolcall_end", contentIndex: 0, toolCall: odd, partial: bad });
        stream.push({ type: "done", reason: "stop", message: bad });
      }),
    );
    expect(events.map((event) => ("partial" in event ? event.partial.content : event.type))).toEqual([
      [],
      ...Array(3).fill([{ ...call, arguments: {} }]),
      "done",
    ]);
    expect(events[3]).toMatchObject({ toolCall: { arguments: {} } });
    expect(lastMessage(events).content).toEqual([{ ...call, arguments: {} }]);
    expect(bad.content[0]).toBe(odd);
  });

  it("calls an answer that failed an error, even if it comes as `done`", async () => {
    const failed = message({ stopReason: "error", errorMessage: "no" });
    const events = await collect(harden((s) => s.push({ type: "done", reason: "stop", message: failed })));
    expect(events).toMatchObject([{ type: "error", reason: "error", error: { errorMessage: "no" } }]);
  });

  it("keeps what a program can act on", async () => {
    server.scripts = [(response) => response.destroy()];
    const turn = hardenStreamSimple(streamSimple)(claude, saying("hi"), { apiKey: "key", maxRetries: 0 });
    const failed = await turn.result();
    expect(failed.content).toMatchObject([{ type: "text" }]);
    expect(failureOf(failed)?.kind).toBe("connection");
  });
});
