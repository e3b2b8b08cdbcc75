// Argent's agent: one turn at a time, with tools and with lessons of earlier turns. It keeps nothing between turns; the
// history is the caller's.

import type {
  ModelConfig,
  ProviderLike,
  StreamEvent,
  TurnResponse,
  TurnStopReason,
  TurnUsage,
} from "../argent-ai/types.js";
import type { ToolCall } from "../pi-ai/types.js";
import type { AgentEvent, InjectedLesson } from "./events.js";
import type { LoopMessage } from "./history.js";
import { agentLoop } from "./loop.js";
import type { AgentSis, ChosenLesson, LessonContext, TurnEpisode } from "./sis.js";
import { executeToolCall, type ToolArgs, type ToolHandler, ToolRegistry } from "./tool-registry.js";

/** What an agent is made of. */
export interface AgentConfig {
  provider: ProviderLike;
  model: ModelConfig;
  systemPrompt: string;
  sis?: AgentSis;
  tools?: ToolHandler[];
  /** Answers of one turn at most. Default 10. */
  maxIterations?: number;
}

/** A turn. */
export interface TurnInput {
  /** What the user says. */
  content: string;
  history?: LoopMessage[];
  /** How sure lessons must be. Default `general`. */
  context?: LessonContext;
  episodeId?: string;
  /** -2 to 2. */
  preValence?: number;
  signal?: AbortSignal;
}

/** What came of a turn. */
export interface TurnOutput {
  text: string;
  thinking?: string;
  toolCalls: ToolCall[];
  /** Of all answers of the turn. */
  usage: TurnUsage;
  stopReason: TurnStopReason;
  injectedLessons?: InjectedLesson[];
  errorMessage?: string;
  /** The turn's messages, the user's first; for the history of the next turn. */
  messages: LoopMessage[];
}

/** An agent. */
export class Agent {
  private readonly tools = new ToolRegistry();

  constructor(private readonly config: AgentConfig) {
    for (const tool of config.tools ?? []) this.tools.register(tool);
  }

  /** Runs a turn. Does not reject where the provider or a tool fails. Without tools it is one whole answer. */
  async execute(input: TurnInput): Promise<TurnOutput> {
    const events = this.turn(input, false);
    for (;;) {
      const next = await events.next();
      if (next.done) return next.value;
    }
  }

  /**
   * Runs a turn. Tells `lesson_injected` first, if lessons were used, then what the loop tells or, without tools, the
   * provider. To stop reading is to stop the turn.
   */
  stream(input: TurnInput): AsyncGenerator<AgentEvent, TurnOutput> {
    return this.turn(input, true);
  }

  /** Runs one tool with arguments. */
  async executeTool(toolCallId: string, toolName: string, args: ToolArgs = {}): Promise<string> {
    return (await executeToolCall({ id: toolCallId, name: toolName, arguments: args }, this.tools)).result;
  }

  private async *turn(input: TurnInput, streaming: boolean): AsyncGenerator<AgentEvent, TurnOutput> {
    const started = performance.now();
    const { injected, promptSection } = await this.lessonsFor(input);
    const lessons = injected.map(({ lesson: { id, text }, confidence }) => ({ id, text, confidence }));
    if (lessons.length > 0) yield { type: "lesson_injected", lessons };

    const turn = new TurnRecord();
    const systemPrompt = [this.config.systemPrompt, promptSection].filter(Boolean).join("\n\n");
    const said: LoopMessage = { role: "user", content: input.content };
    const events = this.answers(systemPrompt, [...(input.history ?? []), said], input.signal, streaming);
    let added: LoopMessage[] = [];
    try {
      for (;;) {
        const next = await events.next();
        if (next.done) {
          added = next.value;
          break;
        }
        turn.take(next.value);
        yield next.value;
      }
    } finally {
      await events.return([]);
      await this.remember(input, injected, turn.episode(input, injected, performance.now() - started));
    }
    return {
      ...turn.output(),
      ...(lessons.length > 0 && { injectedLessons: lessons }),
      messages: [said, ...added],
    };
  }

  private async *answers(
    systemPrompt: string,
    messages: LoopMessage[],
    signal: AbortSignal | undefined,
    streaming: boolean,
  ): AsyncGenerator<AgentEvent, LoopMessage[]> {
    const { model, maxIterations } = this.config;
    const provider = streaming ? this.config.provider : whole(this.config.provider);
    const asked = { provider, model, systemPrompt, messages, signal };
    if (this.tools.list().length > 0)
      return yield* agentLoop({ ...asked, provider: this.config.provider, tools: this.tools, maxIterations });
    // One answer; the loop's own events say nothing of it.
    const events = agentLoop({ ...asked, maxIterations: 1 });
    try {
      for (;;) {
        const { value, done } = await events.next();
        if (done) return value;
        if (value.type !== "loop_start" && value.type !== "loop_end") yield value;
      }
    } finally {
      await events.return([]);
    }
  }

