// What a program is told of a failure: on the message, from a text alone, and of answers that end well but say nothing.

import { readFileSync } from "node:fs";
import {
  type AssistantMessage,
  complete,
  type ErrorInfo,
  failureOf,
  fauxAssistantMessage,
  isContextOverflow,
} from "argent-runtime/pi-ai";
import { describe, expect, it } from "vitest";
import { anthropicModel, chatModel, saying } from "./support/models.js";
import { anthropic, chat, reply, sse, startProvider } from "./support/provider.js";

const provider = await startProvider();
const claude = anthropicModel(provider.url);
const gpt = chatModel(`${provider.url}/v1`);
let turns = 0;

const ask = (script: ReturnType<typeof sse>, model: typeof claude | typeof gpt = claude, options = {}) => {
  provider.scripts = [script];
  return complete(model, saying("hi"), { apiKey: `key-${turns++}`, maxRetries: 0, ...options });
};

describe("a failed message says", () => {
  const invalid = (message: string) =>
    JSON.stringify({ type: "error", error: { type: "invalid_request_error", message } });
  const openai = (error: object) => JSON.stringify({ error });
  const rows: [typeof claude | typeof gpt, number, string, Record<string, string>, Partial<ErrorInfo>][] = [
    [claude, 401, "{}", { "request-id": "req_1" }, { kind: "auth", requestId: "req_1", retryable: false }],
    [claude, 402, "{}", { "cf-ray": "8a" }, { kind: "billing", requestId: "8a", retryable: false }],
    [claude, 429, "{}", { "retry-after": "7" }, { kind: "rate_limit", retryAfterMs: 7000, retryable: true }],
    [claude, 529, "", { "x-request-id": "r" }, { kind: "overloaded", requestId: "r", retryable: true }],
    [
      claude,
      400,
      invalid("messages.12.content.3.thinking.signature: Field required"),
      {},
      {
        kind: "invalid_request",
        code: "invalid_request_error",
        retryable: false,
        block: {
          message: 12,
          content: 3,
          kind: "signature",
          path: "messages.12.content.3.thinking.signature",
        },
      },
    ],
    [claude, 400, invalid("prompt is too long: 3 tokens > 2 maximum"), {}, { kind: "context_overflow" }],
    [claude, 400, invalid("Your credit balance is too low"), {}, { kind: "billing" }],
    [
      gpt,
      400,
      openai({ message: "Invalid 'input[5].id': string too long.", param: "input[5].id", code: "x" }),
      {},
      {
        kind: "invalid_request",
        code: "x",
        block: { message: 5, kind: "tool_id", path: "input[5].id" },
      },
    ],
    [
      gpt,
      429,
      openai({ message: "pay", code: "insufficient_quota" }),
      {},
      { kind: "billing", retryable: false },
    ],
    [gpt, 400, openai({ message: "no", code: "context_length_exceeded" }), {}, { kind: "context_overflow" }],
    [gpt, 400, openai({ message: "no", code: "content_policy_violation" }), {}, { kind: "refused" }],
  ];

  it.each(rows)("%o %i %s", async (model, status, body, headers, expected) => {
    const message = await ask(reply(status, body, headers), model);
    const { provider, id } = model;
    expect(message.errorInfo).toEqual({
      retryable: false,
      status,
      provider,
      model: id,
      ...(message.errorInfo?.code && { code: message.errorInfo.code }),
      ...expected,
    });
    expect(failureOf(message)).toMatchObject({ ...expected, status, message: message.errorMessage });
    expect(isContextOverflow(message)).toBe(expected.kind === "context_overflow");
  });

  it("the same after a session was written and read", async () => {
    const message = await ask(reply(529, "{}"));
    expect(failureOf(JSON.parse(JSON.stringify(message)))).toEqual(failureOf(message));
    expect(Object.keys(message).at(-1)).toBe("errorInfo");
  });

  it("that the host gave up", async () => {
    const message = await ask(reply(200, ""), claude, { signal: AbortSignal.abort() });
    expect(message).toMatchObject({
      stopReason: "aborted",
      errorInfo: { kind: "aborted", retryable: false },
    });
  });
});

describe("of an answer that ends well", () => {
  it("that says something nothing is told", async () => {
    const message = await ask(sse(anthropic.answer("ok")));
    expect(message).not.toHaveProperty("errorInfo");
    expect(failureOf(message)).toBeUndefined();
  });

  it("that says nothing it is told", async () => {
    for (const [script, model] of [
      [sse(anthropic.start + anthropic.end()), claude],
      [sse(anthropic.answer(" ", "\n")), claude],
      [sse(chat.end()), gpt],
    ] as const) {
      const message = await ask(script, model);
      expect(message).toMatchObject({ stopReason: "stop", errorInfo: { kind: "empty", retryable: true } });
      expect(message.errorMessage).toBeUndefined();
      expect(failureOf(message)?.message).toBe("The answer is empty");
    }
  });

  it("by which the model declines it is told", async () => {
    const declined = chat.chunk({ refusal: "I can't help with that." }) + chat.end();
    expect(await ask(sse(declined), gpt)).toMatchObject({
      stopReason: "stop",
      errorInfo: { kind: "refused", retryable: false },
    });
    expect((await ask(sse(anthropic.start + anthropic.end("refusal")))).errorInfo).toMatchObject({
      kind: "refused",
      code: "refusal",
    });
  });
});

describe("of a failed message without more than its text, failureOf tells", () => {
  const rows: { text: string; kind: string; retryable: boolean; status?: number }[] = JSON.parse(
    readFileSync(new URL("../fixtures/errors/texts.json", import.meta.url), "utf8"),
  );
  const failed = (errorMessage: string): AssistantMessage =>
    fauxAssistantMessage([], { stopReason: "error", errorMessage });

  it.each(rows)("$kind, $retryable: $text", ({ text, ...expected }) => {
    expect(failureOf(failed(text))).toMatchObject({ ...expected, message: text });
  });

  it("nothing of other messages", () => {
    expect(failureOf(fauxAssistantMessage("rate limit"))).toBeUndefined();
    const aborted = fauxAssistantMessage([], { stopReason: "aborted", errorMessage: "500 stop" });
    expect(failureOf(aborted)).toMatchObject({ kind: "aborted", retryable: false });
  });
});
