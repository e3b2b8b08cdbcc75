// What hosts do to streams, messages and the registry, all of which are theirs to change.

import type { ServerResponse } from "node:http";
import {
  type AssistantMessage,
  type AssistantMessageEvent,
  AssistantMessageEventStream,
  complete,
  completeSimple,
  createAssistantMessageEventStream,
  EventStream,
  getApiProvider,
  getApiProviders,
  type Model,
  registerApiProvider,
  resetApiProviders,
  stream,
  streamSimple,
  type ToolCall,
  unregisterApiProviders,
} from "argent-runtime/pi-ai";
import { afterEach, describe, expect, it } from "vitest";
import { anthropicModel, chatModel, collect, lastMessage, saying } from "./support/models.js";
import { anthropic, chat, sse, startProvider } from "./support/provider.js";

const provider = await startProvider();
const claude = anthropicModel(provider.url);
const gpt = chatModel(`${provider.url}/v1`);
const key = { apiKey: "key" };
const args = ['{"city": "Pa', "r", 'is", "days": [1', ", 2]}"];

const anthropicCall = [
  anthropic.start + anthropic.open(0, { type: "tool_use", id: "toolu_1", name: "look", input: {} }),
  ...args.map((piece) => anthropic.json(0, piece)),
  anthropic.stop(0) + anthropic.end("tool_use"),
];
const chatCall = [
  ...args.map((text, at) =>
    chat.chunk({
      tool_calls: [
        { index: 0, ...(at === 0 && { id: "toolu_1" }), function: { name: "look", arguments: text } },
      ],
    }),
  ),
  chat.end("tool_calls"),
];

/** The same call over both protocols. */
const protocols: [string, Model<"anthropic-messages"> | Model<"openai-completions">, string[]][] = [
  ["anthropic-messages", claude, anthropicCall],
  ["openai-completions", gpt, chatCall],
];

/** Sends piece by piece, so that each is read by itself. */
function paced(pieces: string[]) {
  return async (response: ServerResponse) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const piece of pieces) {
      response.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    response.end();
  };
}

/** A call's block, whatever its event. */
const callOf = (event: AssistantMessageEvent) =>
  "partial" in event ? (event.partial.content[0] as ToolCall | undefined) : undefined;