  private async lessonsFor({ content, context = "general", episodeId }: TurnInput): Promise<{
    injected: ChosenLesson[];
    promptSection: string;
  }> {
    const { sis } = this.config;
    if (!sis) return { injected: [], promptSection: "" };
    const tools = this.tools.list().map(({ name }) => name);
    const query = { maxLessons: 3, context, prompt: content, tools, episodeId };
    const chosen = await this.learn("selectLessonsForTurn", () => sis.injector.selectLessonsForTurn(query));
    return chosen ?? { injected: [], promptSection: "" };
  }

  private async remember(input: TurnInput, injected: ChosenLesson[], episode: TurnEpisode): Promise<void> {
    const { sis } = this.config;
    const { episodeId, preValence } = input;
    if (injected.length > 0 && episodeId !== undefined && preValence !== undefined)
      await this.learn("recordInjections", () =>
        sis?.injector.recordInjections(injected, episodeId, preValence),
      );
    await this.learn("recordEpisode", () => sis?.episodes?.recordEpisode(episode));
  }

  private async learn<T>(
    operation: Parameters<NonNullable<AgentSis["onError"]>>[1],
    work: () => Promise<T> | undefined,
  ): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      // A host that throws over a failure has not failed the turn either.
      try {
        this.config.sis?.onError?.(error, operation);
      } catch {}
      return undefined;
    }
  }
}

/** A provider that gives its answers in one piece, where it can. */
function whole(provider: ProviderLike): ProviderLike {
  const { execute = provider.complete } = provider;
  if (!execute) return provider;
  return {
    name: provider.name ?? provider.id,
    async *stream(request, model): AsyncGenerator<StreamEvent> {
      const response = await execute.call(provider, request, model);
      yield response.stopReason === "error" ? { type: "error", error: response } : { type: "done", response };
    },
  };
}

/** Makes an agent. */
export function createAgent(config: AgentConfig): Agent {
  return new Agent(config);
}

/** What happened in a turn. */
class TurnRecord {
  private last: TurnResponse | undefined;
  private stopReason = "unknown";
  private readonly usage: TurnUsage = {
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    totalTokens: 0,
  };
  private readonly calls: TurnEpisode["toolCalls"] = [];
  private readonly running = new Map<string, number>();

  take(event: AgentEvent): void {
    if (event.type === "done") this.answered(event.response);
    else if (event.type === "error") this.answered(event.error);
    else if (event.type === "tool_start") this.running.set(event.toolCall.id, performance.now());
    else if (event.type === "loop_end") this.stopReason = event.stopReason;
    else if (event.type === "tool_end") {
      const { toolCall, result, isError } = event;
      const durationMs = performance.now() - (this.running.get(toolCall.id) ?? performance.now());
      const { name, arguments: args } = toolCall;
      this.calls.push({ name, arguments: args, isError, result, durationMs });
    }
  }

  output(): Omit<TurnOutput, "messages"> {
    const { last, usage } = this;
    if (!last) {
      const errorMessage = "The provider gave no answer";
      return { text: "", toolCalls: [], usage, stopReason: "error", errorMessage };
    }
    const { text, thinking, toolCalls, stopReason, errorMessage } = last;
    return {
      text,
      ...(thinking && { thinking }),
      toolCalls,
      usage,
      stopReason,
      ...(errorMessage !== undefined && { errorMessage }),
    };
  }

  episode(
    { content, episodeId, preValence }: TurnInput,
    injected: ChosenLesson[],
    durationMs: number,
  ): TurnEpisode {
    return {
      ...(episodeId !== undefined && { id: episodeId }),
      prompt: content,
      answer: this.last?.text ?? "",
      toolCalls: this.calls,
      stopReason: this.stopReason,
      usage: this.usage,
      lessonIds: injected.map(({ lesson }) => lesson.id),
      injected,
      ...(preValence !== undefined && { preValence }),
      durationMs,
    };
  }

  private answered(response: TurnResponse): void {
    this.last = response;
    this.stopReason = response.stopReason;
    for (const [name, count] of Object.entries(response.usage ?? {}))
      this.usage[name as keyof TurnUsage] += count;
  }
}
