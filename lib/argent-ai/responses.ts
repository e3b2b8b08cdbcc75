// Between Pi's messages and Argent's responses.

import { emptyMessage } from "../pi-ai/assembler.js";
import type {
  Api,
  AssistantMessage,
  Model,
  StopReason,
  ThinkingContent,
  ToolCall,
  Usage,
} from "../pi-ai/types.js";
import type { TurnResponse, TurnStopReason, TurnUsage } from "./types.js";

/** Pi's stop reason in Argent's words; an aborted turn is an error. */
export function mapPiStopReasonToArgent(reason: StopReason): TurnStopReason {
  if (reason === "toolUse") return "tool_use";
  return reason === "stop" || reason === "length" ? reason : "error";
}

/** Argent's stop reason in Pi's words; an unknown one is a stop. */
export function mapArgentStopReasonToPi(reason: unknown): StopReason {
  if (reason === "tool_use" || reason === "toolUse") return "toolUse";
  return reason === "length" || reason === "error" || reason === "aborted" ? reason : "stop";
}

/** The messages that responses were made of, by their calls: hosts hand back the calls alone. */
const origins = new WeakMap<object, AssistantMessage>();

/** The message that a call of an earlier response came in. */
export function originOf(call: object | undefined): AssistantMessage | undefined {
  return call && origins.get(call);
}

/** A response in Argent's shape; `message` holds what has no place in it. */
export function piMessageToArgentResponse(message: AssistantMessage): TurnResponse {
  const content = Array.isArray(message.content) ? message.content : [];
  const text = content.map((block) => (block.type === "text" ? block.text : "")).join("");
  const thoughts = content.filter((block): block is ThinkingContent => block.type === "thinking");
  const thinking = thoughts.map((block) => block.thinking).join("");
  const toolCalls = content.filter((block): block is ToolCall => block.type === "toolCall");
  for (const call of toolCalls) origins.set(call, message);
  return {
    text,
    ...(thinking && { thinking }),
    toolCalls,
    usage: argentUsage(message.usage),
    stopReason: mapPiStopReasonToArgent(message.stopReason),
    provider: message.provider,
    model: message.model,
    ...(message.errorMessage !== undefined && { errorMessage: message.errorMessage }),
    message,
  };
}

/** A response that has nothing yet. */
export function emptyResponse(provider: string, model: string): TurnResponse {
  return { text: "", toolCalls: [], usage: argentUsage(undefined), stopReason: "stop", provider, model };
}

function argentUsage(usage: Usage | undefined): TurnUsage {
  return {
    inputTokens: usage?.input ?? 0,
    outputTokens: usage?.output ?? 0,
    cacheReadTokens: usage?.cacheRead ?? 0,
    cacheWriteTokens: usage?.cacheWrite ?? 0,
    totalTokens: usage?.totalTokens ?? 0,
  };
}

/** Argent's count of tokens in Pi's shape, without costs. */
export function piUsage(usage: Partial<TurnUsage> | undefined, model: Model<Api>): Usage {
  const input = usage?.inputTokens ?? 0;
  const output = usage?.outputTokens ?? 0;
  const cacheRead = usage?.cacheReadTokens ?? 0;
  const cacheWrite = usage?.cacheWriteTokens ?? 0;
  const totalTokens = usage?.totalTokens || input + output + cacheRead + cacheWrite;
  return { ...emptyMessage(model).usage, input, output, cacheRead, cacheWrite, totalTokens };
}
