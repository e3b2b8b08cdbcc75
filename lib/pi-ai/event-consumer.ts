// What a producer may know of the consumer of an event stream, so as to send no faster than events are taken. Not
// part of Pi's API.

import { consumed, type EventSource, readers, resultAsked } from "./event-iterator.js";
import type { EventStream } from "./event-stream.js";

/** Any event stream, or a proxy of one. */
// biome-ignore lint/suspicious/noExplicitAny: its events and result do not matter here.
type AnyStream = EventStream<any, any>;

const source = (stream: AnyStream) => stream as unknown as EventSource<never>;

/** How many events were pushed and not taken. */
export function backlog(stream: AnyStream): number {
  return source(stream).queue.length;
}

/**
 * Has `callback` called, synchronously, each time the consumer takes an event out of the queue, begins or ends an
 * iteration, or asks for the result. An event that is handed straight to a waiting consumer never was in the queue.
 * There is one callback; `undefined` removes it.
 */
export function onConsumed(stream: AnyStream, callback: (() => void) | undefined): void {
  source(stream)[consumed] = callback;
}

/** Whether a consumer waits for the next event at this moment. */
export function hasWaiter(stream: AnyStream): boolean {
  return source(stream).waiting.length > 0;
}

/** Whether somebody is in the middle of an iteration. */
export function isRead(stream: AnyStream): boolean {
  return (source(stream)[readers] ?? 0) > 0;
}

/** Whether the class's own `result()` was ever called. */
export function resultRequested(stream: AnyStream): boolean {
  return source(stream)[resultAsked] === true;
}

/** With more events waiting than this, nothing more is taken from where they come from. */
export const HIGH_WATER = 2048;

/** With so few events waiting it goes on. */
export const LOW_WATER = 512;

/**
 * Whether more would only pile up before a consumer that has stopped reading. One that wants the result, or has broken
 * off, takes it all; one that has not begun gets its answer ready.
 */
export function isAhead(stream: AnyStream, limit: number): boolean {
  return backlog(stream) > limit && isRead(stream) && !resultRequested(stream);
}

/** Resolves when the consumer has caught up, or the signal says that there is no more to wait for. */
export function caughtUp(
  stream: AnyStream,
  limit: number,
  signal: Pick<AbortSignal, "aborted" | "addEventListener" | "removeEventListener"> | undefined,
): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (isAhead(stream, limit) && !signal?.aborted) return;
      onConsumed(stream, undefined);
      signal?.removeEventListener("abort", check);
      resolve();
    };
    onConsumed(stream, check);
    signal?.addEventListener("abort", check, { once: true });
  });
}
