// A whole episode of an agent: the loop, with what happens kept by a state manager, told on a bus, and learnt from.

import { randomUUID } from "node:crypto";
import type { ModelConfig, ProviderLike, TurnMessage, TurnResponse } from "../argent-ai/types.js";
import { textOf } from "../pi-agent-core/failure.js";
import { type AgentLifecycleEvent, type EventBus, NoopEventBus } from "./event-bus.js";
import type { LoopV2Event } from "./events.js";
import type { LoopMessage } from "./history.js";
import { agentLoopV2 } from "./loop.js";
import type { AgentSis, ChosenLesson, LessonContext, TurnEpisode } from "./sis.js";
import { InMemoryStateManager, type StateManager } from "./state-manager.js";
import type { ToolExecutor } from "./tool-executor.js";
import type { ToolRegistry } from "./tool-registry.js";

/** What an episode runs on. */
export interface CoreLoopConfig {
  agentId: string;
  sessionId: string;
  provider: ProviderLike;
  model: ModelConfig;
  systemPrompt: string;
  /** What the episode begins with. */
  messages?: LoopMessage[];
  toolExecutor?: ToolExecutor;
  tools?: ToolRegistry;
  /** Default: kept until the episode is over. */
  state?: StateManager;
  /** Default: nobody is told. */
  events?: EventBus;
  sis?: AgentSis & { defaultContext?: LessonContext };
  /** Default 10. */
  maxIterations?: number;
  signal?: AbortSignal;
  parallelTools?: boolean;
  getSteeringMessages?: () => Pick<TurnMessage, "role" | "content">[];
  preValence?: number;
}

/** What a core loop tells. */
export type CoreEvent =
  | LoopV2Event
  | { type: "core:episode_start"; episodeId: string; agentId: string }
  | { type: "core:sis_injection"; result: { injected: ChosenLesson[]; promptSection: string } }
  | { type: "core:turn_persisted"; turnId: string; iteration: number }
  | { type: "core:state_error"; error: string; operation: string }
  | { type: "core:episode_complete"; episodeId: string; turnCount: number; totalTokens: number }
  | { type: "core:event_error"; error: string; eventType: string };

type Published = AgentLifecycleEvent extends infer E
  ? E extends { sessionId: string }
    ? Omit<E, "agentId" | "sessionId" | "timestamp">
    : never
  : never;

/** Runs an episode. Whatever ends the loop, the episode is completed; what fails in keeping or telling is an event. */
export async function* coreLoop(config: CoreLoopConfig): AsyncGenerator<CoreEvent, LoopMessage[]> {
  const episode = new Episode(config);
  let added: LoopMessage[] = [];
  try {
    yield* episode.begin();
    const { systemPrompt, messages = [], ...rest } = config;
    const prompt = [systemPrompt, episode.promptSection].filter(Boolean).join("\n\n");
    const events = agentLoopV2({ ...rest, systemPrompt: prompt, messages });
    try {
      for (let next = await events.next(); ; next = await events.next()) {
        if (next.done) {
          added = next.value;
          break;
        }
        await episode.take(next.value);
        yield* episode.told();
        yield next.value;
      }
    } finally {
      await events.return([]);
    }
  } finally {
    // A generator that yields while it is closed stays open; a reader that broke off is told no more.
    await episode.end();
  }
  yield* episode.told();
  return added;
}

class Episode {
  promptSection = "";
  private readonly id = randomUUID();
  private readonly state: StateManager;
  private readonly bus: EventBus;
  private readonly started = performance.now();
  private readonly events: CoreEvent[] = [];
  private readonly calls: TurnEpisode["toolCalls"] = [];
  private readonly running = new Map<string, number>();
  private injected: ChosenLesson[] = [];
  private answer = "";
  private iteration = 0;
  private turnStarted = 0;
  private turnIsOpen = false;
  private outcome = "unknown";
  private readonly usage = {
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    totalTokens: 0,
  };

  constructor(private readonly config: CoreLoopConfig) {
    this.state = config.state ?? new InMemoryStateManager();
    this.bus = config.events ?? new NoopEventBus();
  }

  /** What is to be told since the last time. */
  *told(): Generator<CoreEvent, void> {
    yield* this.events.splice(0);
  }

  async *begin(): AsyncGenerator<CoreEvent, void> {
    const { agentId, sessionId, preValence } = this.config;
    const { id } = this;
    const type = "conversation";
    const valence = preValence !== undefined && { preValence };
    await this.keep("createEpisode", () =>
      this.state.createEpisode({
        id,
        sessionId,
        agentId,
        type,
        startedAt: new Date(),
        turnCount: 0,
        totalTokens: 0,
        ...valence,
      }),
    );
    await this.publish({ type: "agent:episode_start", episodeId: id, episodeType: type });
    yield* this.told();
    yield { type: "core:episode_start", episodeId: id, agentId };
    await this.chooseLessons();
    yield* this.told();
  }

  async take(event: LoopV2Event): Promise<void> {
    switch (event.type) {
      case "loop_start":
        return this.beginTurn(event.iteration);
      case "done":
        return this.endTurn(event.response);
      case "error":
        await this.endTurn(event.error);
        return this.publish({ type: "agent:error", error: event.error.errorMessage ?? "unknown" });
      case "tool_start":
        this.running.set(event.toolCall.id, performance.now());
        return undefined;
      case "tool_end":
        return this.endTool(event);
      case "loop_abort":
        return this.breakOffTurn();
      case "loop_end":
        this.outcome = event.stopReason;
    }
  }

