// An event stream as hosts use it: pushed from outside, iterated once, patched, wrapped, extended.

import { describe, expect, it } from "vitest";
import { backlog, hasWaiter, isRead, onConsumed, resultRequested } from "../lib/pi-ai/event-consumer.js";
import {
  AssistantMessageEventStream,
  createAssistantMessageEventStream,
  EventStream,
} from "../lib/pi-ai/event-stream.js";
import { fauxAssistantMessage } from "../lib/pi-ai/faux.js";

class Numbers extends EventStream<number, string> {
  constructor() {
    super(
      (number) => number < 0,
      (number) => `ended by ${number}`,
    );
  }
}

async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

const idle = () => new Promise((resolve) => setImmediate(resolve));

/** What a promise gives within this turn of the event loop. */
const soon = (promise: Promise<unknown>) => Promise.race([promise, idle().then(() => "pending")]);

describe("a consumer", () => {
  it("gets all events in order, whether they were pushed before or while it waits", async () => {
    const stream = new Numbers();
    stream.push(1);
    stream.push(2);
    const seen = collect(stream);
    await idle();
    stream.push(3);
    stream.push(4);
    await idle();
    stream.push(-1);
    expect(await seen).toEqual([1, 2, 3, 4, -1]);
  });

  it("finds nothing in a second iteration", async () => {
    const stream = new Numbers();
    for (const number of [1, 2, -1]) stream.push(number);
    await collect(stream);
    expect(await collect(stream)).toEqual([]);
  });

  it("can stop early, and go on later with what is left", async () => {
    const stream = new Numbers();
    for (const number of [1, 2, 3, -1]) stream.push(number);
    for await (const number of stream) if (number === 2) break;
    expect(await collect(stream)).toEqual([3, -1]);
  });

  it("closes an iterator with return, and after that gets nothing from it", async () => {
    const stream = new Numbers();
    stream.push(1);
    const iterator = stream[Symbol.asyncIterator]();
    expect(await iterator.return?.("bye")).toEqual({ value: "bye", done: true });
    expect(await iterator.next()).toEqual({ value: undefined, done: true });
    expect(backlog(stream)).toBe(1);
  });

  it("has its calls answered in order, return and throw too", async () => {
    const stream = new Numbers();
    const iterator = stream[Symbol.asyncIterator]();
    const order: unknown[] = [];
    const note = (result: unknown) => order.push(result);
    iterator.next().then(note);
    iterator.next().then(note);
    iterator.return?.("closed").then(note);
    iterator.next().then(note);
    await idle();
    expect(order).toEqual([]);
    stream.push(1);
    await idle();
    expect(order).toEqual([{ value: 1, done: false }]);
    stream.push(2);
    stream.push(3);
    await idle();
    expect(order.slice(1)).toEqual([
      { value: 2, done: false },
      { value: "closed", done: true },
      { value: undefined, done: true },
    ]);
    await expect(stream[Symbol.asyncIterator]().throw?.(new Error("stop"))).rejects.toThrow("stop");
    expect(await stream[Symbol.asyncIterator]().next()).toEqual({ value: 3, done: false });
  });

  it("runs its loop body in the first microtask after each push it waited for", async () => {
    const stream = new Numbers();
    const order: string[] = [];
    (async () => {
      for await (const number of stream) order.push(`event ${number}`);
    })();
    for (const number of [1, 2]) {
      await idle();
      stream.push(number);
      queueMicrotask(() => order.push(`microtask ${number}`));
    }
    await idle();
    expect(order).toEqual(["event 1", "microtask 1", "event 2", "microtask 2"]);
  });

  it("is released by end", async () => {
    const stream = new Numbers();
    const seen = collect(stream);
    await idle();
    stream.end();
    expect(await seen).toEqual([]);
  });

  it("can iterate the iterator itself", async () => {
    const stream = new Numbers();
    stream.push(1);
    stream.push(-1);
    const iterator = stream[Symbol.asyncIterator]() as AsyncIterableIterator<number>;
    await iterator.next();
    expect(await collect(iterator)).toEqual([-1]);
  });
});

describe("the result", () => {
  it("comes from the last event, without a consumer", async () => {
    const stream = new Numbers();
    stream.push(1);
    stream.push(-7);
    stream.push(-8);
    stream.end("too late");
    expect(await stream.result()).toBe("ended by -7");
    expect(await collect(stream)).toEqual([1, -7]);
  });

  it("comes from end if no event was the last, and may come after a bare end", async () => {
    const stream = new Numbers();
    stream.end();
    expect(await soon(stream.result())).toBe("pending");
    stream.push(-1);
    expect(await soon(stream.result())).toBe("pending");
    stream.end("given");
    expect(await soon(stream.result())).toBe("given");
  });

  it("is the message of done or error", async () => {
    const message = fauxAssistantMessage("hello");
    const done = createAssistantMessageEventStream();
    done.push({ type: "start", partial: message });
    expect(await soon(done.result())).toBe("pending");
    done.push({ type: "done", reason: "stop", message });
    expect(await done.result()).toBe(message);
    const failed = new AssistantMessageEventStream();
    failed.push({ type: "error", reason: "aborted", error: message });
    expect(await failed.result()).toBe(message);
  });
});

