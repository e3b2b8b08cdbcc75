// The bridge from Argent's providers, as hosts write them, to Pi's stream functions. Where a test is named after a fault,
// it is one that Argent's bridge had.

import {
  createArgentStreamSimple,
  createProvider,
  mapPiStopReasonToArgent,
  type ProviderLike,
  piContextToArgentRequest,
  piMessageToArgentResponse,
  piModelToArgentConfig,
  type StreamEvent,
  type TurnRequest,
  type TurnResponse,
} from "argent-runtime/argent-ai";
import {
  type AssistantMessage,
  type AssistantMessageEvent,
  type Context,
  failureOf,
  getModel,
  streamSimple,
} from "argent-runtime/pi-ai";
import { describe, expect, it, vi } from "vitest";
import { anthropicModel, collect, lastMessage, pixel, saying } from "./support/models.js";
import { anthropic, sse, sseThenSilence, startProvider } from "./support/provider.js";

const server = await startProvider();
const claude = anthropicModel(server.url);

const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0, totalTokens: 15 };
const response = (rest: Partial<TurnResponse> = {}): TurnResponse => ({
  text: "",
  toolCalls: [],
  usage,
  stopReason: "stop",
  provider: "own",
  model: "m",
  ...rest,
});
const partial = response();
const call = { type: "toolCall" as const, id: "t1", name: "read", arguments: { path: "a" } };

/** A provider of a host's own, that counts what it is asked. */
function scripted(...events: (StreamEvent | Error | "hang")[]) {
  const provider = {
    name: "own",
    asked: [] as [TurnRequest, unknown][],
    executed: 0,
    closed: false,
    async execute() {
      provider.executed++;
      return response({ text: "second" });
    },
    async *stream(request: TurnRequest, model: unknown): AsyncGenerator<StreamEvent> {
      provider.asked.push([request, model]);
      try {
        for (const event of events) {
          if (event === "hang") await new Promise(() => {});
          else if (event instanceof Error) throw event;
          else yield event;
        }
      } finally {
        provider.closed = true;
      }
    },
  };
  return provider;
}

const play = (provider: ProviderLike, options?: Parameters<typeof streamSimple>[2]) =>
  createArgentStreamSimple(provider)(claude, saying("hi"), options);
const shape = (events: AssistantMessageEvent[]) =>
  events.map((event) => ("contentIndex" in event ? `${event.type} ${event.contentIndex}` : event.type));

