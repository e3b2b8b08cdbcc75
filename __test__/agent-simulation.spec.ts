// Agents among models, tools and hosts that misbehave at random. `SIMULATIONS` sets how many.

import { getEventListeners } from "node:events";
import { Agent, type AgentContext, type AgentMessage, agentLoop } from "argent-runtime/pi-agent-core";
import { Simulation, transcriptFaults } from "argent-runtime/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anthropicModel } from "./support/models.js";

const COUNT = Number(process.env.SIMULATIONS ?? 500);
const model = anthropicModel("http://localhost:0");
const convertToLlm = (messages: AgentMessage[]) => messages as never;

const unhandled: unknown[] = [];
const note = (error: unknown) => unhandled.push(error);
beforeAll(() => void process.on("unhandledRejection", note));
afterAll(() => void process.off("unhandledRejection", note));

/** What is wrong after the life of one agent. */
async function liveAgent(seed: number): Promise<string[]> {
  const deaf = seed % 5 === 0;
  const simulation = new Simulation(seed, deaf ? { deaf: 0.1 } : {});
  const { random, clock } = simulation;
  const faulty = (share: number, what: string) => async () => {
    await clock.sleep(random.between(0, 5));
    if (random.chance(share)) throw new Error(`${what} failed`);
  };
  const listenersThrow = random.chance(0.2);
  const tools = ["read", "write", "search"].map((name) => simulation.tool(name));
  const guards = {
    ...(deaf && { maxWallMs: 5_000, abortGraceMs: 100 }),
    ...(random.chance(0.2) && { maxTurns: random.between(1, 4) }),
    ...(random.chance(0.2) && { maxToolCalls: random.between(0, 6) }),
    ...(random.chance(0.1) && { maxIdenticalCalls: 1, maxPingPong: 1 }),
  };
  /** Those of the agent, and those that the model and the tools see. */
  const signals = new Set<AbortSignal>();
  const agent = new Agent({
    initialState: { model, tools, systemPrompt: "system" },
    streamFn: (asked, context, options) => {
      if (options?.signal) signals.add(options.signal);
      return simulation.streamFn(asked, context, options);
    },
    steeringMode: random.pick(["all", "one-at-a-time"]),
    followUpMode: random.pick(["all", "one-at-a-time"]),
    toolExecution: random.pick(["parallel", "sequential"]),
    guards,
    ...(random.chance(0.3) && { beforeToolCall: faulty(0.2, "hook") as never }),
    ...(random.chance(0.3) && { afterToolCall: faulty(0.2, "hook") as never }),
    ...(random.chance(0.2) && {
      transformContext: async (messages: AgentMessage[]) => {
        await faulty(0.1, "transform")();
        return messages;
      },
    }),
  });
  let listenerThrew = false;
  let waiting = false;
  agent.subscribe(async (event, signal) => {
    signals.add(signal);
    if (event.type === "agent_end") waiting = agent.hasQueuedMessages();
    if (random.chance(0.1)) await clock.sleep(random.between(0, 20));
    if (!listenersThrow || event.type === "agent_end" || random.chance(0.97)) return;
    listenerThrew = true;
    throw new Error("listener failed");
  });

  const faults: string[] = [];
  for (let run = 0; run < 3; run++) {
    listenerThrew = false;
    const before = agent.state.messages.length;
    const queued = simulation.disturb(agent, random.between(0, 4));
    const goesOn = run > 0 && random.chance(0.4);
    await simulation
      .run(() => (goesOn ? agent.continue() : agent.prompt(`prompt ${run}`)))
      .catch((error) => {
        if (!/^Cannot continue/.test(error.message)) faults.push(`run ${run}: ${error.message}`);
      });
    const { state } = agent;
    faults.push(...transcriptFaults(state.messages));
    if (state.isStreaming || state.streamingMessage || state.pendingToolCalls.size > 0 || agent.signal)
      faults.push(`run ${run} left a state behind`);
    // What waits still must be there for a reason, and to be found.
    const reported = state.errorMessage !== undefined || state.stop !== undefined;
    const reachedTurns =
      state.messages.slice(before).filter(({ role }) => role === "assistant").length === guards.maxTurns;
    if (waiting && !reported && !reachedTurns) faults.push(`run ${run} left messages queued without a word`);
    if (!listenerThrew) {
      const text = JSON.stringify([state.messages, agent]);
      for (const content of queued) if (!text.includes(content)) faults.push(`"${content}" is lost`);
    }
    // An answer that nobody waits for any more comes to its end too.
    await simulation.run(() => clock.sleep(10_000));
    for (const signal of signals)
      if (getEventListeners(signal, "abort").length > 0) faults.push(`run ${run} left a listener behind`);
  }
  return faults;
}

