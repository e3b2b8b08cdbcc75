// Streams a finished message as if it were being generated: piece by piece, at a given pace, until it is through or
// the signal aborts.

import type { AssistantMessageEventStream } from "./event-stream.js";
import { estimateTokens } from "./faux-usage.js";
import type { AssistantMessage, AssistantMessageEvent } from "./messages.js";

type Block = AssistantMessage["content"][number];

/** Characters that make one token. */
const TOKEN_CHARS = 4;

/** Tokens of a piece, and pieces over time. */
export interface Pace {
  min: number;
  max: number;
  /** Left out, zero or less: a piece at every second microtask. */
  tokensPerSecond: number | undefined;
}

/** A pace from what was asked for, with at least one token a piece. */
export function paceOf(options: {
  tokenSize?: { min?: number; max?: number };
  tokensPerSecond?: number;
}): Pace {
  const { min = 3, max = 5 } = options.tokenSize ?? {};
  const least = Math.max(1, Math.min(min, max));
  return { min: least, max: Math.max(least, max), tokensPerSecond: options.tokensPerSecond };
}

/** Pushes the event that a message ends with, by its stop reason, and ends the stream. */
export function endWith(stream: AssistantMessageEventStream, message: AssistantMessage): void {
  const reason = message.stopReason;
  if (reason === "error" || reason === "aborted") stream.push({ type: "error", reason, error: message });
  else stream.push({ type: "done", reason, message });
  stream.end(message);
}

/**
 * Pushes all events of a message. Each has its own copy of the partial message; the copies share their blocks. An
 * abort is noticed before each block and after the wait for each piece.
 */
export async function playMessage(
  stream: AssistantMessageEventStream,
  message: AssistantMessage,
  pace: Pace,
  signal: AbortSignal | undefined,
): Promise<void> {
  const partial: AssistantMessage = { ...message, content: [] };
  const show = (event: object) => stream.push({ ...event, partial: { ...partial } } as AssistantMessageEvent);
  const stopped = () => {
    if (!signal?.aborted) return false;
    const errorMessage = "Request was aborted";
    endWith(stream, { ...partial, stopReason: "aborted", errorMessage, timestamp: Date.now() });
    return true;
  };

  if (stopped()) return;
  show({ type: "start" });
  for (const [contentIndex, block] of message.content.entries()) {
    if (stopped()) return;
    const part = partOf(block);
    partial.content = [...partial.content, part.shown];
    show({ type: `${part.kind}_start`, contentIndex });
    for (const delta of pieces(part.text, pace)) {
      await generation(delta, pace);
      if (stopped()) return;
      part.grow(delta);
      show({ type: `${part.kind}_delta`, contentIndex, delta });
    }
    show({ type: `${part.kind}_end`, contentIndex, ...part.finish() });
  }
  endWith(stream, message);
}

/** How a block is shown while it grows. */
interface Part {
  kind: "text" | "thinking" | "toolcall";
  /** The block in the partial message. */
  shown: Block;
  /** What is streamed. */
  text: string;
  /** Adds a piece to the block shown. */
  grow(delta: string): void;
  /** Completes the block shown, and gives what the end event says of it. */
  finish(): object;
}

function partOf(block: Block): Part {
  if (block.type === "text") {
    const shown = { type: block.type, text: "" };
    const grow = (delta: string) => {
      shown.text += delta;
    };
    return { kind: "text", shown, text: block.text, grow, finish: () => ({ content: block.text }) };
  }
  if (block.type === "thinking") {
    const shown = { type: block.type, thinking: "" };
    const grow = (delta: string) => {
      shown.thinking += delta;
    };
    const text = block.thinking;
    return { kind: "thinking", shown, text, grow, finish: () => ({ content: text }) };
  }
  const shown: Block = { type: "toolCall", id: block.id, name: block.name, arguments: {} };
  const finish = () => {
    shown.arguments = block.arguments;
    return { toolCall: block };
  };
  return { kind: "toolcall", shown, text: JSON.stringify(block.arguments), grow: () => {}, finish };
}

/** Cuts a text into pieces of random size; an empty text is one empty piece. */
function pieces(text: string, { min, max }: Pace): string[] {
  const cut: string[] = [];
  for (let start = 0; start < text.length; ) {
    const tokens = min + Math.floor(Math.random() * (max - min + 1));
    const end = start + Math.max(1, tokens * TOKEN_CHARS);
    cut.push(text.slice(start, end));
    start = end;
  }
  return cut.length > 0 ? cut : [""];
}

/** Resolves when a piece would have been generated. */
function generation(piece: string, { tokensPerSecond }: Pace): Promise<void> {
  if (!tokensPerSecond || tokensPerSecond <= 0) return new Promise(queueMicrotask);
  const delay = (estimateTokens(piece) / tokensPerSecond) * 1000;
  return new Promise((resolve) => setTimeout(resolve, delay));
}
