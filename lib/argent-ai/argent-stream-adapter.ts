// Pi's events with those of an agent's life and of how it shows itself between them.

import type { AssistantMessage, AssistantMessageEvent } from "../pi-ai/types.js";
import type { AgentLifecycleEvent, ArgentStreamOptions, VisualPresenceEvent } from "./types.js";

/** A stream of messages' events that has a result. */
export interface MessageStream extends AsyncIterable<AssistantMessageEvent> {
  result(): Promise<AssistantMessage>;
}

/** Whatever an adapted stream tells. */
export type ArgentStreamEvent = AssistantMessageEvent | AgentLifecycleEvent | VisualPresenceEvent;

const GESTURES: Partial<Record<AssistantMessageEvent["type"], [gesture: string, intensity: number]>> = {
  start: ["brighten", 0.5],
  thinking_start: ["pulse", 0.6],
  thinking_end: ["soften", 0.4],
  text_start: ["expand", 0.5],
  toolcall_start: ["sharpen", 0.7],
  toolcall_end: ["still", 0.3],
  done: ["warm_up", 0.6],
  error: ["dim", 0.8],
};

const OPENS: readonly string[] = ["text_start", "thinking_start", "toolcall_start"];

/** Tells what an agent does beside what it says. For one consumer. */
export class ArgentStreamAdapter implements AsyncIterable<ArgentStreamEvent> {
  private readonly told: AgentLifecycleEvent[] = [];

  constructor(
    private readonly inner: MessageStream,
    private readonly agentId: string,
    private readonly options: ArgentStreamOptions = {},
  ) {}

  /** The finished message. */
  result(): Promise<AssistantMessage> {
    return this.inner.result();
  }

  /** What happened to the agent so far. A consumer that breaks off finds the agent's stop here. */
  agentEvents(): AgentLifecycleEvent[] {
    return [...this.told];
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ArgentStreamEvent, void> {
    const { agentId } = this;
    let turn: "none" | "open" = "none";
    let stopped = false;
    const end = (success: boolean): AgentLifecycleEvent[] => {
      stopped = true;
      const reason = success ? "complete" : "error";
      return this.tell([
        ...(turn === "none"
          ? []
          : [{ type: "agent:turn_complete" as const, agentId, turnIndex: 0, success }]),
        { type: "agent:stop", agentId, reason },
      ]);
    };
    try {
      yield* this.tell([{ type: "agent:start", agentId, sessionKey: this.options.sessionKey ?? "default" }]);
      let success = true;
      for await (const event of this.inner) {
        if (turn === "none" && OPENS.includes(event.type)) {
          turn = "open";
          yield* this.tell([{ type: "agent:turn_start", agentId, turnIndex: 0 }]);
        }
        if (event.type === "error") success = false;
        yield* this.gesture(event.type);
        yield event;
      }
      yield* end(success);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      yield* this.tell([{ type: "agent:error", agentId, error: failure }]);
      yield* end(false);
      throw error;
    } finally {
      // A generator that yields while it is closed stays open; what is left to tell is only noted.
      if (!stopped) end(false);
    }
  }

  /** Notes events of the agent's life; gives those back that the consumer wants to see. */
  private tell(events: AgentLifecycleEvent[]): AgentLifecycleEvent[] {
    if (!this.options.emitLifecycleEvents) return [];
    this.told.push(...events);
    return events;
  }

  private *gesture(type: AssistantMessageEvent["type"]): Generator<VisualPresenceEvent, void> {
    const known = this.options.enableVisualPresence ? GESTURES[type] : undefined;
    if (!known) return;
    const [gesture, intensity] = known;
    const event = { type: "gesture" as const, gesture, intensity };
    this.options.onVisualPresence?.(event);
    yield event;
  }
}
