// Every value that a host can import: its name, what it is and how many arguments it says it takes.

import * as root from "argent-runtime";
import * as argentAgent from "argent-runtime/argent-agent";
import * as argentAi from "argent-runtime/argent-ai";
import * as agentCore from "argent-runtime/pi-agent-core";
import * as piAi from "argent-runtime/pi-ai";
import * as anthropic from "argent-runtime/pi-ai/anthropic";
import * as azure from "argent-runtime/pi-ai/azure-openai-responses";
import * as bedrock from "argent-runtime/pi-ai/bedrock-provider";
import * as google from "argent-runtime/pi-ai/google";
import * as vertex from "argent-runtime/pi-ai/google-vertex";
import * as mistral from "argent-runtime/pi-ai/mistral";
import * as oauth from "argent-runtime/pi-ai/oauth";
import * as codex from "argent-runtime/pi-ai/openai-codex-responses";
import * as chat from "argent-runtime/pi-ai/openai-completions";
import * as responses from "argent-runtime/pi-ai/openai-responses";
import * as testing from "argent-runtime/testing";
import { describe, expect, it } from "vitest";

const subpaths = {
  "pi-ai/anthropic": anthropic,
  "pi-ai/openai-completions": chat,
  "pi-ai/mistral": mistral,
  "pi-ai/openai-responses": responses,
  "pi-ai/azure-openai-responses": azure,
  "pi-ai/google": google,
  "pi-ai/google-vertex": vertex,
  "pi-ai/openai-codex-responses": codex,
  "pi-ai/bedrock-provider": bedrock,
  "pi-ai/oauth": oauth,
};
const modules: Record<string, object> = {
  "": root,
  "pi-ai": piAi,
  "pi-agent-core": agentCore,
  "argent-ai": argentAi,
  "argent-agent": argentAgent,
  testing,
  ...subpaths,
};

function kind(value: unknown): string {
  if (typeof value !== "function") return typeof value;
  if (/^class\b/.test(Function.prototype.toString.call(value))) return `class ${value.length}`;
  return `${value.constructor.name === "AsyncFunction" ? "async function" : "function"} ${value.length}`;
}

describe("the exports", () => {
  it.each(Object.keys(modules))("of argent-runtime/%s", (name) => {
    const surface = Object.entries(modules[name] ?? {}).map(([key, value]) => `${key}: ${kind(value)}`);
    expect(surface.sort().join("\n")).toMatchSnapshot();
  });

  it("carry their own names, or as in Pi's root none", () => {
    const others = [root, piAi, agentCore, ...Object.values(subpaths)].flatMap((module) =>
      Object.entries(module).filter(([name, value]) => typeof value === "function" && value.name !== name),
    );
    for (const [name, value] of others) {
      expect([name, (value as { name: string }).name]).toEqual([expect.stringMatching(/^stream/), ""]);
    }
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

  it("make agents with Pi's own fields", () => {
    const agent = new agentCore.Agent();
    expect(Object.keys(agent)).toEqual([
      "_state",
      "listeners",
      "steeringQueue",
      "followUpQueue",
      "convertToLlm",
      "transformContext",
      "streamFn",
      "getApiKey",
      "onPayload",
      "onResponse",
      "beforeToolCall",
      "afterToolCall",
      "activeRun",
      "sessionId",
      "thinkingBudgets",
      "transport",
      "maxRetryDelayMs",
      "toolExecution",
    ]);
  });

  it("of the root and of the subpath are different functions for the same protocol", () => {
    expect(piAi.streamSimpleAnthropic).not.toBe(anthropic.streamSimpleAnthropic);
    expect(piAi.streamSimpleOpenAICompletions).not.toBe(chat.streamSimpleOpenAICompletions);
  });
});