describe("a host", () => {
  it("replaces methods on the instance and its iterator", async () => {
    const stream = new Numbers();
    const iterate = stream[Symbol.asyncIterator].bind(stream);
    stream.result = async () => "patched";
    Object.defineProperty(stream, Symbol.asyncIterator, {
      configurable: true,
      value: async function* () {
        for await (const number of { [Symbol.asyncIterator]: iterate }) yield number * 10;
      },
    });
    stream.push(1);
    stream.push(-2);
    expect(await collect(stream)).toEqual([10, -20]);
    expect(await stream.result()).toBe("patched");
    expect(Object.keys(Object.assign(stream, { extra: 1 }))).toContain("extra");
  });

  it("wraps the stream in a proxy that binds functions to the target or passes them through", async () => {
    for (const bind of [true, false]) {
      const stream = new Numbers();
      const proxy = new Proxy(stream, {
        get(target, key, receiver) {
          const value = Reflect.get(target, key, receiver);
          return bind && typeof value === "function" ? value.bind(target) : value;
        },
      });
      const seen = collect(proxy);
      await idle();
      expect(hasWaiter(proxy)).toBe(true);
      proxy.push(1);
      proxy.push(2);
      proxy.push(-1);
      expect(await seen).toEqual([1, 2, -1]);
      expect(await proxy.result()).toBe("ended by -1");
      expect(resultRequested(stream)).toBe(true);
    }
  });

  it("tells the classes apart and sees their arity", () => {
    expect(new AssistantMessageEventStream()).toBeInstanceOf(EventStream);
    expect([EventStream.length, AssistantMessageEventStream.length]).toEqual([2, 0]);
    expect(Object.keys(EventStream.prototype)).toEqual([]);
    const iterator = Object.getOwnPropertyDescriptor(EventStream.prototype, Symbol.asyncIterator);
    expect(iterator).toMatchObject({ configurable: true, writable: true });
  });
});

describe("a producer", () => {
  it("knows the backlog, and hears of each event that is taken from it", async () => {
    const stream = new Numbers();
    const seen: number[] = [];
    onConsumed(stream, () => seen.push(backlog(stream)));
    for (const number of [1, 2, 3]) stream.push(number);
    expect(backlog(stream)).toBe(3);
    const iterator = stream[Symbol.asyncIterator]();
    expect(isRead(stream)).toBe(false);
    iterator.next();
    expect(isRead(stream)).toBe(true);
    expect(seen).toEqual([3, 2]);
    iterator.next();
    iterator.next();
    expect(seen).toEqual([3, 2, 1, 0]);
    expect(hasWaiter(stream)).toBe(false);
    const waiting = iterator.next();
    expect(hasWaiter(stream)).toBe(true);
    stream.push(4);
    expect([hasWaiter(stream), backlog(stream), seen.length]).toEqual([false, 0, 4]);
    expect((await waiting).value).toBe(4);
    onConsumed(stream, undefined);
    stream.push(5);
    iterator.next();
    expect(seen).toHaveLength(4);
  });

  it("knows whether anybody is reading, and hears when nobody is any more", async () => {
    const stream = new Numbers();
    let heard = 0;
    onConsumed(stream, () => heard++);
    const [one, other] = [stream[Symbol.asyncIterator](), stream[Symbol.asyncIterator]()];
    one.next();
    other.next();
    stream.push(1);
    stream.push(2);
    expect([isRead(stream), heard]).toEqual([true, 2]);
    await one.return?.();
    expect([isRead(stream), heard]).toEqual([true, 3]);
    await other.return?.();
    expect([isRead(stream), heard]).toEqual([false, 4]);
  });

  it("knows, and hears, whether the result was asked for", () => {
    const stream = new Numbers();
    let heard = 0;
    onConsumed(stream, () => heard++);
    expect(resultRequested(stream)).toBe(false);
    stream.result();
    expect([resultRequested(stream), heard]).toEqual([true, 1]);
  });
});

it("drains 120,000 waiting events, in order, in well under a second", async () => {
  const count = 120_000;
  const stream = new Numbers();
  for (let number = 0; number < count; number++) stream.push(number);
  stream.end();
  const start = performance.now();
  let next = 0;
  for await (const number of stream) {
    if (number !== next++) throw new Error(`${number} is out of order`);
  }
  expect(next).toBe(count);
  expect(performance.now() - start).toBeLessThan(800);
});
