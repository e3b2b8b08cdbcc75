// What hosts rely on in a message: content that is a list, tool arguments that are objects, and some text where there
// is nothing but an error.

import type { AssistantMessage, ToolCall } from "../pi-ai/types.js";

const NOTHING_SAID = "The provider gave no answer and no reason.";

/** Whether a value is an object with keys, and no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a call's arguments are an object. */
export function hasSoundArguments(call: ToolCall): boolean {
  return isRecord(call?.arguments);
}

/** The call with `{}` for arguments that are no object. */
export function plainArguments(call: ToolCall): ToolCall {
  return hasSoundArguments(call) ? call : { ...call, arguments: {} };
}

/** The message with content that hosts can rely on: itself where it has that already. */
export function soundContent(message: AssistantMessage): AssistantMessage {
  const { content } = message;
  if (!Array.isArray(content)) return { ...message, content: [] };
  if (!content.some((block) => block?.type === "toolCall" && !hasSoundArguments(block))) return message;
  return {
    ...message,
    content: content.map((block) => (block?.type === "toolCall" ? plainArguments(block) : block)),
  };
}

/** A failed message that says so, and whose content says why if it says nothing else. */
export function withComplaint(message: AssistantMessage, stopReason: "error" | "aborted"): AssistantMessage {
  const mute = stopReason === "error" && message.content.length === 0;
  if (message.stopReason === stopReason && !mute) return message;
  const text = message.errorMessage?.trim() || NOTHING_SAID;
  return { ...message, stopReason, ...(mute && { content: [{ type: "text", text }] }) };
}