describe("a provider that a host wrote", () => {
  it("text before thinking, and indices that are one too large after a start", async () => {
    const events = await collect(
      play(
        scripted(
          { type: "start", partial },
          { type: "thinking_start", partial },
          { type: "thinking_delta", delta: "hm", partial },
          { type: "thinking_end", thinking: "hm", partial },
          { type: "text_start", partial },
          { type: "text_delta", delta: "a", partial },
          { type: "text_end", text: "a", partial },
          { type: "tool_call_start", partial },
          { type: "tool_call_delta", delta: '{"path":"a"}', partial },
          { type: "tool_call_end", toolCall: call, partial },
          { type: "done", response: response({ text: "a", toolCalls: [call], stopReason: "tool_use" }) },
        ),
      ),
    );
    expect(shape(events)).toEqual([
      "start",
      "thinking_start 0",
      "thinking_delta 0",
      "thinking_end 0",
      "text_start 1",
      "text_delta 1",
      "text_end 1",
      "toolcall_start 2",
      "toolcall_delta 2",
      "toolcall_end 2",
      "done",
    ]);
    const message = lastMessage(events);
    expect(message.content).toEqual([
      { type: "thinking", thinking: "hm" },
      { type: "text", text: "a" },
      call,
    ]);
    expect(message).toMatchObject({ stopReason: "toolUse", model: claude.id, usage: { totalTokens: 15 } });
    expect(structuredClone(message)).toEqual(message);
  });

  it("costs that are always 0", async () => {
    const { usage } = await play(scripted({ type: "done", response: response({ text: "a" }) })).result();
    expect(usage.cost.total).toBeCloseTo((10 * 3 + 5 * 15) / 1e6);
  });

  it("`done` where the response is an error", async () => {
    const failed = response({ stopReason: "error", errorMessage: " out of luck " });
    const events = await collect(
      play(scripted({ type: "start", partial }, { type: "done", response: failed })),
    );
    expect(shape(events)).toEqual(["start", "error"]);
    expect(lastMessage(events)).toMatchObject({
      stopReason: "error",
      content: [{ type: "text", text: "out of luck" }],
    });
  });

  it("a second request, which is paid for, where no last event came", async () => {
    const provider = scripted({ type: "start", partial }, { type: "text_delta", delta: "half", partial });
    const message = await play(provider).result();
    expect(message).toMatchObject({ stopReason: "error", content: [{ type: "text", text: "half" }] });
    expect([provider.asked.length, provider.executed]).toEqual([1, 0]);
  });

  it("a hang where nothing came at all", async () => {
    const events = await collect(play(scripted()));
    expect(shape(events)).toEqual(["error"]);
  });

  it("is heard once, whatever it says after its last event", async () => {
    const done = { type: "done" as const, response: response({ text: "a" }) };
    const provider = scripted(done, done, new Error("late"));
    expect(shape(await collect(play(provider)))).toEqual([
      "start",
      "text_start 0",
      "text_delta 0",
      "text_end 0",
      "done",
    ]);
    await vi.waitFor(() => expect(provider.closed).toBe(true));
  });

  it("fails with what it throws, after what it said", async () => {
    const events = await collect(play(scripted({ type: "start", partial }, new Error("broken"))));
    expect(shape(events)).toEqual(["start", "error"]);
    expect(lastMessage(events)).toMatchObject({ errorMessage: "broken", content: [{ text: "broken" }] });
    const thrower = {
      stream() {
        throw new Error("at once");
      },
    };
    expect((await play(thrower).result()).errorMessage).toBe("at once");
  });

  it("an abort that is not noticed", async () => {
    const host = new AbortController();
    const provider = scripted(
      { type: "start", partial },
      { type: "text_delta", delta: "a", partial },
      "hang",
    );
    const turn = play(provider, { signal: host.signal });
    const events = [];
    for await (const event of turn) {
      events.push(event);
      if (event.type === "text_delta") host.abort();
    }
    expect(events.at(-1)).toMatchObject({ type: "error", reason: "aborted" });
    const message = await turn.result();
    expect(message).toMatchObject({ stopReason: "aborted", content: [{ type: "text", text: "a" }] });
    expect(failureOf(message)?.kind).toBe("aborted");

    const before = scripted();
    await play(before, { signal: AbortSignal.abort() }).result();
    expect(before.asked).toEqual([]);
  });

  it("gets the options, and the whole messages beside the short ones", async () => {
    const provider = scripted({ type: "done", response: response() });
    const options = { reasoning: "low" as const, temperature: 0.2, headers: { "x-own": "1" } };
    const image = { type: "image" as const, data: pixel, mimeType: "image/png" };
    const context: Context = {
      systemPrompt: "Be brief.",
      messages: [{ role: "user", content: [{ type: "text", text: "look" }, image], timestamp: 1 }],
      tools: [],
    };
    await createArgentStreamSimple(provider)(claude, context, options).result();
    const [request, model] = provider.asked[0] ?? [];
    expect(request).toEqual({
      systemPrompt: "Be brief.",
      messages: [{ role: "user", content: "look", message: context.messages[0] }],
      model,
      options,
    });
    expect(model).toEqual({
      id: claude.id,
      temperature: 0.2,
      maxTokens: 34048,
      thinking: true,
      thinkingBudget: 2048,
      effort: "low",
    });
  });

  it("is understood with calls that overlap, come whole, or have odd arguments", async () => {
    const other = { ...call, id: "t2", arguments: { path: "b" } };
    const odd = { ...call, id: "t3", arguments: "x" as unknown as Record<string, unknown> };
    const events = await collect(
      play(
        scripted(
          { type: "tool_call_start", partial: response({ toolCalls: [{ ...call, arguments: {} }] }) },
          { type: "tool_call_start", partial },
          { type: "tool_call_end", toolCall: call, partial },
          { type: "tool_call_end", toolCall: other, partial },
          { type: "tool_call_end", toolCall: odd, partial },
          { type: "done", response: response({ toolCalls: [call, other, odd], stopReason: "tool_use" }) },
        ),
      ),
    );
    expect(shape(events)).toEqual([
      "start",
      "toolcall_start 0",
      "toolcall_start 1",
      "toolcall_end 0",
      "toolcall_end 1",
      "toolcall_start 2",
      "toolcall_delta 2",
      "toolcall_end 2",
      "done",
    ]);
    expect(lastMessage(events).content).toEqual([call, other, { ...odd, arguments: {} }]);
  });

  it("reads streamed arguments while they come", async () => {
    const seen: unknown[] = [];
    const turn = play(
      scripted(
        { type: "tool_call_start", partial },
        { type: "tool_call_delta", delta: '{"path":"a', partial },
        { type: "tool_call_delta", delta: 'b"}', partial },
        { type: "done", response: response({ stopReason: "tool_use" }) },
      ),
    );
    for await (const event of turn) {
      if (event.type === "toolcall_delta") seen.push(structuredClone(event.partial.content[0]));
    }
    expect(seen).toMatchObject([{ arguments: { path: "a" } }, { arguments: { path: "ab" } }]);
    expect((await turn.result()).content).toMatchObject([{ arguments: { path: "ab" } }]);
  });

  it("loses nothing when it is made of a native one", async () => {
    server.scripts = [
      sse(
        anthropic.start +
          anthropic.open(0, { type: "thinking", thinking: "hm", signature: "" }) +
          anthropic.event("content_block_delta", {
            index: 0,
            delta: { type: "signature_delta", signature: "sig" },
          }) +
          anthropic.stop(0) +
          anthropic.end(),
      ),
    ];
    const native = createProvider("anthropic", { apiKey: "key", baseURL: server.url });
    const wrapper = { id: "mine", stream: (request: TurnRequest) => native.stream(request) };
    const image = { type: "image" as const, data: pixel, mimeType: "image/png" };
    const context: Context = { messages: [{ role: "user", content: [image], timestamp: 1 }] };
    const message = await createArgentStreamSimple(wrapper)(claude, context).result();
    expect(message.content).toMatchObject([{ type: "thinking", thinkingSignature: "sig" }]);
    expect(message.responseId).toBe("msg_1");
    expect(server.received[0]?.body).toContain(pixel);
  });
});

