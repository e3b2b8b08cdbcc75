// A model, tools and a host that behave badly by a seed, on simulated time, for tests of whatever runs on the loop.

import type { Agent } from "../pi-agent-core/agent.js";
import type { AgentTool, AgentToolResult, StreamFn } from "../pi-agent-core/types.js";
import { emptyMessage } from "../pi-ai/assembler.js";
import { AssistantMessageEventStream } from "../pi-ai/event-stream.js";
import type { Api, AssistantMessage, Context, Model, ToolCall } from "../pi-ai/types.js";
import { SimulatedClock } from "./clock.js";
import { Random } from "./random.js";

/** How often what goes wrong, as shares of 1. */
export interface SimulationFaults {
  /** Requests that fail: by a throw, by an error event, in the middle, or by ending without a last event. Default 0.1. */
  request?: number;
  /** Calls of tools that do not exist, or with arguments that are not valid. Default 0.1. */
  call?: number;
  /** Tool runs that throw. Default 0.15. */
  tool?: number;
  /** Requests and tools that neither end by themselves nor heed an abort. Default 0. */
  deaf?: number;
}

/** A run's surroundings. Everything follows from the seed. */
export class Simulation {
  readonly random: Random;
  readonly clock = new SimulatedClock();
  /** Answers with texts and calls of the tools on offer, piece by piece, each time after a while. */
  readonly streamFn: StreamFn;
  private readonly faults: Required<SimulationFaults>;
  private calls = 0;

  constructor(seed: number, faults: SimulationFaults = {}) {
    this.random = new Random(seed);
    this.faults = { request: 0.1, call: 0.1, tool: 0.15, deaf: 0, ...faults };
    this.streamFn = (model, context, options) => this.answer(model, context, options?.signal);
  }

  /** Waits for work on simulated time; see {@link SimulatedClock.run}. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.clock.run(work);
  }

  /** A tool that takes a while, tells of its progress, and sometimes fails. */
  tool(name: string): AgentTool {
    const { random, clock } = this;
    const parameters = { type: "object", properties: { n: { type: "number" } }, required: ["n"] };
    return {
      name,
      label: name,
      description: `Does ${name}`,
      parameters: parameters as AgentTool["parameters"],
      ...(random.chance(0.2) && { executionMode: random.pick(["sequential", "parallel"]) }),
      execute: async (_id, _args, signal, onUpdate) => {
        if (random.chance(this.faults.deaf)) await new Promise(() => {});
        for (let left = random.between(0, 2); left > 0; left--) {
          await clock.sleep(random.between(0, 50), random.chance(0.8) ? signal : undefined);
          onUpdate?.(this.result(`${left} to go`));
        }
        if (random.chance(this.faults.tool)) throw new Error(`${name} failed`);
        return { ...this.result(name), ...(random.chance(0.1) && { terminate: true }) };
      },
    };
  }

  /** Interferes with an agent for a while: steers it, queues messages, aborts it. Gives what it queued, as it does. */
  disturb(agent: Agent, times: number, within = 500): string[] {
    const queued: string[] = [];
    for (let time = 0; time < times; time++) {
      this.clock.after(this.random.between(0, within), () => {
        const content = `message ${time} at ${this.clock.now}`;
        const message = { role: "user" as const, content, timestamp: this.clock.now };
        const what = this.random.pick(["steer", "steer", "followUp", "abort"]);
        if (what === "abort") return agent.abort();
        queued.push(content);
        if (what === "steer") agent.steer(message);
        else agent.followUp(message);
      });
    }
    return queued;
  }

  private result(text: string): AgentToolResult<unknown> {
    return { content: [{ type: "text", text }], details: {} };
  }

  private answer(model: Model<Api>, context: Context, signal: AbortSignal | undefined): ReturnType<StreamFn> {
    const { random } = this;
    const fault = random.chance(this.faults.request)
      ? random.pick(["throws", "rejects", "error", "middle", "cut"])
      : undefined;
    if (fault === "throws") throw new Error("The request was refused");
    if (fault === "rejects") return Promise.reject(new Error("The request was lost"));
    const stream = new AssistantMessageEventStream();
    void this.play(stream, emptyMessage(model), context, fault, signal);
    return random.chance(0.5) ? stream : this.clock.sleep(random.between(0, 20)).then(() => stream);
  }

  /** Never rejects. */
  private async play(
    stream: AssistantMessageEventStream,
    message: AssistantMessage,
    context: Context,
    fault: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { random } = this;
    const content = this.content(context);
    try {
      if (random.chance(this.faults.deaf)) return;
      await this.clock.sleep(random.between(0, 100), signal);
      if (fault === "error") throw new Error("The provider is overloaded");
      stream.push({ type: "start", partial: message });
      for (const [contentIndex, block] of content.entries()) {
        message.content.push(block);
        if (fault === "middle" && random.chance(0.5)) throw new Error("The connection was lost");
        if (block.type === "text") {
          stream.push({ type: "text_start", contentIndex, partial: message });
          await this.clock.sleep(random.between(0, 30), signal);
          stream.push({ type: "text_delta", contentIndex, delta: block.text, partial: message });
        } else if (block.type === "toolCall") {
          stream.push({ type: "toolcall_start", contentIndex, partial: message });
          await this.clock.sleep(random.between(0, 30), signal);
          stream.push({ type: "toolcall_end", contentIndex, toolCall: block, partial: message });
        }
      }
      const called = content.some(({ type }) => type === "toolCall");
      message.stopReason = called ? "toolUse" : random.pick(["stop", "stop", "length"]);
      if (fault === "cut") stream.end(message);
      else stream.push({ type: "done", reason: called ? "toolUse" : "stop", message });
    } catch (error) {
      const reason = signal?.aborted ? "aborted" : "error";
      message.stopReason = reason;
      message.errorMessage = error instanceof Error ? error.message : String(error);
      stream.push({ type: "error", reason, error: message });
    }
  }

  private content({ tools = [] }: Context): AssistantMessage["content"] {
    const { random } = this;
    return Array.from({ length: random.between(0, 4) }, () => {
      if (tools.length === 0 || random.chance(0.4)) return { type: "text" as const, text: "some words" };
      const wrong = random.chance(this.faults.call) ? random.pick(["name", "arguments"]) : undefined;
      return {
        type: "toolCall",
        id: `call-${this.calls++}`,
        name: wrong === "name" ? "nothing" : random.pick(tools).name,
        arguments: { n: wrong === "arguments" ? "many" : random.between(0, 9) },
      } satisfies ToolCall;
    });
  }
}
