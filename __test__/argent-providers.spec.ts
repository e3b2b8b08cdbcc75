// Argent's native providers over real HTTP. Where a test is named after a fault, it is one that Argent's own classes had.

import {
  createArgentStreamSimple,
  createProvider,
  getProviderDescriptions,
  hasApiProvider,
  NativeProvider,
  type ProviderConfig,
  type StreamEvent,
  type TurnMessage,
  type TurnRequest,
} from "argent-runtime/argent-ai";
import { failureOf, getModel, type Model } from "argent-runtime/pi-ai";
import { describe, expect, it } from "vitest";
import { anthropicModel, chatModel, collect, lastMessage, pixel, saying } from "./support/models.js";
import { anthropic, chat, reply, sse, sseThenSilence, startProvider } from "./support/provider.js";

const server = await startProvider();
const at = (config: ProviderConfig = {}) => ({ apiKey: "key", baseURL: server.url, ...config });
const sent = (index = 0) => JSON.parse(server.received[index]?.body ?? "null");
const asking = (content = "hi"): TurnRequest => ({ messages: [{ role: "user", content }] });
const sonnet = { id: "claude-sonnet-4-5" };
const reads = { name: "read", description: "Reads", parameters: { type: "object", properties: {} } };

async function all(events: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const seen = [];
  for await (const event of events) seen.push(event);
  return seen;
}

