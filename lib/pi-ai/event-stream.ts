// Events that one side pushes and another iterates, with a result at the end. Hosts make such streams, extend the
// classes, patch the instances and wrap them in proxies; so the state is in ordinary fields, and methods call
// each other through `this`.

import { consumed, EventIterator, type EventSource, resultAsked } from "./event-iterator.js";
import type { AssistantMessage, AssistantMessageEvent } from "./messages.js";
import { Queue } from "./queue.js";

/**
 * A stream of events for one consumer. Events wait, without bound, until they are taken; what one iteration has
 * taken, another does not see.
 */
export class EventStream<T, R = T> implements AsyncIterable<T> {
  private queue = new Queue<T>();
  private waiting: ((result: IteratorResult<T>) => void)[] = [];
  private done = false;
  private finalResultPromise: Promise<R>;
  private resolveFinalResult!: (result: R) => void;

  /**
   * @param isComplete - tells whether an event is the last one.
   * @param extractResult - makes the result from the last event.
   */
  constructor(
    private isComplete: (event: T) => boolean,
    private extractResult: (event: T) => R,
  ) {
    this.finalResultPromise = new Promise((resolve) => {
      this.resolveFinalResult = resolve;
    });
    Object.assign(this, { [consumed]: undefined, [resultAsked]: false } satisfies Partial<EventSource<T>>);
  }

  /** Adds an event. Nothing is taken in once the stream has ended, by its last event or by `end`. */
  push(event: T): void {
    if (this.done) return;
    if (this.isComplete(event)) {
      this.done = true;
      this.resolveFinalResult(this.extractResult(event));
    }
    const waiter = this.waiting.shift();
    if (waiter) waiter({ value: event, done: false });
    else this.queue.push(event);
  }

  /** Ends the stream once the waiting events are taken. A result given here counts unless there is one already. */
  end(result?: R): void {
    this.done = true;
    if (result !== undefined) this.resolveFinalResult(result);
    for (const waiter of this.waiting.splice(0)) waiter({ value: undefined, done: true });
  }

  /** Takes the events out of the stream, in order. */
  [Symbol.asyncIterator](): AsyncIterator<T> {
    return new EventIterator(this as unknown as EventSource<T>);
  }

  /**
   * Resolves at the last event or at `end(result)`, whether or not the events are consumed. Never rejects; stays
   * pending for ever if the stream ends in neither way.
   */
  result(): Promise<R> {
    const source = this as unknown as EventSource<T>;
    source[resultAsked] = true;
    source[consumed]?.();
    return this.finalResultPromise;
  }
}

function isLast(event: AssistantMessageEvent): boolean {
  return event.type === "done" || event.type === "error";
}

function messageOf(event: AssistantMessageEvent): AssistantMessage {
  if (event.type === "done") return event.message;
  if (event.type === "error") return event.error;
  throw new Error("Unexpected event type for final result");
}

/** The events of one assistant message. The result is the message, also when the request failed. */
export class AssistantMessageEventStream extends EventStream<AssistantMessageEvent, AssistantMessage> {
  constructor() {
    super(isLast, messageOf);
  }
}

/** Makes an empty stream, for hosts that produce the events themselves. */
export function createAssistantMessageEventStream(): AssistantMessageEventStream {
  return new AssistantMessageEventStream();
}
