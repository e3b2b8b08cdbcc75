// A self-improving system for an agent whose loop stays its own: Pi's `Agent`, or a session that has one. Lessons come
// with the user's message that they are for and stay with it, so that what a provider has cached stays as it was; the
// transcript itself holds none of them.

import { randomUUID } from "node:crypto";
import type { ChosenLesson, LessonContext, TurnEpisode } from "../sis.js";
import type { SISOperation } from "./options.js";
import type { RecordedEpisode, SIS } from "./system.js";

// biome-ignore lint/suspicious/noExplicitAny: this package's agents and Pi's have messages and events of the same shapes in types of their own.
type Any = any;

/** What lessons can be attached to: this package's agent or Pi's. */
export interface Attachable {
  subscribe(listener: (event: Any, signal: AbortSignal) => Promise<void> | void): () => void;
  transformContext?: (messages: Any[], signal?: AbortSignal) => Promise<Any[]>;
  sessionId?: string;
}

/** How lessons are attached. */
export interface AttachOptions {
  /** How much may go wrong. Default `general`. */
  context?: LessonContext;
  /** Hears of each episode that was kept; its id is for feedback. */
  onEpisode?: (episode: RecordedEpisode) => void;
  /** Hears of lessons that go into a request. */
  onLessons?: (lessons: ChosenLesson[]) => void;
}

/** Attached lessons. */
export interface SISAttachment {
  /** The episode that was kept last. */
  readonly lastEpisodeId: string | undefined;
  /** Leaves the agent as it was. */
  detach(): void;
}

/**
 * Gives an agent lessons and has its runs recorded. A `transformContext` that is there goes on working; one that is put
 * in its place later takes the lessons out.
 */
export function attachSIS(
  target: Attachable | { agent: Attachable },
  sis: SIS,
  options: AttachOptions = {},
): SISAttachment {
  return new Attachment("agent" in target ? target.agent : target, sis, options);
}

/** The lessons that came with a message. */
interface Block {
  text: string;
  lessons: ChosenLesson[];
  /** These, and those that the conversation held already and that bear on the message too. */
  shown: ChosenLesson[];
}

class Attachment implements SISAttachment {
  lastEpisodeId: string | undefined;
  private readonly blocks = new WeakMap<object, Block>();
  private readonly before: Attachable["transformContext"];
  private readonly unsubscribe: () => void;
  private run = new Run();

  constructor(
    private readonly agent: Attachable,
    private readonly sis: SIS,
    private readonly options: AttachOptions,
  ) {
    this.before = agent.transformContext;
    agent.transformContext = this.transform;
    this.unsubscribe = agent.subscribe((event) => this.hear(event));
  }

  detach(): void {
    this.unsubscribe();
    if (this.agent.transformContext === this.transform) this.agent.transformContext = this.before;
  }

  private readonly transform = async (messages: Any[], signal?: AbortSignal): Promise<Any[]> => {
    const last = messages.findLast(({ role }) => role === "user");
    if (last) {
      const block = this.blocks.get(last) ?? (await this.choose(last, messages));
      this.blocks.set(last, block);
      // A run that goes on where another failed is shown the same.
      for (const chosen of block.shown) this.run.shown.set(chosen.lesson.id, chosen);
    }
    const taught = messages.map((message) => withBlock(message, this.blocks.get(message)?.text));
    return this.before ? this.before.call(this.agent, taught, signal) : taught;
  };

  private async choose(message: Any, messages: Any[]): Promise<Block> {
    const block: Block = { text: "", lessons: [], shown: [] };
    await this.attempt("selectLessonsForTurn", async () => {
      const standing = messages.flatMap((other) => this.blocks.get(other)?.lessons ?? []);
      const { injected, shown, promptSection } = await this.sis.injector.selectLessonsForTurn({
        prompt: textOf(message.content),
        context: this.options.context,
        standing: standing.map(({ lesson }) => lesson.id),
      });
      block.text = promptSection;
      block.lessons = injected;
      block.shown = shown.flatMap(({ lessonId, relevance, terms }) => {
        const known = [...injected, ...standing].find(({ lesson }) => lesson.id === lessonId);
        return known ? { ...known, relevance, terms } : [];
      });
      if (injected.length > 0) this.options.onLessons?.(injected);
    });
    return block;
  }

  private async hear(event: Any): Promise<void> {
    if (event.type === "agent_start") this.run = new Run();
    this.run.take(event);
    if (event.type !== "agent_end") return;
    await this.attempt("recordEpisode", async () => {
      const { sessionId } = this.agent;
      const recorded = await this.sis.recordEpisode({
        ...this.run.episode(),
        sessionId,
        follows: this.lastEpisodeId,
      });
      this.lastEpisodeId = recorded.episodeId;
      this.options.onEpisode?.(recorded);
    });
  }

  private async attempt(operation: SISOperation, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.sis.report(error, operation);
    }
  }
}

/** What happens in a run. */
class Run {
  readonly shown = new Map<number, ChosenLesson>();
  private readonly id = randomUUID();
  private readonly started = performance.now();
  private readonly said: string[] = [];
  private readonly calls = new Map<string, TurnEpisode["toolCalls"][number] & { from: number }>();
  private answer = "";
  private stopReason = "";
  private cost = 0;
  private readonly usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0 };

  take(event: Any): void {
    switch (event.type) {
      case "message_end":
        if (event.message.role === "user") this.said.push(textOf(event.message.content));
        else if (event.message.role === "assistant") this.answered(event.message);
        break;
      case "tool_execution_start": {
        const { toolCallId, toolName: name, args } = event;
        const from = performance.now();
        this.calls.set(toolCallId, { name, arguments: args, isError: true, result: "", durationMs: 0, from });
        break;
      }
      case "tool_execution_end": {
        const call = this.calls.get(event.toolCallId);
        if (!call) break;
        call.isError = event.isError;
        call.result = event.isError ? textOf(event.result?.content) : "";
        call.durationMs = performance.now() - call.from;
        break;
      }
      case "agent_end":
        // A run that failed outside of an answer tells of it here alone.
        if (this.stopReason === "") this.stopReason = event.messages?.at(-1)?.stopReason ?? "";
    }
  }

  episode(): TurnEpisode {
    const injected = [...this.shown.values()];
    return {
      id: this.id,
      prompt: this.said.join("\n"),
      answer: this.answer,
      toolCalls: [...this.calls.values()].map(({ from, ...call }) => call),
      stopReason: this.stopReason,
      usage: this.usage,
      cost: this.cost,
      lessonIds: injected.map(({ lesson }) => lesson.id),
      injected,
      durationMs: performance.now() - this.started,
    };
  }

  private answered({ content, stopReason, usage }: Any): void {
    this.answer = textOf(content);
    this.stopReason = stopReason;
    this.cost += usage?.cost?.total ?? 0;
    for (const name of Object.keys(this.usage) as (keyof typeof this.usage)[])
      this.usage[name] += usage?.[name] ?? 0;
  }
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.flatMap((block) => (block?.type === "text" ? [block.text] : [])).join("\n");
}

function withBlock(message: Any, text: string | undefined): Any {
  if (!text) return message;
  const { content } = message;
  if (typeof content === "string") return { ...message, content: `${content}\n\n${text}` };
  return { ...message, content: [...content, { type: "text", text }] };
}