describe("a native provider under the bridge", () => {
  const stream = createArgentStreamSimple(
    createProvider("anthropic", { apiKey: "own", baseURL: server.url }),
  );

  it("ignored abort, headers, session, cache, hooks, images, thinking blocks, and the error flag of results", async () => {
    server.scripts = [sse(anthropic.answer("a"))];
    const model = { ...claude, headers: { "x-model": "1" } };
    const { api, provider, id } = model;
    const from = { api, provider, model: id, usage: (await stream(model, saying("")).result()).usage };
    const image = { type: "image" as const, data: pixel, mimeType: "image/png" };
    const context: Context = {
      messages: [
        { role: "user", content: [image], timestamp: 1 },
        {
          role: "assistant",
          ...from,
          stopReason: "toolUse",
          timestamp: 1,
          content: [{ type: "thinking", thinking: "hm", thinkingSignature: "sig" }, call],
        },
        {
          role: "toolResult",
          toolCallId: "t1",
          toolName: "read",
          isError: true,
          content: [image],
          timestamp: 1,
        },
      ],
    };
    const seen: unknown[] = [];
    const events = await collect(
      stream(model, context, {
        apiKey: "run-time",
        headers: { "x-run": "1" },
        cacheRetention: "long",
        metadata: { user_id: "me" },
        onPayload: (payload, asked) => {
          seen.push(asked.id);
          return { ...(payload as object), top_k: 7 };
        },
        onResponse: ({ status }) => void seen.push(status),
      }),
    );
    expect(shape(events)).toEqual(["start", "text_start 0", "text_delta 0", "text_end 0", "done"]);
    const { headers, body } = server.received[1] ?? { body: "{}" };
    expect(headers).toMatchObject({ "x-api-key": "run-time", "x-run": "1", "x-model": "1" });
    expect(JSON.parse(body)).toMatchObject({
      top_k: 7,
      metadata: { user_id: "me" },
      messages: [
        { content: [{ source: { data: pixel } }] },
        { content: [{ type: "thinking", signature: "sig" }, { type: "tool_use" }] },
        { content: [{ is_error: true, cache_control: { ttl: "1h" } }] },
      ],
    });
    expect(seen).toEqual([claude.id, 200]);
  });

  it("sends what streamSimple sends", async () => {
    server.scripts = [sse(anthropic.answer("a"))];
    const options = { apiKey: "own", reasoning: "medium" as const, sessionId: "s" };
    await stream(claude, saying("hi"), options).result();
    await streamSimple(claude, saying("hi"), options).result();
    expect(server.received[0]?.body).toBe(server.received[1]?.body);
    expect(server.received[0]?.headers).toEqual(server.received[1]?.headers);
  });

  it("ends at once on abort", async () => {
    server.scripts = [sseThenSilence(anthropic.start)];
    const host = new AbortController();
    const turn = stream(claude, saying("hi"), { signal: host.signal });
    for await (const event of turn) if (event.type === "start") host.abort();
    expect((await turn.result()).stopReason).toBe("aborted");
  });

  it("takes messages without content, and models over protocols of the host's", async () => {
    server.scripts = [sse(anthropic.answer("a"))];
    const context = { messages: [...saying("hi").messages, { role: "assistant" }] } as unknown as Context;
    expect((await stream(claude, context).result()).stopReason).toBe("stop");
    const nowhere = await stream({ ...claude, api: "nowhere", compat: undefined }, saying("hi")).result();
    expect(nowhere.errorMessage).toBe("No API provider registered for api: nowhere");
  });
});