describe("a native provider", () => {
  it("answers in Argent's shape", async () => {
    server.scripts = [sse(anthropic.answer("Hello", ", you"))];
    const provider = createProvider("anthropic", at());
    expect([provider.id, provider.name]).toEqual(["anthropic", "anthropic"]);
    const response = await provider.complete(asking(), sonnet);
    expect(response).toMatchObject({
      text: "Hello, you",
      toolCalls: [],
      usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0, totalTokens: 15 },
      stopReason: "stop",
      provider: "anthropic",
      model: "claude-sonnet-4-5",
    });
    expect(response.message?.usage.cost.total).toBeCloseTo((10 * 3 + 5 * 15) / 1e6);
    expect(server.received[0]).toMatchObject({ url: "/v1/messages", headers: { "x-api-key": "key" } });
    expect(sent()).toMatchObject({ model: "claude-sonnet-4-5", max_tokens: 8192, stream: true });
  });

  it("takes the model from the request", async () => {
    server.scripts = [sse(chat.answer("a"))];
    const provider = createProvider("xai", at());
    expect((await provider.execute({ ...asking(), model: "grok-4" })).model).toBe("grok-4");
    expect((await provider.execute(asking())).errorMessage).toBe("No model is named for provider xai");
  });

  it("streams Argent's events, and partials that do not see the future", async () => {
    server.scripts = [
      sse(
        anthropic.start +
          anthropic.open(0, { type: "thinking", thinking: "" }) +
          anthropic.event("content_block_delta", {
            index: 0,
            delta: { type: "thinking_delta", thinking: "hm" },
          }) +
          anthropic.stop(0) +
          anthropic.open(1, { type: "text", text: "" }) +
          anthropic.text(1, "a") +
          anthropic.text(1, "b") +
          anthropic.stop(1) +
          anthropic.open(2, { type: "tool_use", id: "t1", name: "read", input: {} }) +
          anthropic.json(2, '{"path":"x"}') +
          anthropic.stop(2) +
          anthropic.end("tool_use"),
      ),
    ];
    const texts: string[] = [];
    const types: string[] = [];
    for await (const event of createProvider("anthropic", at()).stream(asking(), sonnet)) {
      types.push(event.type);
      if (event.type === "text_delta") texts.push(event.partial.text);
      if (event.type === "done") {
        expect(event.response).toMatchObject({ text: "ab", thinking: "hm", stopReason: "tool_use" });
        expect(event.response.toolCalls).toMatchObject([
          { id: "t1", name: "read", arguments: { path: "x" } },
        ]);
      }
    }
    expect(texts).toEqual(["a", "ab"]);
    expect(types).toEqual([
      ..."start thinking_start thinking_delta thinking_end text_start text_delta text_delta text_end".split(
        " ",
      ),
      ..."tool_call_start tool_call_delta tool_call_end done".split(" "),
    ]);
  });

  it("stops the request when the consumer breaks off", async () => {
    let closed: () => void = () => {};
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    server.scripts = [
      (response) => {
        response.on("close", closed);
        sseThenSilence(anthropic.start + anthropic.open(0, { type: "text", text: "" }))(response);
      },
    ];
    for await (const event of createProvider("anthropic", at()).stream(asking(), sonnet)) {
      if (event.type === "text_start") break;
    }
    await gone;
  });

  it("lets the request's options go before its own", async () => {
    server.scripts = [sse(anthropic.answer("a"))];
    const seen: unknown[] = [];
    const config = at({ headers: { "x-own": "1", "x-both": "1" }, cacheRetention: "none" });
    await createProvider("anthropic", config).complete(
      {
        ...asking(),
        options: {
          apiKey: "run-time",
          headers: { "x-both": "2" },
          onPayload: (payload) => void seen.push(payload),
          onResponse: ({ status }) => void seen.push(status),
        },
      },
      sonnet,
    );
    expect(server.received[0]?.headers).toMatchObject({
      "x-api-key": "run-time",
      "x-own": "1",
      "x-both": "2",
    });
    expect(seen).toEqual([sent(), 200]);
    expect(server.received[0]?.body).not.toContain("cache_control");
  });

  it("gives failures as a response, with what a program can act on", async () => {
    server.scripts = [
      reply(529, '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'),
    ];
    const provider = createProvider("anthropic", at());
    const response = await provider.complete({ ...asking(), options: { maxRetries: 0 } }, sonnet);
    expect(response).toMatchObject({ stopReason: "error", text: "" });
    expect(response.errorMessage).toContain("529");
    expect(response.message && failureOf(response.message)).toMatchObject({
      kind: "overloaded",
      status: 529,
    });
  });

  it("ends at once on the host's signal", async () => {
    server.scripts = [sseThenSilence(anthropic.start)];
    const host = new AbortController();
    const provider = createProvider("anthropic", at());
    const events: StreamEvent[] = [];
    for await (const event of provider.stream({ ...asking(), options: { signal: host.signal } }, sonnet)) {
      events.push(event);
      host.abort();
    }
    expect(events.map(({ type }) => type)).toEqual(["start", "error"]);
    const asked = provider.complete({ ...asking(), options: { signal: AbortSignal.abort() } }, sonnet);
    expect((await asked).message?.stopReason).toBe("aborted");
  });

  it("hides its key", () => {
    const provider = createProvider("openai", at({ apiKey: "secret" }));
    expect(JSON.stringify(provider) + Object.values(provider)).not.toContain("secret");
    expect(() => createProvider("openai", {})).toThrow("No API key for provider: openai");
    expect(() => createProvider("nobody", at())).toThrow(
      "Unknown provider: nobody (known: anthropic, openai",
    );
  });

  it("sends a subscription's token as a bearer", async () => {
    server.scripts = [sse(anthropic.answer("a"))];
    await createProvider("anthropic", at({ apiKey: undefined, oauthToken: "token" })).complete(
      asking(),
      sonnet,
    );
    expect(server.received[0]?.headers.authorization).toBe("Bearer token");
    expect(server.received[0]?.headers).not.toHaveProperty("x-api-key");
  });

  it("speaks every protocol that it names, as soon as the package does", async () => {
    server.scripts = [reply(400, "{}")];
    const known = [...getProviderDescriptions().values()];
    const apis = new Set(known.flatMap(({ api, plans }) => [api, ...plans.map((plan) => plan.api)]));
    for (const api of apis) {
      if (!hasApiProvider(api)) continue;
      const { errorMessage } = await createProvider("openai", at({ api })).complete(asking(), { id: "m" });
      expect(errorMessage, api).not.toContain("Argent");
    }
  });
});

describe("a conversation in short messages", () => {
  const call = { id: "t1", name: "read", arguments: { path: "a" } };
  const history: TurnMessage[] = [
    { role: "user", content: "go" },
    { role: "assistant", content: "Reading.", toolCalls: [call] },
    { role: "tool", toolCallId: "t1", content: "no such file", isError: true },
  ];

  it("keeps an assistant's `content`, which Argent's classes sent as nothing", async () => {
    server.scripts = [sse(chat.answer("a"))];
    await createProvider("openai", at()).complete({ messages: history, tools: [reads] }, { id: "gpt-4o" });
    expect(sent().messages.slice(1)).toEqual([
      {
        role: "assistant",
        content: "Reading.",
        tool_calls: [{ id: "t1", type: "function", function: { name: "read", arguments: '{"path":"a"}' } }],
      },
      { role: "tool", content: "no such file", tool_call_id: "t1" },
    ]);
  });

  it("keeps images and tool errors", async () => {
    server.scripts = [sse(anthropic.answer("a"))];
    const image = { type: "image" as const, data: pixel, mimeType: "image/png" };
    const messages: TurnMessage[] = [{ role: "user", content: [image] }, ...history.slice(1)];
    await createProvider("anthropic", at()).complete({ messages }, sonnet);
    expect(sent().messages[0].content[0].source.data).toBe(pixel);
    expect(sent().messages[2].content[0]).toMatchObject({ type: "tool_result", is_error: true });
  });
});