describe("a stream", () => {
  const start = () => {
    provider.scripts = [sse(anthropic.answer("a", "b"))];
    return streamSimple(claude, saying("hi"), key);
  };

  it("takes another result", async () => {
    const turn = start();
    const original = turn.result.bind(turn);
    turn.result = async () => ({ ...(await original()), model: "patched" });
    expect((await collect(turn)).at(-1)?.type).toBe("done");
    expect((await turn.result()).model).toBe("patched");
    expect((await original()).model).toBe("claude-test");
  });

  it("takes another result, which complete then gives", async () => {
    provider.scripts = [sse(anthropic.answer("a"))];
    registerApiProvider({
      api: "patched",
      stream: (model, context) => {
        const turn = stream({ ...claude, id: model.id }, context, key);
        const original = turn.result.bind(turn);
        turn.result = async () => ({ ...(await original()), model: "patched" });
        return turn;
      },
      streamSimple,
    });
    expect((await complete({ ...claude, api: "patched", compat: undefined }, saying("hi"))).model).toBe(
      "patched",
    );
  });

  it("takes another iterator around its own", async () => {
    const turn = start();
    const original = turn[Symbol.asyncIterator].bind(turn);
    turn[Symbol.asyncIterator] = async function* () {
      for await (const event of { [Symbol.asyncIterator]: original }) {
        if (event.type === "text_delta") event.delta = event.delta.toUpperCase();
        if (event.type !== "text_start") yield event;
      }
    };
    const events = await collect(turn);
    expect(events.map((event) => ("delta" in event ? event.delta : event.type))).toEqual([
      "start",
      "A",
      "B",
      "text_end",
      "done",
    ]);
    expect(await turn.result()).toBe(lastMessage(events));
  });

  it("works through a proxy that binds functions to it", async () => {
    const turn = start();
    const proxy = new Proxy(turn, {
      get(target, name, receiver) {
        const value = Reflect.get(target, name, receiver);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const events = await collect(proxy);
    expect(events.map(({ type }) => type)).toEqual([
      "start",
      "text_start",
      "text_delta",
      "text_delta",
      "text_end",
      "done",
    ]);
    expect(await proxy.result()).toBe(lastMessage(events));
  });

  it("works through a proxy that leaves everything as it is", async () => {
    const proxy = new Proxy(start(), {});
    expect((await collect(proxy)).at(-1)?.type).toBe("done");
    expect((await proxy.result()).stopReason).toBe("stop");
  });

  it("can be ended by the host before the provider ends it", async () => {
    const turn = start();
    const own = { role: "assistant", content: [], stopReason: "stop" } as unknown as AssistantMessage;
    const types: string[] = [];
    for await (const event of turn) {
      types.push(event.type);
      if (event.type === "start") turn.end(own);
    }
    expect(types[0]).toBe("start");
    expect(await turn.result()).toBe(own);
  });
});

describe.each(protocols)("a message over %s", (_, model, pieces) => {
  const start = () => {
    provider.scripts = [paced(pieces)];
    return streamSimple(model as Model<"anthropic-messages">, saying("hi"), key);
  };

  it("shows what the host writes into it on the way", async () => {
    const turn = start();
    for await (const event of turn) {
      if ("partial" in event) Object.assign(event.partial, { [event.type]: true });
      if (event.type === "toolcall_start") Object.assign(event.partial.content[0] as object, { note: 1 });
      if (event.type === "toolcall_end") {
        event.toolCall.arguments.city = "London";
        (event.toolCall.arguments.days as number[]).push(3);
        event.toolCall.name = "peek";
      }
      if (event.type === "done") Object.assign(event.message.usage, { mark: "done" });
    }
    const message = await turn.result();
    expect(message).toMatchObject({
      start: true,
      toolcall_start: true,
      toolcall_delta: true,
      toolcall_end: true,
      usage: { mark: "done" },
    });
    expect(message.content).toEqual([
      {
        type: "toolCall",
        id: "toolu_1",
        name: "peek",
        note: 1,
        arguments: { city: "London", days: [1, 2, 3] },
      },
    ]);
    message.content.push({ type: "text", text: "more" });
    expect((await turn.result()).content).toHaveLength(2);
  });

  it("takes other arguments in place of its own", async () => {
    const turn = start();
    for await (const event of turn) {
      if (event.type === "toolcall_end") event.toolCall.arguments = { other: true };
    }
    expect((await turn.result()).content[0]).toMatchObject({ arguments: { other: true } });
  });

  it("can be cloned at any event", async () => {
    const clones: unknown[] = [];
    for await (const event of start()) {
      clones.push(structuredClone((callOf(event) as ToolCall | undefined)?.arguments));
      const message = "partial" in event ? event.partial : lastMessage([event]);
      expect(structuredClone(message)).toEqual(JSON.parse(JSON.stringify(message)));
      expect(structuredClone(event)).toEqual(event);
    }
    expect(clones.filter((clone) => clone !== undefined)).toContainEqual({ city: "Paris", days: [1] });
  });

  it("can be written and spread while a call streams", async () => {
    const states: unknown[] = [];
    const later: { arguments: unknown }[] = [];
    for await (const event of start()) {
      if (event.type !== "toolcall_delta") continue;
      const call = callOf(event) as ToolCall;
      const spread = { ...call };
      later.push(spread);
      expect(Object.getOwnPropertyDescriptor(spread, "arguments")).toHaveProperty("value");
      expect(JSON.parse(JSON.stringify(call)).arguments).toEqual(spread.arguments);
      expect(Object.assign({}, call).arguments).toEqual(spread.arguments);
      expect(Object.fromEntries(Object.entries(call)).arguments).toEqual(spread.arguments);
      expect(Object.keys(call)).toContain("arguments");
      expect("arguments" in call && Object.hasOwn(call, "arguments")).toBe(true);
      states.push(structuredClone(spread.arguments));
    }
    expect(states).toEqual([
      { city: "Pa" },
      { city: "Par" },
      { city: "Paris", days: [1] },
      { city: "Paris", days: [1, 2] },
    ]);
    // Copies taken on the way stay as they were.
    expect(later.map((copy) => copy.arguments)).toEqual(states);
  });

  it("gives a host that spoils what it reads the whole arguments still", async () => {
    const seen: unknown[] = [];
    const turn = start();
    for await (const event of turn) {
      if (event.type !== "toolcall_delta") continue;
      const call = callOf(event) as ToolCall;
      seen.push(structuredClone(call.arguments));
      call.arguments.city = 7;
      delete call.arguments.days;
      call.arguments.extra = {};
      // Between two pieces, it is one object.
      expect(call.arguments).toEqual({ city: 7, extra: {} });
      expect(call.arguments).toBe(call.arguments);
    }
    expect(seen).toEqual([
      { city: "Pa" },
      { city: "Par" },
      { city: "Paris", days: [1] },
      { city: "Paris", days: [1, 2] },
    ]);
    expect((await turn.result()).content[0]).toMatchObject({
      arguments: { city: "Paris", days: [1, 2] },
    });
  });

  it("has no getters, functions or hidden keys left at the end", async () => {
    const message = await start().result();
    const look = (value: unknown): void => {
      expect(typeof value).not.toBe("function");
      if (typeof value !== "object" || value === null) return;
      expect([Object.prototype, Array.prototype]).toContain(Object.getPrototypeOf(value));
      for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
        if (Array.isArray(value) && name === "length") continue;
        expect(property).toMatchObject({ writable: true, enumerable: true, configurable: true });
        look(property.value);
      }
      expect(Object.getOwnPropertySymbols(value)).toEqual([]);
    };
    look(message);
  });

  it("can be sent back as part of the conversation, and is not changed by it", async () => {
    const message = await start().result();
    const before = structuredClone(message);
    const { messages } = saying("hi");
    const again = [...messages, message, ...messages];
    await completeSimple(model as Model<"anthropic-messages">, { messages: again }, key);
    expect(message).toEqual(before);
    expect(again[1]).toBe(message);
    expect(provider.received[1]?.body).toContain("toolu_1");
  });
});

it("a message is at most one piece ahead of the events, though all came at once", async () => {
  const pieces = Array.from({ length: 20 }, (_, at) => `${at},`);
  provider.scripts = [
    sse(
      chat.chunk({ reasoning_content: "hm" }) +
        pieces.map((content) => chat.chunk({ content })).join("") +
        chat.end(),
    ),
  ];
  const ahead: number[] = [];
  let taken = 0;
  for await (const event of streamSimple(gpt, saying("hi"), key)) {
    if (event.type !== "text_delta") continue;
    expect(event.delta).toBe(pieces[taken++]);
    const { text } = event.partial.content[1] as { text: string };
    ahead.push(text.split(",").length - 1 - taken);
  }
  expect(taken).toBe(20);
  expect(Math.min(...ahead)).toBe(0);
  expect(Math.max(...ahead)).toBeLessThanOrEqual(1);
});

describe("the classes", () => {
  it("can be extended with what ends a stream and what comes of it", async () => {
    class Numbers extends EventStream<number, string> {
      constructor() {
        super(
          (event) => event === 0,
          (event) => `ended with ${event}`,
        );
      }
    }
    const numbers = new Numbers();
    queueMicrotask(() => {
      for (const number of [3, 2, 1, 0, 9]) numbers.push(number);
    });
    const seen: number[] = [];
    for await (const number of numbers) seen.push(number);
    expect(seen).toEqual([3, 2, 1, 0]);
    expect(await numbers.result()).toBe("ended with 0");
    expect(numbers).toBeInstanceOf(EventStream);
  });

  it("can have their methods overridden, also for streams of the package", async () => {
    const pushed: string[] = [];
    const { push } = EventStream.prototype;
    EventStream.prototype.push = function (event) {
      pushed.push(event.type);
      push.call(this, event);
    };
    try {
      provider.scripts = [sse(anthropic.answer("a"))];
      await complete(claude, saying("hi"), key);
    } finally {
      EventStream.prototype.push = push;
    }
    expect(pushed).toEqual(["start", "text_start", "text_delta", "text_end", "done"]);
  });
});

describe("the registry", () => {
  afterEach(resetApiProviders);

  const message = { role: "assistant", content: [], stopReason: "stop" } as unknown as AssistantMessage;
  const answering = () => {
    const turn = createAssistantMessageEventStream();
    queueMicrotask(() => turn.push({ type: "done", reason: "stop", message }));
    return turn;
  };
  const own = { ...claude, api: "own", compat: undefined };

  it("gives the same functions at every look", () => {
    for (const api of ["anthropic-messages", "openai-completions"]) {
      const found = getApiProvider(api);
      expect(found).toBeDefined();
      expect(getApiProvider(api)).toBe(found);
      expect(getApiProvider(api)?.streamSimple).toBe(found?.streamSimple);
      expect(getApiProviders()).toContain(found);
    }
  });

  it("is the same for those who import the package anew, as are the functions", async () => {
    const again = await import("argent-runtime/pi-ai");
    expect(again.streamSimple).toBe(streamSimple);
    expect(again.AssistantMessageEventStream).toBe(AssistantMessageEventStream);
    expect(again.getApiProvider("anthropic-messages")).toBe(getApiProvider("anthropic-messages"));
    expect(Object.keys({ ...again })).toContain("streamSimple");
  });

  it("lets the host's own providers answer", async () => {
    registerApiProvider({ api: "own", stream: answering, streamSimple: answering });
    expect(await complete(own, saying("hi"))).toBe(message);
    expect(await completeSimple(own, saying("hi"))).toBe(message);
    expect(provider.received).toHaveLength(0);
  });

  it("lets the host's own providers stand in for the package's", async () => {
    registerApiProvider({ api: "anthropic-messages", stream: answering, streamSimple: answering }, "mine");
    expect(await complete(claude, saying("hi"), key)).toBe(message);
    expect(provider.received).toHaveLength(0);
  });

  it("hands the host's model, context and options through as they are", async () => {
    const symbol = Symbol.for("host");
    const model = { ...own, [symbol]: 1, extra: () => {} };
    const context = saying("hi");
    const options = { signal: new AbortController().signal, beforeToolCall: () => {} };
    const calls: unknown[][] = [];
    const noting = (...call: unknown[]) => {
      calls.push(call);
      return answering();
    };
    registerApiProvider({ api: "own", stream: noting, streamSimple: noting });
    await complete(model, context, options);
    await completeSimple(model, context, options);
    expect(calls).toHaveLength(2);
    for (const call of calls) {
      expect(call[0]).toBe(model);
      expect(call[1]).toBe(context);
      expect(call[2]).toBe(options);
    }
  });

  it("ignores what hosts keep in models, contexts and options for the package's own", async () => {
    provider.scripts = [sse(anthropic.answer("ok"))];
    const circle: Record<string, unknown> = { big: 1n, call() {} };
    circle.self = circle;
    const hostile = { ...circle, [Symbol("host")]: circle, circle };
    const answer = await completeSimple(
      { ...claude, ...hostile } as never,
      { ...saying("hi"), ...hostile } as never,
      { ...key, ...hostile, convertToLlm: () => {}, agent: circle } as never,
    );
    expect(answer).toMatchObject({ stopReason: "stop", content: [{ type: "text", text: "ok" }] });
  });

  it("forgets a host's source, and only that", () => {
    registerApiProvider({ api: "own", stream: answering, streamSimple: answering }, "mine");
    registerApiProvider({ api: "others", stream: answering, streamSimple: answering }, "others");
    unregisterApiProviders("mine");
    expect(() => streamSimple(own, saying("hi"))).toThrow("No API provider registered for api: own");
    expect(getApiProvider("others")).toBeDefined();
    expect(getApiProvider("anthropic-messages")).toBeDefined();
  });

  it("when reset forgets the host's and has the package's own again", async () => {
    registerApiProvider({ api: "own", stream: answering, streamSimple: answering });
    registerApiProvider({ api: "anthropic-messages", stream: answering, streamSimple: answering });
    resetApiProviders();
    expect(getApiProvider("own")).toBeUndefined();
    expect(() => stream(own, saying("hi"))).toThrow("No API provider registered for api: own");
    provider.scripts = [sse(anthropic.answer("ok"))];
    expect((await complete(claude, saying("hi"), key)).content).toEqual([{ type: "text", text: "ok" }]);
    const apis = getApiProviders().map(({ api }) => api);
    expect(new Set(apis).size).toBe(apis.length);
  });
});
