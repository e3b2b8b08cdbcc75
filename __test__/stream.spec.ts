// One turn over the wire: events, the message they share, hooks, the request that goes out.

import { brotliCompressSync, gzipSync } from "node:zlib";
import {
  type Api,
  type Context,
  complete,
  completeSimple,
  type Model,
  stream,
  streamSimple,
  type ToolCall,
} from "argent-runtime/pi-ai";
import * as direct from "argent-runtime/pi-ai/anthropic";
import { describe, expect, it } from "vitest";
import { anthropicModel, chatModel, collect, lastMessage, saying } from "./support/models.js";
import { anthropic, chat, sse, startProvider } from "./support/provider.js";

const provider = await startProvider();
const claude = anthropicModel(provider.url);
const gpt = chatModel(`${provider.url}/v1`);
const key = { apiKey: "key" };

const toolTurn =
  anthropic.start +
  anthropic.open(0, { type: "thinking", thinking: "", signature: "" }) +
  anthropic.event("content_block_delta", { index: 0, delta: { type: "thinking_delta", thinking: "hm" } }) +
  anthropic.event("content_block_delta", { index: 0, delta: { type: "signature_delta", signature: "sig" } }) +
  anthropic.stop(0) +
  anthropic.open(1, { type: "text", text: "" }) +
  anthropic.text(1, "caf\u00e9 ") +
  anthropic.text(1, "\u{1F600}") +
  anthropic.stop(1) +
  anthropic.open(2, { type: "tool_use", id: "toolu_1", name: "look", input: {} }) +
  anthropic.json(2, '{"city": "Par') +
  anthropic.json(2, 'is", "10": 1}') +
  anthropic.stop(2) +
  anthropic.end("tool_use");