/** What is wrong after some runs of the bare loop under one signal. */
async function runLoops(seed: number): Promise<string[]> {
  const simulation = new Simulation(seed);
  const { random, clock } = simulation;
  const context: AgentContext = {
    systemPrompt: "",
    messages: [],
    tools: [simulation.tool("read"), simulation.tool("write")],
  };
  const faults: string[] = [];
  const host = new AbortController();
  if (random.chance(0.5)) clock.after(random.between(0, 500), () => host.abort());
  for (let run = 0; run < 3; run++) {
    const config = {
      model,
      convertToLlm: async (messages: AgentMessage[]) => {
        if (random.chance(0.05)) throw new Error("conversion failed");
        return convertToLlm(messages);
      },
      ...(random.chance(0.5) && { guards: { maxWallMs: random.between(10, 1_000) } }),
    };
    const prompt = { role: "user" as const, content: `prompt ${run}`, timestamp: 0 };
    const ends: string[] = [];
    const messages = await simulation.run(async () => {
      const events = agentLoop([prompt], context, config, host.signal, simulation.streamFn);
      for await (const { type } of events) if (type === "agent_end") ends.push(type);
      return events.result();
    });
    faults.push(...transcriptFaults(messages));
    if (ends.length !== 1) faults.push(`run ${run} ended ${ends.length} times`);
    if (messages[0] !== prompt) faults.push(`run ${run} lost its prompt`);
    await simulation.run(() => clock.sleep(10_000));
    if (getEventListeners(host.signal, "abort").length > 0) faults.push(`run ${run} left a listener behind`);
    context.messages.push(...messages);
  }
  return faults;
}

async function faultsOf(live: (seed: number) => Promise<string[]>): Promise<string[]> {
  const faults: string[] = [];
  for (let seed = 1; seed <= COUNT; seed++) {
    for (const fault of await live(seed)) faults.push(`seed ${seed}: ${fault}`);
    if (unhandled.length > 0) faults.push(`seed ${seed}: nobody handled ${unhandled.splice(0).join()}`);
  }
  return faults;
}

describe("whatever happens to a run", () => {
  const patience = 60_000 + COUNT * 50;

  it(
    "an agent has a result for every call, loses no message, leaves nothing behind and ends",
    async () => expect(await faultsOf(liveAgent)).toEqual([]),
    patience,
  );

  it(
    "the bare loop has a result for every call, leaves nothing behind and ends once",
    async () => expect(await faultsOf(runLoops)).toEqual([]),
    patience,
  );

  it("is the same for the same seed", async () => {
    const events = async () => {
      const simulation = new Simulation(7, { request: 0.3 });
      const agent = new Agent({
        initialState: { model, tools: [simulation.tool("read")] },
        streamFn: simulation.streamFn,
      });
      const seen: string[] = [];
      agent.subscribe((event) => void seen.push(`${simulation.clock.now} ${JSON.stringify(event)}`));
      simulation.disturb(agent, 5);
      await simulation.run(() => agent.prompt("hello"));
      return seen;
    };
    const first = await events();
    expect(first.length).toBeGreaterThan(5);
    expect(await events()).toEqual(first);
  });
});

describe("the simulation", () => {
  it("tells a run that can never end", async () => {
    const simulation = new Simulation(1, { deaf: 1 });
    const agent = new Agent({ initialState: { model }, streamFn: simulation.streamFn });
    await expect(simulation.run(() => agent.prompt("hello"))).rejects.toThrow(
      "The work waits for what can never happen",
    );
  });

  it("finds calls and results that do not match", () => {
    const call = (id: string) => ({ type: "toolCall" as const, id, name: "read", arguments: {} });
    const said = { api: "a", provider: "p", model: "m", usage: {} as never, timestamp: 0 };
    const answer = (...ids: string[]) =>
      ({ role: "assistant", content: ids.map(call), stopReason: "toolUse", ...said }) as AgentMessage;
    const result = (toolCallId: string) => ({ role: "toolResult", toolCallId }) as AgentMessage;
    expect(transcriptFaults([answer("a"), result("a")])).toEqual([]);
    expect(transcriptFaults([answer("a"), result("a"), result("a")])).toEqual(["result a has no open call"]);
    expect(transcriptFaults([answer("a", "b"), result("b")])).toEqual(["call a has no result"]);
  });
});
