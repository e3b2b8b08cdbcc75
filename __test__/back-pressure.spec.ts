// A consumer that falls behind: the provider is held up instead of the events piling up.

import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { type AssistantMessageEvent, type StreamOptions, stream } from "argent-runtime/pi-ai";
import { describe, expect, it } from "vitest";
import { flood, piece } from "./support/flood.js";
import { anthropicModel, saying } from "./support/models.js";
import { startProvider } from "./support/provider.js";

const provider = await startProvider();
const claude = anthropicModel(provider.url);

/** About 32 MB, several times what the sockets' own buffers and the package's take together. */
const TOTAL = 32_000;

const transports: [string, object][] = [
  ["native", {}],
  ["fetch", { fetch: (...args: Parameters<typeof fetch>) => fetch(...args) }],
];

describe.each(transports)("over %s", (_, transport) => {
  const start = (options: StreamOptions & { idleTimeoutMs?: number } = {}) =>
    stream(claude, saying("hi"), { apiKey: "key", ...transport, ...options });

  /** A turn whose consumer has taken the first event and then let everything come to a stop. */
  async function held(options?: Parameters<typeof start>[0]) {
    const answer = flood(TOTAL);
    provider.scripts = [answer.script];
    const turn = start(options);
    const events = turn[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ type: "start" });
    await answer.still();
    return { answer, turn, events };
  }

  async function rest(events: AsyncIterator<AssistantMessageEvent>) {
    const taken: AssistantMessageEvent[] = [];
    for (let step = await events.next(); !step.done; step = await events.next()) taken.push(step.value);
    return taken;
  }

  it("a consumer that stops reading stops the provider", async () => {
    const controller = new AbortController();
    const { answer, turn } = await held({ signal: controller.signal });
    expect(answer.written).toBeLessThan(TOTAL / 2);
    const waiting = (turn as unknown as { queue: { length: number } }).queue.length;
    expect(waiting).toBeGreaterThan(0);
    expect(waiting).toBeLessThan(TOTAL / 8);
    controller.abort();
  });

  it("a consumer that goes on gets everything, in order", async () => {
    const { answer, turn, events } = await held();
    expect(answer.written).toBeLessThan(TOTAL);
    const taken = await rest(events);
    const deltas = taken.flatMap((event) => (event.type === "text_delta" ? event.delta : []));
    expect(deltas).toHaveLength(TOTAL);
    expect(deltas.findIndex((delta, at) => delta !== piece(at))).toBe(-1);
    expect(taken.map(({ type }) => type).filter((type) => type !== "text_delta")).toEqual([
      "text_start",
      "text_end",
      "done",
    ]);
    expect((await turn.result()).content).toEqual([{ type: "text", text: deltas.join("") }]);
  });

  it("a consumer that stops again and again gets everything", async () => {
    const answer = flood(TOTAL);
    provider.scripts = [answer.script];
    const { signal } = new AbortController();
    let deltas = 0;
    let pauses = 0;
    for await (const event of start({ signal })) {
      if (event.type !== "text_delta") continue;
      if (++deltas % 8000 === 0) {
        pauses++;
        await answer.still();
      }
    }
    expect([deltas, pauses]).toEqual([TOTAL, 4]);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("a host that only wants the result gets all of it", async () => {
    provider.scripts = [flood(TOTAL).script];
    const message = await start().result();
    expect(message).toMatchObject({ stopReason: "stop", usage: { output: 5 } });
    expect((message.content[0] as { text: string }).text).toHaveLength(TOTAL * piece(0).length);
  });

  it("a host that wants the result after the first event gets all of it", async () => {
    provider.scripts = [flood(TOTAL).script];
    const turn = start();
    const { value } = await turn[Symbol.asyncIterator]().next();
    expect(value).toMatchObject({ type: "start" });
    const message = await turn.result();
    expect((message.content[0] as { text: string }).text).toHaveLength(TOTAL * piece(0).length);
  });

  it("a host that wants the result when everything has stopped gets all of it", async () => {
    const { turn } = await held();
    const message = await turn.result();
    expect((message.content[0] as { text: string }).text).toHaveLength(TOTAL * piece(0).length);
  }, 10_000);

  it("a host that breaks off reading gets the whole result", async () => {
    const answer = flood(TOTAL);
    provider.scripts = [answer.script];
    const turn = start();
    for await (const event of turn) if (event.type === "text_delta") break;
    await answer.still();
    expect(await turn.result()).toMatchObject({ stopReason: "stop" });
  }, 10_000);

  it("an abort while everything has stopped ends the turn and closes the connection", async () => {
    const controller = new AbortController();
    const { answer, turn, events } = await held({ signal: controller.signal });
    controller.abort();
    const message = await turn.result();
    expect(message).toMatchObject({ stopReason: "aborted", errorMessage: "This operation was aborted" });
    const taken = await rest(events);
    expect(taken.at(-1)).toMatchObject({ type: "error", reason: "aborted" });
    const deltas = taken.flatMap((event) => (event.type === "text_delta" ? event.delta : []));
    expect(message.content).toEqual([{ type: "text", text: deltas.join("") }]);
    await expect.poll(() => answer.closed).toBe(true);
    expect(answer.written).toBeLessThan(TOTAL);
  });

  it("a consumer that is slow is no provider that is silent", async () => {
    const { events } = await held({ idleTimeoutMs: 1_000 });
    await sleep(1_500);
    expect((await rest(events)).at(-1)).toMatchObject({ type: "done" });
  });
});