describe("faults that Argent's classes had and these have not", () => {
  it("thinking signatures dropped, so that the second turn with tools is refused", async () => {
    const first =
      anthropic.start +
      anthropic.open(0, { type: "thinking", thinking: "", signature: "" }) +
      anthropic.event("content_block_delta", {
        index: 0,
        delta: { type: "thinking_delta", thinking: "hm" },
      }) +
      anthropic.event("content_block_delta", {
        index: 0,
        delta: { type: "signature_delta", signature: "sig" },
      }) +
      anthropic.stop(0) +
      anthropic.open(1, { type: "tool_use", id: "t1", name: "read", input: {} }) +
      anthropic.stop(1) +
      anthropic.end("tool_use");
    server.scripts = [sse(first), sse(anthropic.answer("done"))];
    const provider = createProvider("anthropic", at());
    const model = { ...sonnet, thinking: true };
    const { text, toolCalls } = await provider.complete({ ...asking(), tools: [reads] }, model);
    const messages: TurnMessage[] = [
      { role: "user", content: "hi" },
      { role: "assistant", content: text, text, toolCalls },
      { role: "tool", toolCallId: "t1", content: "x" },
    ];
    expect((await provider.complete({ messages, tools: [reads] }, model)).text).toBe("done");
    expect(sent(1).messages[1].content[0]).toEqual({ type: "thinking", thinking: "hm", signature: "sig" });
  });

  it("a budget larger than max_tokens, and a temperature with thinking", async () => {
    server.scripts = [sse(anthropic.answer("a"))];
    const model = { ...sonnet, thinking: true, maxTokens: 512, thinkingBudget: 1024, temperature: 0.3 };
    await createProvider("anthropic", at()).complete(asking(), model);
    expect(sent()).toMatchObject({ max_tokens: 1536, thinking: { type: "enabled", budget_tokens: 1024 } });
    expect(sent()).not.toHaveProperty("temperature");
  });

  it("a call cut off in mid-argument executed as an empty one", async () => {
    const opened = anthropic.open(0, { type: "tool_use", id: "t1", name: "remove", input: {} });
    server.scripts = [sse(anthropic.start + opened + anthropic.json(0, '{"path": "/tm'))];
    const events = await all(createProvider("anthropic", at()).stream(asking(), sonnet));
    expect(events.map(({ type }) => type)).toEqual(["start", "tool_call_start", "tool_call_delta", "error"]);
  });

  it("levels that change nothing", async () => {
    server.scripts = [sse(chat.answer("a"))];
    const stream = createArgentStreamSimple(createProvider("openai", at()));
    const model = { ...chatModel(server.url), thinkingLevelMap: { xhigh: "xhigh" } };
    for (const reasoning of ["low", "high", "xhigh"] as const) {
      await stream(model, saying("hi"), { reasoning }).result();
    }
    await stream(model, saying("hi"), { thinkingLevel: "medium" } as object).result();
    await stream(model, saying("hi")).result();
    const efforts = server.received.map(({ body }) => JSON.parse(body).reasoning_effort);
    expect(efforts).toEqual(["low", "high", "xhigh", "medium", undefined]);
  });

  it("max_tokens for models that want max_completion_tokens", async () => {
    server.scripts = [sse(chat.answer("a"))];
    await createProvider("openai", at()).complete(asking(), { id: "gpt-5", maxTokens: 100 });
    expect(sent().max_completion_tokens).toBe(100);
    expect(sent()).not.toHaveProperty("max_tokens");
  });

  it("a dropped connection without a last event", async () => {
    server.scripts = [sse(chat.chunk({ content: "half" }))];
    const events = await all(createProvider("openai", at()).stream(asking(), { id: "gpt-4o" }));
    expect(events.at(-1)).toMatchObject({ type: "error", error: { text: "half", stopReason: "error" } });
  });

  it("MiniMax asked at another place and over another protocol than the catalogue's", async () => {
    expect(getProviderDescriptions().get("minimax")).toMatchObject({
      api: "anthropic-messages",
      baseUrl: "https://api.minimax.io/anthropic",
    });
    server.scripts = [sse(anthropic.answer("a"))];
    const provider = createProvider("minimax", at({ baseURL: `${server.url}/anthropic` }));
    expect((await provider.complete(asking(), { id: "MiniMax-M2.7" })).text).toBe("a");
    expect(server.received[0]?.url).toBe("/anthropic/v1/messages");
  });

  it("MiniMax's errors in a 200 taken for an answer", async () => {
    const body = '{"base_resp":{"status_code":1004,"status_msg":"login fail"}}';
    server.scripts = [reply(200, body, { "content-type": "application/json" })];
    const response = await createProvider("minimax", at()).complete(asking(), { id: "MiniMax-M2.7" });
    expect(response.stopReason).toBe("error");
  });

  it("Z.AI asked where nothing is", () => {
    const { baseUrl, plans } = getProviderDescriptions().get("zai") ?? { plans: [] };
    expect(baseUrl).toBe("https://api.z.ai/api/coding/paas/v4");
    expect(plans.map((plan) => plan.baseUrl)).toContain("https://api.z.ai/api/paas/v4");
  });

  it("a model sent over the wire of its provider's name instead of its api's", async () => {
    server.scripts = [sse(anthropic.answer("a"))];
    const stream = createArgentStreamSimple(createProvider("openai", at()));
    await stream(anthropicModel(server.url), saying("hi")).result();
    expect(server.received[0]?.url).toBe("/v1/messages");
  });

  it("the catalogue's base URL without a version", async () => {
    const model = { ...chatModel(""), baseUrl: "https://api.openai.com" };
    const urls: string[] = [];
    const fetch: typeof globalThis.fetch = async (url) => {
      urls.push(String(url));
      return new Response(chat.answer("a"), { headers: { "content-type": "text/event-stream" } });
    };
    const stream = createArgentStreamSimple(new NativeProvider("openai", { apiKey: "key" }));
    await stream(model, saying("hi"), { fetch }).result();
    expect(urls).toEqual(["https://api.openai.com/v1/chat/completions"]);
  });
});

