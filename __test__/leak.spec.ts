// What some hundred turns leave behind: nothing.

import { describe, expect, it } from "vitest";
import { runChild } from "./support/child.js";
import { anthropicModel, saying } from "./support/models.js";
import { anthropic, sse, sseThenSilence, startProvider } from "./support/provider.js";

const provider = await startProvider();

const answer =
  anthropic.start +
  anthropic.open(0, { type: "tool_use", id: "toolu_1", name: "look", input: {} }) +
  anthropic.json(0, '{"city": "Par') +
  anthropic.json(0, 'is"}') +
  anthropic.stop(0) +
  anthropic.end("tool_use");

/** Answers with a tool call, breaks off or falls silent, as the prompt says. */
function scripts() {
  provider.scripts = [
    (response, { body }) => {
      if (body.includes("hang")) sseThenSilence(answer.slice(0, -200))(response);
      else if (body.includes("fail")) response.destroy();
      else sse(answer)(response);
    },
  ];
}

describe.each([
  ["native", "fetch: undefined"],
  ["fetch", "fetch: (...args) => fetch(...args)"],
])("hundreds of turns over %s", (_, transport) => {
  /** A program with `turn(prompt, options)`, which reads a turn to its end. */
  const program = (body: string) => `import { getEventListeners } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { stream } from "argent-runtime/pi-ai";
const model = ${JSON.stringify(anthropicModel(provider.url))};
const context = ${JSON.stringify(saying("hi"))};
const start = (prompt, options) => stream(
  model,
  { messages: [{ ...context.messages[0], content: prompt }] },
  { apiKey: "key", maxRetries: 0, ${transport}, ...options },
);
const turn = async (prompt, options) => {
  for await (const event of start(prompt, options)) options?.onEvent?.(event);
};
const many = async (count, step) => {
  for (let at = 0; at < count; at += 10) await Promise.all(Array.from({ length: 10 }, (_, by) => step(at + by)));
};
${body}`;

  const run = async (body: string) => {
    scripts();
    const { code, stdout, stderr } = await runChild(program(body), { flags: ["--expose-gc"] });
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout);
  };

  it("leave no listeners on a signal that they share", async () => {
    const found = await run(`const controller = new AbortController();
const { signal } = controller;
let during = 0;
const prompts = ["answer", "answer", "fail"];
await many(300, (at) => turn(prompts[at % 3], { signal, onEvent() {
  during = Math.max(during, getEventListeners(signal, "abort").length);
} }));
console.log(JSON.stringify([during > 0, getEventListeners(signal, "abort").length]));`);
    expect(found).toEqual([true, 0]);
  });

  it("leave nothing open", async () => {
    const found = await run(`const kinds = [];
const look = async () => {
  await pause(100);
  kinds.push(process.getActiveResourcesInfo().filter((kind) => kind !== "TCPSocketWrap").sort());
};
const step = (at) => {
  if (at % 5 === 3) return turn("fail");
  if (at % 5 < 3) return turn("answer");
  const controller = new AbortController();
  return turn("hang", { signal: controller.signal, onEvent: () => controller.abort() });
};
await many(50, step);
await look();
await many(300, step);
await look();
console.log(JSON.stringify(kinds));`);
    expect(found[1]).toEqual(found[0]);
    expect(found[1]).not.toContain("Timeout");
  });

  it("leave streams, messages and what the host handed in to the collector", async () => {
    const found = await run(`const kept = { streams: [], messages: [], partials: [], signals: [] };
const step = async (at) => {
  const controller = new AbortController();
  const options = { signal: controller.signal };
  kept.signals.push(new WeakRef(options.signal));
  const turn = start(["answer", "answer", "fail", "hang"][at % 4], options);
  kept.streams.push(new WeakRef(turn));
  for await (const event of turn) {
    if (event.type === "toolcall_delta") event.partial.content[0].arguments;
    if (event.type === "start") kept.partials.push(new WeakRef(event.partial));
    if (at % 4 === 3) controller.abort();
  }
  kept.messages.push(new WeakRef(await turn.result()));
};
await many(200, step);
for (let round = 0; round < 5; round++) {
  await pause(50);
  gc();
}
const alive = (refs) => refs.filter((ref) => ref.deref() !== undefined).length;
console.log(JSON.stringify(Object.entries(kept).map(([name, refs]) => [name, refs.length, alive(refs)])));`);
    for (const [name, made, alive] of found as [string, number, number][]) {
      expect(made, name).toBeGreaterThan(100);
      // The last few may still be in a register or a microtask's frame.
      expect(alive, name).toBeLessThan(12);
    }
  });
});