  async end(): Promise<void> {
    const { id, config, iteration: turnCount, outcome, usage, injected } = this;
    const { sis, preValence } = config;
    const { totalTokens } = usage;
    const durationMs = performance.now() - this.started;
    if (sis && injected.length > 0 && preValence !== undefined)
      await this.keep("sis_recordInjections", () => sis.injector.recordInjections(injected, id, preValence));
    await this.keep("sis_recordEpisode", () => sis?.episodes?.recordEpisode(this.record(durationMs)));
    await this.keep("completeEpisode", () =>
      this.state.completeEpisode(id, { completedAt: new Date(), turnCount, totalTokens, outcome }),
    );
    await this.publish({
      type: "agent:episode_complete",
      episodeId: id,
      turnCount,
      totalTokens,
      outcome,
      durationMs,
    });
    this.events.push({ type: "core:episode_complete", episodeId: id, turnCount, totalTokens });
  }

  private record(durationMs: number): TurnEpisode {
    const { preValence } = this.config;
    return {
      id: this.id,
      sessionId: this.config.sessionId,
      prompt: this.prompt(),
      answer: this.answer,
      toolCalls: this.calls,
      stopReason: this.outcome,
      usage: this.usage,
      lessonIds: this.injected.map(({ lesson }) => lesson.id),
      injected: this.injected,
      ...(preValence !== undefined && { preValence }),
      durationMs,
    };
  }

  /** What the user said last. */
  private prompt(): string {
    const said = this.config.messages?.findLast(({ role }) => role === "user")?.content;
    if (typeof said === "string") return said;
    return (said ?? []).map((block) => (block.type === "text" ? block.text : "")).join("");
  }

  private async chooseLessons(): Promise<void> {
    const { sis } = this.config;
    if (!sis) return;
    const context = sis.defaultContext ?? "general";
    const query = { context, prompt: this.prompt(), episodeId: this.id };
    const result = await this.keep("sis_injection", () => sis.injector.selectLessonsForTurn(query));
    if (!result) return;
    this.injected = result.injected;
    this.promptSection = result.promptSection;
    this.events.push({ type: "core:sis_injection", result });
    const lessonCount = result.injected.length;
    const sum = result.injected.reduce((total, { confidence }) => total + confidence, 0);
    const avgConfidence = lessonCount > 0 ? sum / lessonCount : 0;
    await this.publish({ type: "agent:lesson_injected", lessonCount, avgConfidence, context });
  }

  private get turnId(): string {
    return `${this.id}-turn-${this.iteration}`;
  }

  private async beginTurn(iteration: number): Promise<void> {
    this.iteration = iteration;
    this.turnStarted = performance.now();
    this.turnIsOpen = true;
    const { agentId, sessionId } = this.config;
    await this.publish({ type: "agent:turn_start", episodeId: this.id, iteration });
    await this.keep("saveTurnStart", () =>
      this.state.saveTurnStart({
        id: this.turnId,
        sessionId,
        agentId,
        episodeId: this.id,
        iteration,
        role: "assistant",
        content: "",
        startedAt: new Date(),
        injectedLessons: this.injected.map(({ lesson }) => lesson.id),
      }),
    );
  }

  private async breakOffTurn(): Promise<void> {
    if (!this.turnIsOpen) return;
    this.turnIsOpen = false;
    const durationMs = performance.now() - this.turnStarted;
    const changes = { stopReason: "aborted", completedAt: new Date(), durationMs };
    await this.keep("saveTurnEnd", () => this.state.saveTurnEnd(this.turnId, changes));
  }

  private async endTurn({ text, toolCalls, usage, stopReason }: TurnResponse): Promise<void> {
    const { iteration, turnId } = this;
    this.answer = text;
    this.turnIsOpen = false;
    const durationMs = performance.now() - this.turnStarted;
    for (const name of Object.keys(this.usage) as (keyof typeof this.usage)[])
      this.usage[name] += usage?.[name] ?? 0;
    const { inputTokens = 0, outputTokens = 0, totalTokens = 0 } = usage ?? {};
    const counted = { inputTokens, outputTokens, totalTokens };
    const calls = toolCalls.map(({ id, name, arguments: args }) => ({ id, name, arguments: args }));
    const changes = {
      content: text,
      ...(calls.length > 0 && { toolCalls: calls }),
      usage: counted,
      stopReason,
      completedAt: new Date(),
      durationMs,
    };
    const saved = await this.keep("saveTurnEnd", async () => {
      await this.state.saveTurnEnd(turnId, changes);
      return true;
    });
    if (saved) this.events.push({ type: "core:turn_persisted", turnId, iteration });
    await this.publish({
      type: "agent:turn_complete",
      episodeId: this.id,
      iteration,
      text: text.slice(0, 200),
      toolCallCount: calls.length,
      usage: counted,
      stopReason,
      durationMs,
    });
  }

  private async endTool({
    toolCall: { id, name, arguments: args },
    result,
    isError,
  }: Extract<LoopV2Event, { type: "tool_end" }>): Promise<void> {
    const durationMs = performance.now() - (this.running.get(id) ?? performance.now());
    this.running.delete(id);
    this.calls.push({ name, arguments: args, isError, result, durationMs });
    await this.keep("saveToolResult", () =>
      this.state.saveToolResult(this.turnId, id, result, isError, durationMs),
    );
    await this.publish({ type: "agent:tool_execute", toolName: name, toolCallId: id, isError, durationMs });
  }

  private async keep<T>(operation: string, work: () => Promise<T> | undefined): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.events.push({ type: "core:state_error", error: textOf(error), operation });
      return undefined;
    }
  }

  private async publish(event: Published): Promise<void> {
    const { agentId, sessionId } = this.config;
    try {
      await this.bus.publish({ ...event, agentId, sessionId, timestamp: Date.now() } as AgentLifecycleEvent);
    } catch (error) {
      this.events.push({ type: "core:event_error", error: textOf(error), eventType: event.type });
    }
  }
}
