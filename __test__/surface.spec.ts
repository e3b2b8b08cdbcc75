// Every value that a host can import: its name, what it is and how many arguments it says it takes.

import * as root from "argent-runtime";
import * as piAi from "argent-runtime/pi-ai";
import * as anthropic from "argent-runtime/pi-ai/anthropic";
import * as bedrock from "argent-runtime/pi-ai/bedrock-provider";
import * as chat from "argent-runtime/pi-ai/openai-completions";
import { describe, expect, it } from "vitest";

function kind(value: unknown): string {
  if (typeof value !== "function") return typeof value;
  if (/^class\b/.test(Function.prototype.toString.call(value))) return `class ${value.length}`;
  return `${value.constructor.name === "AsyncFunction" ? "async function" : "function"} ${value.length}`;
}

function surface(module: object): string[] {
  return Object.entries(module)
    .map(([name, value]) => `${name}: ${kind(value)}`)
    .sort();
}

describe("the exports", () => {
  it("of argent-runtime", () => {
    expect(surface(root)).toMatchInlineSnapshot(`
      [
        "failureOf: function 1",
      ]
    `);
  });

  it("of argent-runtime/pi-ai", () => {
    expect(surface(piAi)).toMatchInlineSnapshot(`
      [
        "AssistantMessageEventStream: class 0",
        "EventStream: class 2",
        "StringEnum: function 2",
        "Type: object",
        "appendAssistantMessageDiagnostic: function 2",
        "calculateCost: function 2",
        "clampThinkingLevel: function 2",
        "cleanupSessionResources: function 1",
        "clearApiProviders: function 0",
        "complete: async function 3",
        "completeSimple: async function 3",
        "createAssistantMessageDiagnostic: function 3",
        "createAssistantMessageEventStream: function 0",
        "extractDiagnosticError: function 1",
        "failureOf: function 1",
        "fauxAssistantMessage: function 1",
        "fauxText: function 1",
        "fauxThinking: function 1",
        "fauxToolCall: function 2",
        "findEnvKeys: function 1",
        "formatThrownValue: function 1",
        "getApiProvider: function 1",
        "getApiProviders: function 0",
        "getEnvApiKey: function 1",
        "getModel: function 2",
        "getModels: function 1",
        "getOverflowPatterns: function 0",
        "getProviders: function 0",
        "getSupportedThinkingLevels: function 1",
        "isContextOverflow: function 2",
        "modelsAreEqual: function 2",
        "parseJsonWithRepair: function 1",
        "parseStreamingJson: function 1",
        "registerApiProvider: function 2",
        "registerBuiltInApiProviders: function 0",
        "registerFauxProvider: function 0",
        "registerSessionResourceCleanup: function 1",
        "repairJson: function 1",
        "resetApiProviders: function 0",
        "setBedrockProviderModule: function 1",
        "stream: function 3",
        "streamAnthropic: function 3",
        "streamOpenAICompletions: function 3",
        "streamSimple: function 3",
        "streamSimpleAnthropic: function 3",
        "streamSimpleOpenAICompletions: function 3",
        "unregisterApiProviders: function 1",
        "validateToolArguments: function 2",
        "validateToolCall: function 2",
      ]
    `);
  });

  it("of argent-runtime/pi-ai/anthropic", () => {
    expect(surface(anthropic)).toMatchInlineSnapshot(`
      [
        "streamAnthropic: function 3",
        "streamSimpleAnthropic: function 3",
      ]
    `);
  });

  it("of argent-runtime/pi-ai/bedrock-provider", () => {
    expect(surface(bedrock)).toEqual(["bedrockProviderModule: object"]);
  });

  it("of argent-runtime/pi-ai/openai-completions", () => {
    expect(surface(chat)).toMatchInlineSnapshot(`
      [
        "convertMessages: function 3",
        "streamOpenAICompletions: function 3",
        "streamSimpleOpenAICompletions: function 3",
      ]
    `);
  });

  it("carry their own names, or as in Pi none", () => {
    const others = [root, piAi, anthropic, chat].flatMap((module) =>
      Object.entries(module).filter(([name, value]) => typeof value === "function" && value.name !== name),
    );
    expect(others.map(([name, value]) => [name, (value as { name: string }).name])).toEqual([
      ["streamAnthropic", ""],
      ["streamOpenAICompletions", ""],
      ["streamSimpleAnthropic", ""],
      ["streamSimpleOpenAICompletions", ""],
    ]);
  });

  it("that are classes make instances with Pi's own fields and methods", () => {
    const stream = piAi.createAssistantMessageEventStream();
    expect(stream).toBeInstanceOf(piAi.AssistantMessageEventStream);
    expect(stream).toBeInstanceOf(piAi.EventStream);
    expect(Object.keys(stream)).toEqual([
      "isComplete",
      "extractResult",
      "queue",
      "waiting",
      "done",
      "finalResultPromise",
      "resolveFinalResult",
    ]);
    expect(Object.getOwnPropertyNames(piAi.EventStream.prototype)).toEqual([
      "constructor",
      "push",
      "end",
      "result",
    ]);
  });

  it("of the root and of the subpath are different functions for the same protocol", () => {
    expect(piAi.streamSimpleAnthropic).not.toBe(anthropic.streamSimpleAnthropic);
    expect(piAi.streamSimpleOpenAICompletions).not.toBe(chat.streamSimpleOpenAICompletions);
  });
});
