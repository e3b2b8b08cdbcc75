// The provider that replays given messages.

import { describe, expect, it } from "vitest";
import { getApiProvider } from "../lib/pi-ai/api-registry.js";
import type { AssistantMessageEventStream } from "../lib/pi-ai/event-stream.js";
import {
  type FauxProviderRegistration,
  fauxAssistantMessage,
  fauxText,
  fauxThinking,
  fauxToolCall,
  registerFauxProvider,
} from "../lib/pi-ai/faux.js";
import type { AssistantMessageEvent, Context, StreamOptions } from "../lib/pi-ai/types.js";

const context: Context = { messages: [{ role: "user", content: "hi", timestamp: 1 }] };

function ask(faux: FauxProviderRegistration, options?: StreamOptions, asked = context) {
  return getApiProvider(faux.api)?.streamSimple(
    faux.getModel(),
    asked,
    options,
  ) as AssistantMessageEventStream;
}

async function eventsOf(stream: AssistantMessageEventStream): Promise<AssistantMessageEvent[]> {
  const events: AssistantMessageEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

describe("a queued message", () => {
  it("is streamed block by block, and given whole at the end", async () => {
    const faux = registerFauxProvider({ provider: "mock" });
    const call = fauxToolCall("read", { path: "a/long/enough/path" }, { id: "call" });
    const blocks = [fauxThinking("thinking it over and over"), fauxText("the text of the answer"), call];
    faux.setResponses([fauxAssistantMessage(blocks, { stopReason: "toolUse", timestamp: 5 })]);
    const stream = ask(faux);
    const events = await eventsOf(stream);

    const runs = events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]);
    const block = (name: string) => [`${name}_start`, `${name}_delta`, `${name}_end`];
    expect(runs).toEqual(["start", ...block("thinking"), ...block("text"), ...block("toolcall"), "done"]);
    const streamed = (index: number) =>
      events.map((event) => ("delta" in event && event.contentIndex === index ? event.delta : "")).join("");
    expect([0, 1, 2].map(streamed)).toEqual([
      "thinking it over and over",
      "the text of the answer",
      JSON.stringify(call.arguments),
    ]);
    expect(events.find(({ type }) => type === "text_end")).toMatchObject({
      contentIndex: 1,
      content: "the text of the answer",
    });
    expect(events.find(({ type }) => type === "toolcall_end")).toMatchObject({
      contentIndex: 2,
      toolCall: call,
    });
    expect(await stream.result()).toMatchObject({
      content: blocks,
      api: faux.api,
      provider: "mock",
      model: "faux-1",
      stopReason: "toolUse",
      timestamp: 5,
    });
    faux.unregister();
    expect(getApiProvider(faux.api)).toBeUndefined();
  });

  it("is copied, and so is the partial message of each event", async () => {
    const faux = registerFauxProvider();
    const response = fauxAssistantMessage("some text that is long enough for deltas");
    faux.setResponses([response, response]);
    const events = await eventsOf(ask(faux));
    const partials = events.flatMap((event) => ("partial" in event ? [event.partial] : []));
    expect(new Set(partials).size).toBe(partials.length);
    expect(partials[0]?.content).toEqual([]);
    expect(partials[1]?.content[0]).toBe(partials.at(-1)?.content[0]);
    const message = await ask(faux).result();
    expect(message).not.toBe(response);
    expect(message.content[0]).not.toBe(response.content[0]);
    expect(response.api).toBe("faux");
  });

  it("shares no usage with other messages", () => {
    const message = fauxAssistantMessage("a");
    message.usage.input = 5;
    message.usage.cost.total = 5;
    expect(fauxAssistantMessage("b").usage).toMatchObject({ input: 0, cost: { total: 0 } });
  });

  it("that failed or was aborted ends in an error event", async () => {
    const faux = registerFauxProvider();
    faux.setResponses([
      fauxAssistantMessage("half", { stopReason: "error", errorMessage: "broke" }),
      fauxAssistantMessage("half", { stopReason: "aborted" }),
    ]);
    for (const reason of ["error", "aborted"]) {
      const stream = ask(faux);
      expect((await eventsOf(stream)).at(-1)).toMatchObject({ type: "error", reason });
      expect((await stream.result()).stopReason).toBe(reason);
    }
  });

  it("is cut into pieces of the size asked for", async () => {
    const faux = registerFauxProvider({ tokenSize: { min: 2, max: 2 } });
    faux.setResponses([fauxAssistantMessage("12345678abcdefgh!"), fauxAssistantMessage("")]);
    const deltas = (events: AssistantMessageEvent[]) =>
      events.flatMap((event) => (event.type === "text_delta" ? [event.delta] : []));
    expect(deltas(await eventsOf(ask(faux)))).toEqual(["12345678", "abcdefgh", "!"]);
    expect(deltas(await eventsOf(ask(faux)))).toEqual([""]);
  });
});

