// Argent's loops on Pi's: a provider answers in place of a stream function, calls go to the host's tools, and everything
// is told in Argent's events, in the order in which it happens.

import { piMessageToArgentResponse } from "../argent-ai/responses.js";
import { translated } from "../argent-ai/translated.js";
import type { ModelConfig, ProviderLike, StreamEvent, TurnMessage } from "../argent-ai/types.js";
import { runAgentLoop } from "../pi-agent-core/agent-loop.js";
import type { AgentMessage } from "../pi-agent-core/messages.js";
import type { AgentTool, AgentEvent as CoreEvent, StreamFn } from "../pi-agent-core/types.js";
import type { AssistantMessage, ToolCall } from "../pi-ai/types.js";
import { Channel } from "./channel.js";
import type { LoopV2Event } from "./events.js";
import { type LoopMessage, modelOf, toRequest, toTranscript } from "./history.js";
import type { ToolFollowUp, ToolResult } from "./tool-execution.js";
import type { ToolDef } from "./tool-registry.js";

/** What a loop runs on. */
export interface TurnsConfig {
  provider: ProviderLike;
  model: ModelConfig;
  systemPrompt: string;
  messages: LoopMessage[];
  /** Answers at most. */
  maxIterations: number;
  signal?: AbortSignal;
  /** Asked before each answer. */
  getSteeringMessages?: () => Pick<TurnMessage, "role" | "content">[];
  /** The tools; without them the first answer is the last. */
  tools?: TurnTools;
}

/** How calls are run. */
export interface TurnTools {
  defs(): ToolDef[];
  run(toolCall: ToolCall, iteration: number, signal: AbortSignal): Promise<ToolResult>;
  parallel: boolean;
}

/** Any arguments will do: the tools check their own. */
const ANYTHING = {} as AgentTool["parameters"];

/**
 * The events of a loop, ending with `loop_end`; the value is what was added to the messages. To stop reading is to stop
 * the loop.
 */