describe("events", () => {
  it("come in order, with the deltas as the provider cut them", async () => {
    provider.scripts = [sse(toolTurn)];
    const events = await collect(stream(claude, saying("hi"), key));
    expect(events.map((event) => ("delta" in event ? [event.type, event.delta] : event.type))).toEqual([
      "start",
      "thinking_start",
      ["thinking_delta", "hm"],
      "thinking_end",
      "text_start",
      ["text_delta", "caf\u00e9 "],
      ["text_delta", "\u{1F600}"],
      "text_end",
      "toolcall_start",
      ["toolcall_delta", '{"city": "Par'],
      ["toolcall_delta", 'is", "10": 1}'],
      "toolcall_end",
      "done",
    ]);
  });

  it("share one message, which is also the result", async () => {
    provider.scripts = [sse(toolTurn)];
    const turn = stream(claude, saying("hi"), key);
    const events = await collect(turn);
    const message = await turn.result();
    for (const event of events) if ("partial" in event) expect(event.partial).toBe(message);
    expect(lastMessage(events)).toBe(message);
    const end = events.find((event) => event.type === "toolcall_end");
    expect(end?.toolCall).toBe(message.content[2]);
  });

  it("leave a message of plain data, keys in Pi's order", async () => {
    provider.scripts = [sse(toolTurn)];
    const message = await complete(claude, saying("hi"), key);
    expect(JSON.stringify({ ...message, timestamp: 0 })).toBe(
      JSON.stringify({
        role: "assistant",
        content: [
          { type: "thinking", thinking: "hm", thinkingSignature: "sig" },
          { type: "text", text: "caf\u00e9 \u{1F600}" },
          { type: "toolCall", id: "toolu_1", name: "look", arguments: { 10: 1, city: "Paris" } },
        ],
        api: "anthropic-messages",
        provider: "anthropic",
        model: "claude-test",
        usage: {
          input: 10,
          output: 5,
          cacheRead: 0,
          cacheWrite: 0,
          totalTokens: 15,
          cost: {
            input: 30 / 1e6,
            output: (15 / 1e6) * 5,
            cacheRead: 0,
            cacheWrite: 0,
            total: 30 / 1e6 + (15 / 1e6) * 5,
          },
        },
        stopReason: "toolUse",
        timestamp: 0,
        responseId: "msg_1",
      }),
    );
    expect(structuredClone(message)).toEqual(message);
  });

  it("show a consumer the message as it stands at each event", async () => {
    provider.scripts = [sse(anthropic.answer("a", "b", "c"))];
    const texts: string[] = [];
    for await (const event of stream(claude, saying("hi"), key)) {
      if (event.type === "text_delta") texts.push((event.partial.content[0] as { text: string }).text);
    }
    expect(texts).toEqual(["a", "ab", "abc"]);
  });

  it("parse a call's arguments as far as they go", async () => {
    provider.scripts = [sse(toolTurn)];
    const seen: unknown[] = [];
    for await (const event of stream(claude, saying("hi"), key)) {
      if (event.type.startsWith("toolcall")) {
        const { arguments: args, ...rest } = (event as { partial: { content: ToolCall[] } }).partial
          .content[2] as ToolCall;
        seen.push([args, Object.keys(rest)]);
      }
    }
    const scratch = ["type", "id", "name", "partialJson", "index"];
    expect(seen).toEqual([
      [{}, scratch],
      [{ city: "Par" }, scratch],
      [{ city: "Paris", 10: 1 }, scratch],
      [{ city: "Paris", 10: 1 }, ["type", "id", "name"]],
    ]);
  });

  it("keep halves of a surrogate pair that come apart", async () => {
    const half = (unit: string) =>
      `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${unit}"}}\n\n`;
    const body = `${anthropic.start}${anthropic.open(0, { type: "text", text: "" })}${half("\\ud83d")}${half("\\ude00")}`;
    provider.scripts = [sse(body + anthropic.stop(0) + anthropic.end())];
    const events = await collect(stream(claude, saying("hi"), key));
    expect(events.flatMap((event) => (event.type === "text_delta" ? event.delta : []))).toEqual([
      "\ud83d",
      "\ude00",
    ]);
    expect(lastMessage(events).content[0]).toEqual({ type: "text", text: "\u{1F600}" });
  });

  it("of chat completions close at the end", async () => {
    const call = (fields: object) => chat.chunk({ tool_calls: [fields] });
    provider.scripts = [
      sse(
        chat.chunk({ reasoning_content: "hm" }) +
          chat.chunk({ content: "ok" }) +
          call({ index: 0, id: "c1", function: { name: "look", arguments: '{"a":' } }) +
          call({ index: 0, function: { arguments: "[1]}" } }) +
          chat.end("tool_calls"),
      ),
    ];
    const events = await collect(streamSimple(gpt, saying("hi"), key));
    expect(events.map(({ type }) => type)).toEqual([
      "start",
      "thinking_start",
      "thinking_delta",
      "text_start",
      "text_delta",
      "toolcall_start",
      "toolcall_delta",
      "toolcall_delta",
      "thinking_end",
      "text_end",
      "toolcall_end",
      "done",
    ]);
    expect(lastMessage(events)).toMatchObject({
      content: [
        { type: "thinking", thinking: "hm", thinkingSignature: "reasoning_content" },
        { type: "text", text: "ok" },
        { type: "toolCall", id: "c1", name: "look", arguments: { a: [1] } },
      ],
      stopReason: "toolUse",
      responseId: "chatcmpl-1",
      usage: { input: 10, output: 5, totalTokens: 15 },
    });
  });
});

describe("responses", () => {
  it.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
  ])("compressed with %s are read", async (encoding, compress) => {
    provider.scripts = [
      (response, { headers }) => {
        expect(headers["accept-encoding"]).toContain(encoding);
        response.writeHead(200, { "content-encoding": encoding });
        response.end(compress(Buffer.from(anthropic.answer("ok"))));
      },
    ];
    const message = await complete(claude, saying("hi"), key);
    expect(message.content).toEqual([{ type: "text", text: "ok" }]);
  });
});

describe("hooks", () => {
  it("may change the payload in place or replace it", async () => {
    provider.scripts = [sse(anthropic.answer("ok"))];
    await complete(claude, saying("hi"), {
      ...key,
      onPayload: (payload) => {
        (payload as { temperature: number }).temperature = 0.5;
      },
    });
    await complete(claude, saying("hi"), {
      ...key,
      onPayload: async () => ({ model: "other", messages: [] }),
    });
    const [changed, replaced] = provider.received.map(({ body }) => JSON.parse(body));
    expect(changed).toMatchObject({ model: "claude-test", temperature: 0.5, stream: true });
    expect(replaced).toEqual({ model: "other", messages: [], stream: true });
  });

  it("see the response before its events, in order", async () => {
    provider.scripts = [sse(anthropic.answer("ok"))];
    const order: string[] = [];
    const turn = streamSimple(claude, saying("hi"), {
      ...key,
      onPayload: (_, model) => void order.push(`payload ${model.id}`),
      onResponse: async ({ status, headers }) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push(`response ${status} ${headers["content-type"]}`);
      },
    });
    for await (const event of turn)
      if (event.type === "start" || event.type === "done") order.push(event.type);
    expect(order).toEqual(["payload claude-test", "response 200 text/event-stream", "start", "done"]);
  });

  it("that throw fail the turn in their own words", async () => {
    provider.scripts = [sse(anthropic.answer("ok"))];
    const thrower = () => {
      throw new Error("no thanks");
    };
    for (const hooks of [{ onPayload: thrower }, { onResponse: thrower }]) {
      const message = await complete(claude, saying("hi"), { ...key, ...hooks });
      expect(message).toMatchObject({ stopReason: "error", errorMessage: "no thanks", content: [] });
    }
    expect(provider.received).toHaveLength(1);
  });
});

