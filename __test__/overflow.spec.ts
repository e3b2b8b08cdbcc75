// Which failures mean that the request was too large for the model. The texts are as the providers send them.

import { describe, expect, it } from "vitest";
import { fauxAssistantMessage } from "../lib/pi-ai/faux.js";
import { getOverflowPatterns, isContextOverflow } from "../lib/pi-ai/overflow.js";
import type { StopReason, Usage } from "../lib/pi-ai/types.js";

const failed = (errorMessage: string) => fauxAssistantMessage([], { stopReason: "error", errorMessage });

const OVERFLOWS = [
  '400 {"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 213462 tokens > 200000 maximum"}}',
  '413 {"error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}',
  "400 Your input exceeds the context window of this model. Please adjust your input and try again.",
  "The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).",
  "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
  "400 Please reduce the length of the messages or completion.",
  "This endpoint's maximum context length is 128000 tokens. However, you requested about 150243 tokens (150000 of text input, 243 in the output).",
  "This model's maximum context length is 8192 tokens. However, your messages resulted in 10000 tokens.",
  "prompt token count of 140213 exceeds the limit of 128000",
  '400 {"error":{"message":"prompt token count of 140213 exceeds the limit of 128000","code":"model_max_prompt_tokens_exceeded"}}',
  "prompt token count of 140213 exceeds the limit of 128000 (with 2 images)",
  "Image token count of 5000 exceeds the limit of 4096",
  "Request body exceeds the limit of 20971520 bytes",
  "the request exceeds the available context size (8192 tokens), try increasing it",
  "The number of tokens to keep from the initial prompt is greater than the context length.",
  "invalid params, context window exceeds limit (2013)",
  "Your request exceeded model token limit: 262144 (requested: 300000)",
  "Prompt contains 140000 tokens and 0 draft tokens, too large for model with 131072 maximum context length",
  "model_context_window_exceeded",
  "prompt too long; exceeded max context length by 512 tokens",
  "prompt too long; exceeded context length",
  '400 {"error":{"code":"context_length_exceeded","message":"too large"}}',
  "Context length exceeded",
  "Too many tokens in the request",
  "token limit exceeded for this request",
  "400 status code (no body)",
  "413 (no body)",
  "Validation error: Input is too long for requested model.",
];

const D8B = [
  "ValidationException: Input is too long.",
  "Validation error: Input is too long",
  "The prompt exceeds the model's max of 4096",
  "Input length 5120 exceeds the model’s max of 4096 tokens",
  '{"message":"number of input tokens exceeds the model\\u0027s maximum context of 4096"}',
  '400 {"error":{"type":"context_overflow","message":"Too large"}}',
];

const D8 = [
  "image exceeds the limit of 5242880 bytes",
  "messages.3.content.1.image.source.base64: image exceeds the limit of 5242880 bytes",
  "messages.3.content.1.image.source.base64: image exceeds 5 MB maximum: 6291456 bytes > 5242880 bytes",
  '400 {"error":{"message":"The image size (7340032 bytes) exceeds the limit of 5242880 bytes"}}',
  "Base64 data exceeds the limit of 5242880",
  "exceeds 5 MB maximum",
  "The request exceeds the limit of 20 images",
  "Upload exceeds the limit of 5242880 bytes per image",
  "Width exceeds the limit of 8000 pixels",
  "At least one of the image dimensions exceed max allowed size: 8000 pixels",
];

const OTHERS = [
  "Throttling error: Too many tokens, please wait before trying again.",
  "Service unavailable: too many tokens in flight",
  "429 Rate limit reached: too many tokens per minute",
  "Too many requests: token limit exceeded",
  "max_tokens: 45000 exceeds the model's max of 4096",
  "`max_completion_tokens` (45000) exceeds the model's max of 4096",
  "401 invalid x-api-key",
  "Connection error.",
  "503 status code (no body)",
  "500 upstream said: 400 (no body)",
  "Request was aborted",
];

describe("an error text", () => {
  it.each(OVERFLOWS)("is overflow: %s", (text) => {
    expect(isContextOverflow(failed(text))).toBe(true);
    expect(isContextOverflow(failed(text.toUpperCase().replaceAll("\\U", "\\u")))).toBe(true);
  });

  it.each(D8B)("is overflow, though Pi misses it (D8b): %s", (text) => {
    expect(isContextOverflow(failed(text))).toBe(true);
  });

  it.each(D8)("is about an image, not overflow (D8): %s", (text) => {
    expect(isContextOverflow(failed(text), 200_000)).toBe(false);
    expect(getOverflowPatterns().filter((pattern) => pattern.test(text))).toEqual([]);
  });

  it.each(OTHERS)("is another failure: %s", (text) => {
    expect(isContextOverflow(failed(text), 200_000)).toBe(false);
  });

  it("counts only in a failed message", () => {
    const text = "prompt is too long";
    for (const stopReason of ["stop", "length", "toolUse", "aborted"] as const) {
      expect(isContextOverflow(fauxAssistantMessage(text, { stopReason, errorMessage: text }), 10)).toBe(
        false,
      );
    }
  });

  it("of a megabyte is judged quickly", () => {
    const text = `image ${"x exceeds the limit of y ".repeat(40_000)}`;
    const start = performance.now();
    expect(isContextOverflow(failed(text))).toBe(false);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe("usage", () => {
  const finished = (stopReason: StopReason, counts: Partial<Usage>) => {
    const message = fauxAssistantMessage([], { stopReason });
    return { ...message, usage: { ...message.usage, ...counts } };
  };

  it.each<[StopReason, Partial<Usage>, number | undefined, boolean]>([
    ["stop", { input: 900, cacheRead: 101 }, 1000, true],
    ["stop", { input: 900, cacheRead: 100 }, 1000, false],
    ["stop", { input: 2000 }, undefined, false],
    ["stop", { input: 2000 }, 0, false],
    ["length", { input: 900, cacheRead: 90 }, 1000, true],
    ["length", { input: 989 }, 1000, false],
    ["length", { input: 1000, output: 1 }, 1000, false],
    ["toolUse", { input: 2000 }, 1000, false],
    ["error", { input: 2000 }, 1000, false],
  ])("of a message that ended with %s, %j in a window of %s", (stopReason, counts, window, overflow) => {
    expect(isContextOverflow(finished(stopReason, counts), window)).toBe(overflow);
  });
});

it("hands out its patterns in an array that callers may change", () => {
  const patterns = getOverflowPatterns();
  expect(patterns.some((pattern) => pattern.test("prompt is too long"))).toBe(true);
  patterns.length = 0;
  expect(getOverflowPatterns()).not.toEqual([]);
  expect(isContextOverflow(failed("prompt is too long"))).toBe(true);
});
