// Small things to do with streams of events.

import type { AssistantMessageEvent } from "../pi-ai/types.js";
import type { StreamEvent, TurnResponse } from "./types.js";

/** All that a stream gives. */
export async function collectStream<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of stream) all.push(item);
  return all;
}

/** The stream, each item once `look` is done with it. */
export async function* tapStream<T>(
  stream: AsyncIterable<T>,
  look: (item: T) => unknown,
): AsyncGenerator<T, void> {
  for await (const item of stream) {
    await look(item);
    yield item;
  }
}

/** The items that `keep` holds for. */
export async function* filterStream<T>(
  stream: AsyncIterable<T>,
  keep: (item: T) => boolean | Promise<boolean>,
): AsyncGenerator<T, void> {
  for await (const item of stream) if (await keep(item)) yield item;
}

/** What `change` makes of the items. */
export async function* mapStream<T, U>(
  stream: AsyncIterable<T>,
  change: (item: T) => U | Promise<U>,
): AsyncGenerator<Awaited<U>, void> {
  for await (const item of stream) yield await change(item);
}

type AnyEvent = StreamEvent | AssistantMessageEvent;

/** The deltas of the text. */
export async function* textStream(stream: AsyncIterable<AnyEvent>): AsyncGenerator<string, void> {
  for await (const event of stream) if (event.type === "text_delta") yield event.delta;
}

/** The text. */
export async function collectText(stream: AsyncIterable<AnyEvent>): Promise<string> {
  return (await collectStream(textStream(stream))).join("");
}

/** The response of the last event; `null` if there is none. */
export async function collectResponse(stream: AsyncIterable<StreamEvent>): Promise<TurnResponse | null> {
  let response: TurnResponse | null = null;
  for await (const event of stream) {
    if (event.type === "done") response = event.response;
    if (event.type === "error") response = event.error;
  }
  return response;
}

type Of<T extends AssistantMessageEvent["type"]> = Extract<AssistantMessageEvent, { type: T }>;

const isOf =
  <T extends AssistantMessageEvent["type"]>(type: T) =>
  (event: { type: string }): event is Of<T> =>
    event.type === type;

/** Whether the message is finished. */
export const isDoneEvent = isOf("done");
/** Whether the message has failed. */
export const isErrorEvent = isOf("error");
/** Whether text was added. */
export const isTextDeltaEvent = isOf("text_delta");
/** Whether thinking was added. */
export const isThinkingDeltaEvent = isOf("thinking_delta");
/** Whether a tool call is complete. */
export const isToolCallEndEvent = isOf("toolcall_end");