describe("requests", () => {
  it("carry no lone surrogate, whoever wrote it (P20)", async () => {
    const lone = { "k\ud83d": ["\udc00v", "\u{1F600}"] };
    const call: ToolCall = { type: "toolCall", id: "c\ud83d1", name: "look", arguments: lone };
    const answer = { ...(await complete(gpt, saying("hi"), { ...key, signal: AbortSignal.abort() })) };
    const context: Context = {
      systemPrompt: "\udc00Be brief.",
      messages: [{ ...answer, content: [call], stopReason: "toolUse" }],
      tools: [{ name: "look", description: "\ud83dLooks", parameters: { properties: lone } as never }],
    };
    const before = structuredClone(context);
    for (const target of [claude, gpt]) {
      provider.scripts = [sse(target === gpt ? chat.answer("ok") : anthropic.answer("ok"))];
      await complete(target as Model<Api>, context, {
        ...key,
        onPayload: (payload) => ({ ...(payload as object), own: "\ud83d!" }),
      });
      const body = provider.received.at(-1)?.body ?? "";
      expect(body).not.toMatch(/\\u[dD][89a-fA-F]/);
      expect(body).toContain("\u{1F600}");
      expect(JSON.parse(body)).toMatchObject({ own: "!" });
    }
    expect(context).toEqual(before);
  });

  it("go out with the key, the client's headers and the host's", async () => {
    provider.scripts = [sse(anthropic.answer("ok"))];
    await completeSimple({ ...claude, headers: { "X-Model": "m", "X-Both": "model" } }, saying("hi"), {
      apiKey: "secret",
      headers: { "x-both": "host", "User-Agent": "mine" },
    });
    expect(provider.received[0]).toMatchObject({
      method: "POST",
      url: "/v1/messages",
      headers: {
        "x-api-key": "secret",
        "anthropic-version": "2023-06-01",
        "x-model": "m",
        "x-both": "host",
        "user-agent": "mine",
      },
    });
  });

  it("read the environment at the time of the call", async () => {
    provider.scripts = [sse(anthropic.answer("ok"))];
    process.env.ANTHROPIC_API_KEY = "from-env";
    process.env.PI_CACHE_RETENTION = "long";
    try {
      await completeSimple(claude, saying("hi"));
      process.env.ANTHROPIC_API_KEY = "changed";
      delete process.env.PI_CACHE_RETENTION;
      await completeSimple(claude, saying("hi"));
    } finally {
      delete process.env.ANTHROPIC_API_KEY;
      delete process.env.PI_CACHE_RETENTION;
    }
    expect(provider.received.map(({ headers }) => headers["x-api-key"])).toEqual(["from-env", "changed"]);
    expect(provider.received.map(({ body }) => body.includes('"ttl":"1h"'))).toEqual([true, false]);
  });

  it("without a key fail in the stream from the root, and throw from the subpath", async () => {
    const message = await completeSimple(claude, saying("hi"), { apiKey: "" });
    expect(message).toMatchObject({
      stopReason: "error",
      errorMessage: "No API key for provider: anthropic",
    });
    expect(() => direct.streamSimpleAnthropic(claude, saying("hi"), { apiKey: "" })).toThrow(
      "No API key for provider: anthropic",
    );
  });

  it("survive a context that is no context", async () => {
    const broken = { messages: [{ role: "user" }] } as never;
    expect(await complete(claude, broken, key)).toMatchObject({
      stopReason: "error",
      errorMessage: "messages[0] (user) has no content",
    });
    expect((await complete(claude, {} as never, key)).stopReason).toBe("error");
  });

  it("for an api that nobody registered throw", () => {
    expect(() => stream({ ...claude, api: "nope" } as never, saying("hi"))).toThrow(
      "No API provider registered for api: nope",
    );
  });
});