export async function* turns(config: TurnsConfig): AsyncGenerator<LoopV2Event, LoopMessage[]> {
  const loop = new Turns(config);
  const { signal } = config;
  const onAbort = () => loop.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  try {
    return yield* loop.events();
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

class Turns {
  private readonly channel = new Channel<LoopV2Event>();
  private readonly stop = new AbortController();
  /** Filled with those that an answer calls; the loop looks them up by name. */
  private readonly tools: AgentTool[] = [];
  private readonly results = new Map<string, ToolResult>();
  private iteration = 0;
  private stopReason = "unknown";
  /** Whether the provider told the end of the current answer itself. */
  private ended = false;
  private injected = 0;
  private followUps: ToolFollowUp[] = [];
  private batch: { left: number; parallel: boolean; calls: ToolCall[] } | undefined;

  constructor(private readonly config: TurnsConfig) {}

  abort(reason: unknown): void {
    this.stop.abort(reason);
  }

  async *events(): AsyncGenerator<LoopV2Event, LoopMessage[]> {
    if (this.stop.signal.aborted) {
      yield this.aborted();
      yield { type: "loop_end", iterations: 0, stopReason: "aborted" };
      return [];
    }
    const { channel } = this;
    const added = this.run().then(
      (messages) => {
        channel.end();
        return messages;
      },
      async (error) => {
        await this.end("error");
        channel.fail(error);
        return [];
      },
    );
    yield* channel.read(() => this.stop.abort());
    return toRequest((await added) as never);
  }

  private async run(): Promise<AgentMessage[]> {
    const { config } = this;
    const model = modelOf(config.provider, config.model);
    const history = toTranscript(config.messages, model);
    return runAgentLoop(
      [],
      { systemPrompt: config.systemPrompt, messages: history, tools: this.tools },
      {
        model,
        convertToLlm: (transcript) => transcript as never,
        toolExecution: config.tools?.parallel ? "parallel" : "sequential",
        guards: { maxTurns: config.maxIterations },
        getSteeringMessages: async () => this.queued(),
        shouldStopAfterTurn: ({ toolResults }) =>
          toolResults.length === 0 || !config.tools || this.stop.signal.aborted,
        afterToolCall: async ({ result }) => ({ isError: (result.details as ToolResult).isError }),
      },
      (event) => this.tell(event),
      this.stop.signal,
      this.answer,
    );
  }

  /** What goes in before the next answer: what the host has to say, and what results ask for. */
  private queued(): AgentMessage[] {
    const steering = this.config.getSteeringMessages?.() ?? [];
    const asked = this.followUps.splice(0).flatMap(({ type, message, confirmationPrompt }) => {
      if (type === "inject_message" && message) return message;
      if (type === "request_confirmation" && confirmationPrompt)
        return `[CONFIRMATION REQUIRED] ${confirmationPrompt}`;
      return [];
    });
    this.injected = steering.length;
    const messages = [...steering, ...asked.map((content) => ({ role: "user" as const, content }))];
    return toTranscript(messages, modelOf(this.config.provider, this.config.model));
  }

  private readonly answer: StreamFn = (model, { messages }, options) => {
    const { provider, systemPrompt, model: wanted, tools } = this.config;
    const signal = options?.signal;
    this.ended = false;
    return translated(model, signal, () => {
      const defs = tools?.defs() ?? [];
      const request = {
        systemPrompt,
        messages: toRequest(messages),
        ...(defs.length > 0 && { tools: defs }),
        options: { signal },
      };
      return this.forwarded(provider.stream(request, wanted), signal);
    });
  };

  /** The provider's events, each told before it is acted upon. */
  private async *forwarded(
    events: AsyncIterable<StreamEvent>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<StreamEvent, void> {
    for await (const event of events) {
      if (signal?.aborted) return;
      if (event.type === "done" || event.type === "error") this.ended = true;
      await this.channel.send(event);
      yield event;
    }
  }

  private async tell(event: CoreEvent): Promise<void> {
    const { channel, batch } = this;
    switch (event.type) {
      case "turn_start":
        await channel.send({ type: "loop_start", iteration: ++this.iteration });
        break;
      case "message_end":
        if (event.message.role === "assistant") await this.answered(event.message);
        else if (event.message.role === "user") await this.added();
        break;
      case "tool_execution_start":
        if (batch)
          await channel.send({ type: "tool_start", toolCall: callOf(batch.calls, event.toolCallId) });
        break;
      case "tool_execution_end": {
        if (!batch) break;
        const toolCall = callOf(batch.calls, event.toolCallId);
        const result = this.resultOf(toolCall, event.result, event.isError);
        const { content, isError } = result;
        await channel.send({ type: "tool_end", toolCall, result: content, isError });
        if (--batch.left === 0) await this.endBatch(batch.calls);
        break;
      }
      case "agent_end":
        if (event.stop?.reason === "maxTurns") this.stopReason = "max_iterations";
        if (this.stop.signal.aborted) {
          this.stopReason = "aborted";
          await channel.send(this.aborted());
        }
        await this.end(this.stopReason);
    }
  }

  private end(stopReason: string): Promise<void> {
    return this.channel.send({ type: "loop_end", iterations: this.iteration, stopReason });
  }

  private async answered(message: AssistantMessage): Promise<void> {
    const response = piMessageToArgentResponse(message);
    this.stopReason = response.stopReason;
    if (!this.ended && message.stopReason !== "aborted")
      await this.channel.send({ type: "error", error: response });
    const { tools } = this.config;
    const sound = message.stopReason !== "error" && message.stopReason !== "aborted";
    const calls = sound ? message.content.filter((block) => block.type === "toolCall") : [];
    this.batch = undefined;
    if (!tools || calls.length === 0) return;
    for (const { name } of calls) if (!this.tools.some((tool) => tool.name === name)) this.offer(name, tools);
    const parallel = tools.parallel && calls.length > 1;
    this.batch = { left: calls.length, parallel, calls };
    await this.channel.send({ type: "tool_batch_start", count: calls.length, parallel });
  }

  private offer(name: string, tools: TurnTools): void {
    this.tools.push({
      name,
      label: name,
      description: "",
      parameters: ANYTHING,
      execute: async (id, args) => {
        const call = { ...callOf(this.batch?.calls ?? [], id), arguments: args as ToolCall["arguments"] };
        const result = await tools.run(call, this.iteration, this.stop.signal);
        this.results.set(id, result);
        return { content: [{ type: "text", text: result.content }], details: result };
      },
    });
  }

  /** What the tool gave, or what the loop says of a call that did not get so far. */
  private resultOf(
    { id }: ToolCall,
    { content }: { content: { type: string; text?: string }[] },
    isError: boolean,
  ): ToolResult {
    const known = this.results.get(id);
    if (known) return known;
    const result = { content: content.map(({ text }) => text ?? "").join(""), isError };
    this.results.set(id, result);
    return result;
  }

  private async endBatch(calls: ToolCall[]): Promise<void> {
    const results = calls.map(({ id }) => this.results.get(id) as ToolResult);
    this.results.clear();
    await this.channel.send({ type: "tool_batch_end", count: calls.length, results });
    for (const [place, { followUp }] of results.entries()) {
      if (!followUp) continue;
      this.followUps.push(followUp);
      const { id: toolCallId } = calls[place] as ToolCall;
      await this.channel.send({ type: "tool_followup", toolCallId, followUp });
    }
  }

  private async added(): Promise<void> {
    const count = this.injected;
    this.injected = 0;
    if (count > 0) await this.channel.send({ type: "steering_injected", count });
  }

  private aborted(): LoopV2Event {
    const { reason } = this.stop.signal;
    const text = reason instanceof Error ? reason.message : String(reason ?? "aborted");
    return { type: "loop_abort", reason: text, iteration: this.iteration };
  }
}

function callOf(calls: ToolCall[], id: string): ToolCall {
  return calls.find((call) => call.id === id) as ToolCall;
}
