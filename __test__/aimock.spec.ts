// An independent mock of the providers, calm and in chaos: every turn ends, once, in a way that a program can act on.

import { LLMock } from "@copilotkit/aimock";
import { type AssistantMessage, failureOf, type Model, stream } from "argent-runtime/pi-ai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { anthropicModel, collect, lastMessage } from "./support/models.js";

const mock = new LLMock({ port: 0, chunkSize: 4, logLevel: "silent" });
const rejections: unknown[] = [];
const onRejection = (reason: unknown) => rejections.push(reason);

beforeAll(async () => {
  process.on("unhandledRejection", onRejection);
  const calling = {
    content: "Let me look.",
    toolCalls: [{ name: "get_weather", arguments: JSON.stringify({ city: "Paris" }) }],
  };
  // The mock's own word for the end of a Gemini answer with a call is none of Gemini's, which says "STOP".
  mock.addFixture({ match: { userMessage: "call, Gemini" }, response: { ...calling, finishReason: "stop" } });
  mock.addFixture({ match: { userMessage: "call" }, response: calling });
  mock.addFixture({
    match: { userMessage: "cut" },
    response: { content: "x".repeat(400) },
    truncateAfterChunks: 3,
  });
  mock.addFixture({ match: {}, response: { content: "The answer is forty-two." } });
  await mock.start();
});
afterEach(() => {
  mock.clearChaos();
  expect(rejections).toEqual([]);
});
afterAll(async () => {
  process.off("unhandledRejection", onRejection);
  await mock.stop();
});

interface Row {
  api: string;
  provider: string;
  base: string;
  options?: object;
}

const rows: Row[] = [
  { api: "anthropic-messages", provider: "anthropic", base: "" },
  { api: "openai-completions", provider: "openai", base: "/v1" },
  { api: "mistral-conversations", provider: "mistral", base: "" },
  { api: "openai-responses", provider: "openai", base: "/v1" },
  { api: "azure-openai-responses", provider: "azure-openai-responses", base: "/openai/v1" },
  { api: "google-generative-ai", provider: "google", base: "/v1beta" },
  {
    api: "google-vertex",
    provider: "google-vertex",
    base: "/v1/projects/p/locations/l",
    options: { project: "p", location: "l" },
  },
  { api: "bedrock-converse-stream", provider: "amazon-bedrock", base: "", options: { region: "us-east-1" } },
];

const weather = {
  name: "get_weather",
  description: "The weather",
  parameters: { type: "object", properties: { city: { type: "string" } } },
};

let turns = 0;

async function turn(row: Row, text: string, options: object = {}): Promise<AssistantMessage> {
  const model = {
    ...anthropicModel(mock.url + row.base),
    ...row,
    baseUrl: mock.url + row.base,
  } as Model<string>;
  const content = text === "call" && row.provider.startsWith("google") ? "call, Gemini" : text;
  const context = { messages: [{ role: "user" as const, content, timestamp: 1 }], tools: [weather] };
  // What a provider says of its limits holds for all turns with the same key.
  const key = `key-${turns++}`;
  const credential = row.provider === "amazon-bedrock" ? { bearerToken: key } : { apiKey: key };
  const asked = { ...credential, maxRetries: 0, ...row.options, ...options };
  const events = await collect(stream(model, context, asked));
  expect(events.filter(({ type }) => type === "done" || type === "error")).toHaveLength(1);
  return lastMessage(events);
}

describe.each(rows)("$api", (row) => {
  it("answers", async () => {
    const message = await turn(row, "hello");
    expect(message.errorMessage).toBeUndefined();
    expect(message).toMatchObject({
      stopReason: "stop",
      content: [{ type: "text", text: "The answer is forty-two." }],
    });
  });

  it("calls a tool", async () => {
    const message = await turn(row, "call");
    expect(message.stopReason).toBe("toolUse");
    expect(message.content.at(-1)).toMatchObject({
      type: "toolCall",
      name: "get_weather",
      arguments: { city: "Paris" },
    });
  });

  it("that breaks off midway fails and keeps what came", async () => {
    const message = await turn(row, "cut");
    expect(message.stopReason).toBe("error");
    expect(failureOf(message)?.kind).toMatch(/^(connection|truncated)$/);
  });

  it.each([
    ["dropRate", /^server$/],
    ["rateLimitRate", /^rate_limit$/],
    ["malformedRate", /^(protocol|truncated)$/],
    ["disconnectRate", /^connection$/],
  ])("with %s fails as %s", async (chaos, kind) => {
    mock.setChaos({ [chaos]: 1 });
    const message = await turn(row, "hello");
    expect(message.stopReason).toBe("error");
    expect(message.errorMessage).not.toBe("");
    expect(failureOf(message)?.kind).toMatch(kind);
  });

  it.each(["native", "fetch"])("in chaos over %s ends every turn", async (transport) => {
    mock.setChaos({
      dropRate: 0.2,
      malformedRate: 0.2,
      rateLimitRate: 0.2,
      disconnectRate: 0.3,
      latencyMs: 2,
    });
    const own = transport === "fetch" ? { fetch: (...args: Parameters<typeof fetch>) => fetch(...args) } : {};
    const turns = Array.from({ length: 25 }, (_, i) => turn(row, i % 2 ? "hello" : "call", own));
    for (const message of await Promise.all(turns)) {
      if (message.stopReason === "error") {
        expect(message.errorMessage).not.toBe("");
        expect(failureOf(message)?.kind).toMatch(/^(server|rate_limit|protocol|connection|truncated)$/);
      } else {
        expect(message.stopReason).toMatch(/^(stop|toolUse)$/);
      }
    }
  });
});
