// Notes about troubles that a request overcame.

import { expect, it, vi } from "vitest";
import {
  type AssistantMessageDiagnostic,
  appendAssistantMessageDiagnostic,
  createAssistantMessageDiagnostic,
  extractDiagnosticError,
  formatThrownValue,
} from "../lib/pi-ai/diagnostics.js";

it("puts anything thrown into words", () => {
  expect(formatThrownValue(new TypeError("bad"))).toBe("bad");
  expect(formatThrownValue(new TypeError(""))).toBe("TypeError");
  expect(formatThrownValue("text")).toBe("text");
  expect([null, undefined, 7, {}].map(formatThrownValue)).toEqual([
    "null",
    "undefined",
    "7",
    "[object Object]",
  ]);
});

it("keeps name, message, stack and a plain code of an error", () => {
  const error = Object.assign(new RangeError("far"), { code: "EFAR" });
  expect(extractDiagnosticError(error)).toEqual({
    name: "RangeError",
    message: "far",
    stack: error.stack,
    code: "EFAR",
  });
  expect(extractDiagnosticError(Object.assign(new Error("n"), { code: 0 })).code).toBe(0);
  expect(extractDiagnosticError(Object.assign(new Error("o"), { code: {} })).code).toBeUndefined();
  expect(extractDiagnosticError("text")).toEqual({ name: "ThrownValue", message: "text" });
});

it("adds dated notes without touching copies of the message", () => {
  vi.useFakeTimers({ now: 1234 });
  const message: { diagnostics?: AssistantMessageDiagnostic[] } = {};
  appendAssistantMessageDiagnostic(
    message,
    createAssistantMessageDiagnostic("retry", "lost", { attempt: 1 }),
  );
  vi.useRealTimers();
  const copy = { ...message };
  appendAssistantMessageDiagnostic(message, createAssistantMessageDiagnostic("retry", new Error("again")));
  expect(copy.diagnostics).toEqual([
    {
      type: "retry",
      timestamp: 1234,
      error: { name: "ThrownValue", message: "lost" },
      details: { attempt: 1 },
    },
  ]);
  expect(message.diagnostics?.map(({ error }) => error?.message)).toEqual(["lost", "again"]);
});
