// Which failures mean that the request was too large for the model. The texts are as the providers send them.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fauxAssistantMessage } from "../lib/pi-ai/faux.js";
import { getOverflowPatterns, isContextOverflow } from "../lib/pi-ai/overflow.js";
import type { StopReason, Usage } from "../lib/pi-ai/types.js";

const failed = (errorMessage: string) => fauxAssistantMessage([], { stopReason: "error", errorMessage });

const corpus: Record<string, string[]> = JSON.parse(
  readFileSync(new URL("../fixtures/errors/overflow.json", import.meta.url), "utf8"),
);
const group = (name: string) => corpus[name] ?? [];

describe("an error text", () => {
  it.each(group("overflow"))("is overflow: %s", (text) => {
    expect(isContextOverflow(failed(text))).toBe(true);
    expect(isContextOverflow(failed(text.toUpperCase().replaceAll("\\U", "\\u")))).toBe(true);
  });

  it.each(group("overflow that Pi misses (D8b)"))("is overflow, though Pi misses it (D8b): %s", (text) => {
    expect(isContextOverflow(failed(text))).toBe(true);
  });

  it.each(group("image (D8)"))("is about an image, not overflow (D8): %s", (text) => {
    expect(isContextOverflow(failed(text), 200_000)).toBe(false);
    expect(getOverflowPatterns().filter((pattern) => pattern.test(text))).toEqual([]);
  });

  it.each(group("other"))("is another failure: %s", (text) => {
    expect(isContextOverflow(failed(text), 200_000)).toBe(false);
  });

  it("gives way to what the status or the code has told", () => {
    const info = { retryable: false, provider: "openai", model: "gpt" } as const;
    const text = "429 Too many tokens";
    expect(isContextOverflow(failed(text))).toBe(true);
    expect(isContextOverflow({ ...failed(text), errorInfo: { kind: "rate_limit", ...info } })).toBe(false);
    const said = { ...failed("400 too large"), errorInfo: { kind: "context_overflow", ...info } as const };
    expect(isContextOverflow(said)).toBe(true);
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