describe("the mapping functions", () => {
  it("turn levels into budgets and efforts", () => {
    const config = (reasoning: string, model = claude) => {
      const { maxTokens, thinking, thinkingBudget, effort } = piModelToArgentConfig(model, {
        reasoning,
      } as object);
      return [thinking, maxTokens, thinkingBudget, effort];
    };
    expect(config("minimal")).toEqual([true, 33024, 1024, "low"]);
    expect(config("low")).toEqual([true, 34048, 2048, "low"]);
    expect(config("medium")).toEqual([true, 40192, 8192, "medium"]);
    expect(config("high")).toEqual([true, 48384, 16384, "high"]);
    expect(config("xhigh", getModel("anthropic", "claude-opus-4-6"))).toEqual([true, 48384, 16384, "max"]);
    expect(config("off")).toEqual([false, 32000, undefined, undefined]);
    expect(config("high", { ...claude, reasoning: false })).toEqual([false, 32000, undefined, undefined]);
    expect(piModelToArgentConfig(claude)).toEqual({ id: claude.id, thinking: false, maxTokens: 32000 });
    expect(piModelToArgentConfig(claude, { thinkingLevel: "low" })).toMatchObject({ effort: "low" });
    const budgets = { thinkingBudgets: { high: 5000 }, reasoning: "high" as const, maxTokens: 100 };
    expect(piModelToArgentConfig(claude, budgets)).toMatchObject({ thinkingBudget: 5000, maxTokens: 5100 });
  });

  it("turn a message into a response", () => {
    const message = {
      role: "assistant",
      provider: "p",
      model: "m",
      stopReason: "aborted",
      errorMessage: "no",
      content: [
        { type: "thinking", thinking: "hm" },
        { type: "text", text: "a" },
        { type: "text", text: "b" },
        call,
      ],
    } as unknown as AssistantMessage;
    expect(piMessageToArgentResponse(message)).toMatchObject({
      text: "ab",
      thinking: "hm",
      toolCalls: [call],
      stopReason: "error",
      errorMessage: "no",
    });
    const reasons = (["stop", "length", "toolUse", "error", "aborted"] as const).map(mapPiStopReasonToArgent);
    expect(reasons).toEqual(["stop", "length", "tool_use", "error", "error"]);
  });

  it("turn a context into a request, tolerating what is missing", () => {
    const messages = [
      { role: "user" },
      { role: "assistant", content: [{ type: "thinking", thinking: "hm" }] },
      { role: "assistant", content: [{ type: "text", text: "a" }, call] },
      { role: "toolResult", toolCallId: "t1", toolName: "read", isError: true },
    ] as unknown as Context["messages"];
    expect(piContextToArgentRequest({ messages, tools: [] })).toEqual({
      messages: [
        { role: "user", content: "", message: messages[0] },
        { role: "assistant", content: "a", text: "a", toolCalls: [call], message: messages[2] },
        {
          role: "tool",
          content: "",
          toolCallId: "t1",
          toolName: "read",
          isError: true,
          message: messages[3],
        },
      ],
    });
  });
});
