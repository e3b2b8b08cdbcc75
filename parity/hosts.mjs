import { paced } from "./framing.mjs";
import { simpleModel } from "./models.mjs";
import { answer, streamType } from "./streams.mjs";
import { WIRES } from "./wires/index.mjs";

/** What hosts do with a stream besides reading it: patch it, write into it, read it oddly, stand before fetch. */

export function hostSections() {
  const cases = [...WIRES.values()].flatMap(({ api, call, frames }) =>
    Object.entries(rows).map(([name, host]) => ({
      name: `${api}: ${name}`,
      patient: true,
      // The others put something in the place of the process's own.
      waits: !name.startsWith("fetch"),
      make: ({ base, pause }) => ({
        call: "stream",
        model: simpleModel(base, api),
        context: { messages: [{ role: "user", content: "hi", timestamp: 0 }] },
        options: { apiKey: "sk-test" },
        tags: new Set([name]),
        host,
        responses: [{ headers: streamType(api), steps: paced(frames(call), pause) }],
      }),
    })),
  );
  return [{ name: "hosts", cases }];
}

/** Reads to the end; `see` may return something to keep. */
async function read(stream, see = (event) => event.type) {
  const kept = [];
  for await (const event of stream) kept.push(see(event));
  return kept;
}

const at = (wanted, act) => (event) => {
  if (event.type === wanted) act(event);
  return event.type;
};

const rows = {
  "result before iteration": async ({ call }) => {
    const stream = call();
    return [await stream.result(), await read(stream)];
  },
  "iteration stopped at the first delta": async ({ call }) => {
    const stream = call();
    for await (const event of stream) if (event.type === "text_delta") break;
    return [await stream.result(), await read(stream)];
  },
  "two readers": async ({ call }) => {
    const stream = call();
    return Promise.all([read(stream), read(stream)]);
  },
  "the stream itself": async ({ api, call }) => {
    const stream = call();
    const result = stream.result();
    const facts = [
      stream.constructor.name,
      stream instanceof (api.AssistantMessageEventStream ?? Object),
      Object.keys(stream).sort(),
      typeof result.then,
      result === stream.result(),
      stream[Symbol.asyncIterator]()[Symbol.toStringTag],
    ];
    await stream.result();
    return facts;
  },
  "behind a proxy": async ({ call }) => {
    const stream = new Proxy(call(), {
      get: (target, key) => bound(target, Reflect.get(target, key, target)),
    });
    return [await read(stream), await stream.result()];
  },
  "push patched": async ({ call }) => {
    const stream = call();
    const pushed = [];
    const push = stream.push.bind(stream);
    stream.push = (event) => {
      pushed.push(event.type);
      if (event.type !== "text_end") push(event);
    };
    return [await read(stream), pushed];
  },
  "result patched": async ({ call }) => {
    const stream = call();
    const result = stream.result.bind(stream);
    stream.result = async () => ({ ...(await result()), patched: true });
    return [await read(stream), await stream.result()];
  },
  "ended by the host": async ({ call }) => {
    const stream = call();
    const types = [];
    for await (const event of stream) {
      types.push(event.type);
      if (event.type === "text_delta") stream.end({ role: "assistant", content: "by the host" });
    }
    return [types, await stream.result()];
  },
  "a terminal event pushed by the host": async ({ call }) => {
    const stream = call();
    const types = [];
    for await (const event of stream) {
      types.push(event.type);
      if (event.type === "text_start") stream.push({ type: "done", reason: "stop", message: { mine: true } });
    }
    return [types, await stream.result()];
  },
  "a key added to partial": async ({ call }) => {
    const stream = call();
    await read(
      stream,
      at("start", ({ partial }) => Object.assign(partial, { extra: 1, model: "renamed" })),
    );
    return stream.result();
  },
  "text of partial rewritten": async ({ call }) => {
    const stream = call();
    let count = 0;
    const ends = await read(stream, (event) => {
      if (event.type === "text_delta" && count++ === 0) event.partial.content[0].text = "[rewritten] ";
      return [event.type, event.content];
    });
    return [ends, await stream.result()];
  },
  "arguments of partial rewritten": async ({ call }) => {
    const stream = call();
    await read(
      stream,
      at("toolcall_delta", ({ partial }) =>
        Object.assign(partial.content[1], { arguments: { x: 1 }, name: "renamed" }),
      ),
    );
    return stream.result();
  },
  "arguments rewritten at the end": async ({ call }) => {
    const stream = call();
    await read(
      stream,
      at("toolcall_end", ({ toolCall }) => Object.assign(toolCall.arguments, { added: true })),
    );
    return stream.result();
  },
  "blocks copied while streaming": async ({ call }) =>
    read(call(), (event) => {
      const block = event.partial?.content[event.contentIndex];
      return [event.type, { ...block }, JSON.stringify(block), block && structuredClone({ ...block })];
    }),
  "own keys of a block": async ({ call }) =>
    read(call(), (event) => {
      const block = event.partial?.content[event.contentIndex];
      return [
        event.type,
        block && Object.keys(block),
        block && "arguments" in block,
        block && Object.isFrozen(block),
      ];
    }),
  "content replaced": async ({ call }) => {
    const stream = call();
    const message = await stream.result();
    message.content = message.content.filter((block) => block.type === "text");
    const events = await read(stream, (event) => event.message ?? event.type);
    return [events.at(-1) === message, events.at(-1)];
  },
  "fetch replaced": async ({ call }) => {
    const { fetch } = globalThis;
    const asked = [];
    globalThis.fetch = async (url, init) => {
      asked.push([
        new URL(String(url)).pathname,
        init?.method,
        typeof init?.body,
        [...new Headers(init?.headers).keys()].sort(),
      ]);
      return fetch(url, init);
    };
    try {
      return [await read(call()), asked];
    } finally {
      globalThis.fetch = fetch;
    }
  },
  "fetch answered without a network": async ({ call, model }) => {
    const { fetch } = globalThis;
    globalThis.fetch = async () => new Response(answer(model.api), { headers: streamType(model.api) });
    try {
      return await call().result();
    } finally {
      globalThis.fetch = fetch;
    }
  },
  "fetch that rejects": async ({ call }) => {
    const { fetch } = globalThis;
    globalThis.fetch = () =>
      Promise.reject(new TypeError("fetch failed", { cause: new Error("ECONNREFUSED") }));
    try {
      return await call().result();
    } finally {
      globalThis.fetch = fetch;
    }
  },
  "onResponse throws": async ({ call }) => {
    const stream = call({ onResponse: () => Promise.reject(new Error("no thanks")) });
    return [await read(stream), await stream.result()];
  },
  "a client of the host": async ({ call, model }) => {
    const response = () => new Response(answer(model.api), { headers: streamType(model.api) });
    const seen = [];
    const create = (params) => {
      seen.push(Object.keys(params));
      return { asResponse: async () => response() };
    };
    return [await call({ client: { messages: { create } } }).result(), seen];
  },
  "signal aborted after the end": async ({ call }) => {
    const controller = new AbortController();
    const { signal } = controller;
    const message = await call({ signal }).result();
    controller.abort();
    return [message.stopReason, signal.onabort];
  },
};

const bound = (target, value) => (typeof value === "function" ? value.bind(target) : value);
