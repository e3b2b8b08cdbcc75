// Argent's providers over the wires of OpenAI's Responses API and of Google's, each from when the package speaks it. Each
// test is named after a fault that Argent's own classes had.

import {
  createArgentStreamSimple,
  createProvider,
  hasApiProvider,
  streamOpenAIResponses,
  type TurnMessage,
} from "argent-runtime/argent-ai";
import { getModel, type Model } from "argent-runtime/pi-ai";
import { describe, expect, it } from "vitest";
import { saying } from "./support/models.js";
import { sse, sseThenSilence, startProvider } from "./support/provider.js";

const server = await startProvider();
const at = { apiKey: "key", baseURL: server.url };
const sent = (index = 0) => JSON.parse(server.received[index]?.body ?? "null");
const reads = { name: "read", description: "Reads", parameters: { type: "object", properties: {} } };
const history: TurnMessage[] = [
  { role: "user", content: "go" },
  { role: "assistant", text: "", toolCalls: [{ id: "t1", name: "read", arguments: { path: "a" } }] },
  { role: "tool", toolCallId: "t1", content: "x" },
];

describe.skipIf(!hasApiProvider("openai-responses"))("OpenAI Responses", () => {
  const event = (type: string, fields: object, end = "\n") =>
    `event: ${type}${end}data: ${JSON.stringify({ type, ...fields })}${end}${end}`;
  const used = {
    input_tokens: 10,
    output_tokens: 5,
    total_tokens: 15,
    input_tokens_details: { cached_tokens: 0 },
  };
  const item = { type: "function_call", id: "fc_1", call_id: "call_1", name: "read", arguments: "" };
  const whole = { ...item, arguments: '{"path":"a"}', status: "completed" };
  const calling = (end?: string) =>
    event("response.created", { response: { id: "resp_1" } }, end) +
    event("response.output_item.added", { output_index: 0, item }, end) +
    event(
      "response.function_call_arguments.delta",
      { output_index: 0, item_id: "fc_1", delta: whole.arguments },
      end,
    ) +
    event("response.output_item.done", { output_index: 0, item: whole }, end) +
    event("response.completed", { response: { id: "resp_1", status: "completed", usage: used } }, end);
  const finished = (status: string) =>
    event("response.created", { response: { id: "resp_1" } }) +
    event(`response.${status}`, { response: { id: "resp_1", status, usage: used } });
  const model = { ...(getModel("openai", "gpt-5.2") as Model<"openai-responses">), baseUrl: server.url };
  const asking = { messages: [{ role: "user" as const, content: "hi" }] };

  it("a call's id in the place of its item's", async () => {
    server.scripts = [sse(finished("completed"))];
    await createProvider("openai-responses", at).complete(
      { messages: history, tools: [reads] },
      { id: "gpt-5.2" },
    );
    const call = sent().input.find(({ type }: { type: string }) => type === "function_call");
    expect(call).toMatchObject({ call_id: "t1", name: "read" });
    expect(call.id ?? "fc_").toMatch(/^fc_/);
  });

  it("an incomplete response, and a dropped connection, without a last event", async () => {
    server.scripts = [
      sse(finished("incomplete")),
      sse(event("response.created", { response: { id: "resp_1" } })),
    ];
    const provider = createProvider("openai-responses", at);
    expect((await provider.complete(asking, { id: "gpt-5.2" })).stopReason).toBe("length");
    const options = { maxRetries: 0 };
    expect((await provider.complete({ ...asking, options }, { id: "gpt-5.2" })).stopReason).toBe("error");
  });

  it("responses that Codex keeps unasked", async () => {
    server.scripts = [sse(finished("completed"))];
    await createProvider("openai-codex", at).complete(asking, { id: "gpt-5.3-codex" });
    await createProvider("openai-codex", { ...at, store: true }).complete(asking, { id: "gpt-5.3-codex" });
    expect([sent(0).store, sent(1).store]).toEqual([false, true]);
  });

  it.each(["\n", "\r\n"])("fields read at the wrong level, and lines that end in %j", async (end) => {
    server.scripts = [sse(calling(end))];
    const message = await streamOpenAIResponses(model, saying("hi"), { apiKey: "key" }).result();
    expect(message).toMatchObject({
      stopReason: "toolUse",
      content: [{ type: "toolCall", id: "call_1|fc_1", name: "read", arguments: { path: "a" } }],
      usage: { input: 10, output: 5, totalTokens: 15 },
    });
  });

  it("a failure that is a stop, and an abort that is an error", async () => {
    const failed = {
      response: { id: "r", status: "failed", error: { code: "server_error", message: "no" } },
    };
    server.scripts = [sse(event("response.failed", failed)), sseThenSilence(event("response.created", {}))];
    expect(
      await streamOpenAIResponses(model, saying("hi"), { apiKey: "key", maxRetries: 0 }).result(),
    ).toMatchObject({
      stopReason: "error",
    });
    const options = { apiKey: "key", signal: AbortSignal.timeout(100) };
    expect((await streamOpenAIResponses(model, saying("hi"), options).result()).stopReason).toBe("aborted");
  });

  it("a model of this api sent as chat completions", async () => {
    server.scripts = [sse(calling())];
    await createArgentStreamSimple(createProvider("openai", at))(model, saying("hi")).result();
    expect(server.received[0]?.url).toBe("/responses");
  });
});