describe("an abort", () => {
  it("before the request gives no start", async () => {
    const faux = registerFauxProvider();
    faux.setResponses([fauxAssistantMessage("text")]);
    const events = await eventsOf(ask(faux, { signal: AbortSignal.abort() }));
    expect(events).toMatchObject([
      { type: "error", reason: "aborted", error: { content: [], errorMessage: "Request was aborted" } },
    ]);
  });

  it("in the middle keeps what was shown", async () => {
    const faux = registerFauxProvider({ tokensPerSecond: 2000, tokenSize: { min: 1, max: 1 } });
    faux.setResponses([fauxAssistantMessage("0123456789".repeat(20))]);
    const controller = new AbortController();
    const stream = ask(faux, { signal: controller.signal });
    for await (const event of stream) if (event.type === "text_delta") controller.abort();
    const message = await stream.result();
    expect(message).toMatchObject({ stopReason: "aborted", errorMessage: "Request was aborted" });
    const [block] = message.content;
    const text = block?.type === "text" ? block.text : "";
    expect(text.length).toBeGreaterThan(0);
    expect(text.length).toBeLessThan(200);
    expect("0123456789".repeat(20).startsWith(text)).toBe(true);
  });
});

describe("responses", () => {
  it("are given in turn; without one the request fails", async () => {
    const faux = registerFauxProvider();
    faux.setResponses([fauxAssistantMessage("one")]);
    faux.appendResponses([fauxAssistantMessage("two")]);
    expect(faux.getPendingResponseCount()).toBe(2);
    expect((await ask(faux).result()).content).toEqual([fauxText("one")]);
    expect((await ask(faux).result()).content).toEqual([fauxText("two")]);
    const events = await eventsOf(ask(faux));
    expect(events).toMatchObject([
      { type: "error", error: { errorMessage: "No more faux responses queued" } },
    ]);
    expect(faux.state.callCount).toBe(3);
    faux.setResponses([fauxAssistantMessage("three")]);
    faux.setResponses([]);
    expect(faux.getPendingResponseCount()).toBe(0);
  });

  it("are made by functions that see the request, and whose errors end the stream", async () => {
    const faux = registerFauxProvider({ models: [{ id: "m", name: "M" }] });
    const options = { temperature: 0.5 };
    const seen: unknown[] = [];
    faux.setResponses([
      async (...request) => {
        seen.push(...request);
        return fauxAssistantMessage(`call ${request[2].callCount}`);
      },
      () => {
        throw new Error("no idea");
      },
    ]);
    expect((await ask(faux, options).result()).content).toEqual([fauxText("call 1")]);
    expect(seen[0]).toBe(context);
    expect(seen[1]).toBe(options);
    expect(seen[3]).toBe(faux.getModel());
    expect(await eventsOf(ask(faux))).toMatchObject([
      { type: "error", error: { errorMessage: "no idea", stopReason: "error", model: "m" } },
    ]);
  });

  it("follow onResponse, whose errors end the stream", async () => {
    const faux = registerFauxProvider();
    faux.setResponses([fauxAssistantMessage("a"), fauxAssistantMessage("b")]);
    const heads: unknown[] = [];
    await ask(faux, { onResponse: (head) => void heads.push(head) }).result();
    expect(heads).toEqual([{ status: 200, headers: {} }]);
    const onResponse = () => Promise.reject(new Error("hook"));
    expect(await ask(faux, { onResponse }).result()).toMatchObject({ errorMessage: "hook" });
  });
});

describe("usage", () => {
  const text = (length: number) => "x".repeat(length);
  const asked = (length: number): Context => ({
    messages: [{ role: "user", content: text(length), timestamp: 1 }],
  });

  it("is four characters a token, with one cached prompt per session", async () => {
    const faux = registerFauxProvider();
    const usage = async (length: number, options?: StreamOptions) => {
      faux.setResponses([fauxAssistantMessage(text(10))]);
      return (await ask(faux, options, asked(length)).result()).usage;
    };
    // "user:" takes five characters.
    expect(await usage(95)).toMatchObject({
      input: 25,
      output: 3,
      cacheRead: 0,
      cacheWrite: 0,
      totalTokens: 28,
    });
    const session = { sessionId: "s" };
    expect(await usage(95, session)).toMatchObject({
      input: 25,
      cacheRead: 0,
      cacheWrite: 25,
      totalTokens: 53,
    });
    expect(await usage(135, session)).toMatchObject({
      input: 10,
      cacheRead: 25,
      cacheWrite: 10,
      totalTokens: 48,
    });
    expect(await usage(95, { sessionId: "other" })).toMatchObject({ cacheRead: 0, cacheWrite: 25 });
    expect(await usage(95, { ...session, cacheRetention: "none" })).toMatchObject({
      cacheRead: 0,
      cacheWrite: 0,
    });
  });
});

describe("models", () => {
  it("are as defined, with defaults, and found by id", () => {
    const faux = registerFauxProvider({ api: "own", models: [{ id: "a" }, { id: "b", reasoning: true }] });
    expect(faux.models[0]).toEqual({
      id: "a",
      name: "a",
      api: "own",
      provider: "faux",
      baseUrl: "http://localhost:0",
      reasoning: false,
      input: ["text", "image"],
      cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
      contextWindow: 128000,
      maxTokens: 16384,
    });
    expect(faux.getModel()).toBe(faux.models[0]);
    expect(faux.getModel("b")).toBe(faux.models[1]);
    expect(faux.getModel("c")).toBeUndefined();
    expect(registerFauxProvider({ models: [] }).getModel().name).toBe("Faux Model");
  });

  it("of several registrations do not collide", () => {
    const [one, two] = [registerFauxProvider(), registerFauxProvider()];
    expect(one.api).not.toBe(two.api);
    one.unregister();
    expect(getApiProvider(two.api)?.api).toBe(two.api);
  });
});
