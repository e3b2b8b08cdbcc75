// Where a core loop tells others what an agent does.

/** What an agent does; `timestamp` is in milliseconds since the epoch. */
export type AgentLifecycleEvent = { agentId: string; timestamp: number } & (
  | ({ sessionId: string } & (
      | { type: "agent:turn_start"; episodeId: string; iteration: number }
      | {
          type: "agent:turn_complete";
          episodeId: string;
          iteration: number;
          /** The first 200 characters. */
          text: string;
          toolCallCount: number;
          usage: { inputTokens: number; outputTokens: number; totalTokens: number };
          stopReason: string;
          durationMs: number;
        }
      | {
          type: "agent:tool_execute";
          toolName: string;
          toolCallId: string;
          isError: boolean;
          durationMs: number;
        }
      | { type: "agent:episode_start"; episodeId: string; episodeType: string }
      | {
          type: "agent:episode_complete";
          episodeId: string;
          turnCount: number;
          totalTokens: number;
          outcome?: string;
          durationMs: number;
        }
      | { type: "agent:lesson_injected"; lessonCount: number; avgConfidence: number; context: string }
      | { type: "agent:error"; error: string }
    ))
  | { type: "agent:heartbeat"; status: "active" | "idle" | "busy"; load: number }
);

/** Takes events. What it throws is told, and ends nothing. */
export interface EventBus {
  publish(event: AgentLifecycleEvent): Promise<void>;
  /** For the other agents of a family; for hosts. */
  publishFamily(event: AgentLifecycleEvent): Promise<void>;
  close(): Promise<void>;
}

/** Keeps what is published. */
export class InMemoryEventBus implements EventBus {
  readonly published: AgentLifecycleEvent[] = [];
  readonly familyPublished: AgentLifecycleEvent[] = [];

  async publish(event: AgentLifecycleEvent): Promise<void> {
    this.published.push(event);
  }

  async publishFamily(event: AgentLifecycleEvent): Promise<void> {
    this.familyPublished.push(event);
  }

  async close(): Promise<void> {}
}

/** Tells nobody. */
export class NoopEventBus implements EventBus {
  async publish(): Promise<void> {}
  async publishFamily(): Promise<void> {}
  async close(): Promise<void> {}
}