describe.skipIf(!hasApiProvider("google-generative-ai"))("Google", () => {
  const chunk = (parts: object[], finishReason?: string) =>
    `data: ${JSON.stringify({
      candidates: [{ content: { role: "model", parts }, ...(finishReason && { finishReason }) }],
      usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
    })}\n\n`;
  const calling = chunk([{ functionCall: { name: "read", args: { path: "a" } } }], "STOP");
  const provider = createProvider("google", at);

  it("the call's id for the tool's name", async () => {
    server.scripts = [sse(chunk([{ text: "a" }], "STOP"))];
    await provider.complete({ messages: history, tools: [reads] }, { id: "gemini-2.5-flash" });
    const parts = sent().contents.flatMap((content: { parts: object[] }) => content.parts);
    expect(parts).toContainEqual(
      expect.objectContaining({ functionResponse: expect.objectContaining({ name: "read" }) }),
    );
  });

  it("ids that begin anew each turn, and a turn with calls that ends in a stop", async () => {
    server.scripts = [sse(calling)];
    const asking = { messages: [{ role: "user" as const, content: "hi" }], tools: [reads] };
    const first = await provider.complete(asking, { id: "gemini-2.5-flash" });
    const second = await provider.complete(asking, { id: "gemini-2.5-flash" });
    expect([first.stopReason, second.stopReason]).toEqual(["tool_use", "tool_use"]);
    expect(first.toolCalls[0]?.id).not.toBe(second.toolCalls[0]?.id);
  });

  it("thinking ignored", async () => {
    server.scripts = [sse(chunk([{ text: "hm", thought: true }, { text: "a" }], "STOP"))];
    const asking = { messages: [{ role: "user" as const, content: "hi" }] };
    const response = await provider.complete(asking, {
      id: "gemini-2.5-flash",
      thinking: true,
      effort: "low",
    });
    expect(response).toMatchObject({ thinking: "hm", text: "a" });
    expect(sent().generationConfig.thinkingConfig).toMatchObject({ thinkingBudget: 2048 });
  });

  it("an answer cut off for safety taken for a whole one", async () => {
    server.scripts = [sse(chunk([{ text: "a" }], "SAFETY"))];
    const asking = { messages: [{ role: "user" as const, content: "hi" }] };
    expect((await provider.complete(asking, { id: "gemini-2.5-flash" })).stopReason).toBe("error");
  });
});
