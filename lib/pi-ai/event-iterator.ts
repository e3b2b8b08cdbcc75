// The consumer's side of an event stream: an async iterator that behaves as an async generator would, but costs
// one promise and one microtask an event where a generator takes three of each.

import type { Queue } from "./queue.js";

/** Key of the callback that is told when an event leaves the queue or the consumer wants no more of them. */
export const consumed = Symbol("consumed");

/** Key of how many iterators are being read. */
export const readers = Symbol("readers");

/** Key of whether the result was asked for. */
export const resultAsked = Symbol("resultAsked");

/** The fields of a stream, for the modules that share in its work. */
export interface EventSource<T> {
  /** Events that nobody has taken. */
  queue: Queue<T>;
  /** Consumers that wait for an event, longest first. */
  waiting: ((result: IteratorResult<T>) => void)[];
  /** Whether no further event will come. */
  done: boolean;
  [consumed]?: (() => void) | undefined;
  [readers]?: number;
  [resultAsked]?: boolean;
}

/**
 * Takes events from a source. Calls made while an earlier one waits are answered in their order, as a generator
 * answers them: so `return` during a pending `next` settles only after it.
 */
export class EventIterator<T> implements AsyncIterator<T, undefined> {
  private closed = false;
  private reading = false;
  /** Settles with the latest call; set only while a call waits. */
  private latest: Promise<unknown> | undefined;

  constructor(private readonly source: EventSource<T>) {}

  /** The next event; waits for one if the queue is empty. */
  next(): Promise<IteratorResult<T, undefined>> {
    return this.latest ? this.after(this.latest, () => this.take()) : this.take();
  }

  /** Closes this iterator and leaves the remaining events in the queue. */
  return(value?: unknown): Promise<IteratorResult<T, undefined>> {
    return this.latest ? this.after(this.latest, () => this.close(value)) : this.close(value);
  }

  /** Closes this iterator and rejects with `error`. */
  throw(error?: unknown): Promise<IteratorResult<T, undefined>> {
    const fail = () => {
      this.shut();
      return Promise.reject(error);
    };
    return this.latest ? this.after(this.latest, fail) : fail();
  }

  private take(): Promise<IteratorResult<T, undefined>> {
    const { source } = this;
    if (!this.closed) {
      if (!this.reading) this.count(1);
      if (source.queue.length > 0) {
        const value = source.queue.shift() as T;
        source[consumed]?.();
        return Promise.resolve({ value, done: false });
      }
      if (!source.done) return this.wait();
      this.shut();
    }
    return Promise.resolve({ value: undefined, done: true });
  }

  private shut(): void {
    this.closed = true;
    if (this.reading) this.count(-1);
  }

  /** Lets the source know that one more or one fewer iterator is being read. */
  private count(change: 1 | -1): void {
    const { source } = this;
    this.reading = change > 0;
    source[readers] = (source[readers] ?? 0) + change;
    source[consumed]?.();
  }

  private wait(): Promise<IteratorResult<T, undefined>> {
    const event = new Promise<IteratorResult<T, undefined>>((resolve) => {
      this.source.waiting.push((result) => {
        if (this.latest === event) this.latest = undefined;
        resolve(result);
      });
    });
    this.latest ??= event;
    return event;
  }

  private async close(value: unknown): Promise<IteratorResult<T, undefined>> {
    this.shut();
    return { value: (await value) as undefined, done: true };
  }

  private after<V>(earlier: Promise<unknown>, step: () => Promise<V>): Promise<V> {
    const call = earlier.then(step, step);
    const settled = () => {
      if (this.latest === call) this.latest = undefined;
    };
    call.then(settled, settled);
    this.latest = call;
    return call;
  }
}

Object.defineProperty(EventIterator.prototype, Symbol.toStringTag, {
  value: "AsyncGenerator",
  configurable: true,
});

// Generators inherit `Symbol.asyncIterator`, and `Symbol.asyncDispose` where the engine has it, from here.
const { prototype: generator } = async function* () {};
Object.setPrototypeOf(EventIterator.prototype, Object.getPrototypeOf(Object.getPrototypeOf(generator)));