describe("an answer of thinking alone", () => {
  const thinking = chat.chunk({ reasoning_content: "The answer is 4." }) + chat.end();

  it("is the answer on servers that use the wrong field", async () => {
    server.scripts = [sse(thinking)];
    const events = await all(createProvider("openai", at()).stream(asking(), { id: "gpt-4o" }));
    expect(events.map(({ type }) => type).slice(-4)).toEqual([
      "text_start",
      "text_delta",
      "text_end",
      "done",
    ]);
    expect(events.at(-1)).toMatchObject({
      response: { text: "The answer is 4.", thinking: "The answer is 4." },
    });
  });

  const glm = { ...(getModel("zai", "glm-4.7") as Model<"openai-completions">), baseUrl: server.url };
  const stream = createArgentStreamSimple(createProvider("zai", at()));

  it("has Z.AI asked again, once, with both answers paid for", async () => {
    server.scripts = [sse(thinking), sse(chat.answer("4", "."))];
    const events = await collect(stream(glm, saying("2+2"), { reasoning: "high" }));
    expect(server.received.map(({ body }) => JSON.parse(body).enable_thinking)).toEqual([true, false]);
    expect(
      events.map((event) => `${event.type} ${"contentIndex" in event ? event.contentIndex : ""}`),
    ).toEqual([
      "start ",
      "thinking_start 0",
      "thinking_delta 0",
      "thinking_end 0",
      "text_start 1",
      "text_delta 1",
      "text_delta 1",
      "text_end 1",
      "done ",
    ]);
    const message = lastMessage(events);
    expect(message.content).toMatchObject([{ type: "thinking" }, { type: "text", text: "4." }]);
    expect(message.usage).toMatchObject({ input: 20, output: 10, totalTokens: 30 });
  });

  it("is an error when Z.AI gives nothing else the second time", async () => {
    server.scripts = [sse(thinking)];
    const message = await stream(glm, saying("2+2"), { reasoning: "high" }).result();
    expect(message).toMatchObject({ stopReason: "error", usage: { input: 20 } });
    expect(server.received).toHaveLength(2);
  });

  it("does not outlive an abort", async () => {
    server.scripts = [sse(thinking), sseThenSilence(chat.chunk({ content: "4" }))];
    const host = new AbortController();
    const turn = stream(glm, saying("2+2"), { reasoning: "high", signal: host.signal });
    const events = [];
    for await (const event of turn) {
      events.push(event);
      if (event.type === "text_delta") host.abort();
    }
    expect(events.at(-1)).toMatchObject({ type: "error", reason: "aborted" });
    expect((await turn.result()).content).toMatchObject([{ type: "thinking" }, { type: "text", text: "4" }]);
  });

  it("stays as it is where nobody asked Z.AI to think", async () => {
    server.scripts = [sse(thinking)];
    expect(await stream(glm, saying("2+2")).result()).toMatchObject({ stopReason: "stop" });
    expect(server.received).toHaveLength(1);
  });
});
