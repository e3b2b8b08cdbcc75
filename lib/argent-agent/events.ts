// What happens while an agent works.

import type { StreamEvent } from "../argent-ai/types.js";
import type { ToolCall } from "../pi-ai/types.js";
import type { ToolFollowUp, ToolResult } from "./tool-execution.js";

/** A lesson that went into the prompt. */
export interface InjectedLesson {
  id: number;
  text: string;
  confidence: number;
}

/** A tool runs. `tool_start` comes before it does, `tool_end` when it has. */
export type ToolEvent =
  | { type: "tool_start"; toolCall: ToolCall }
  | { type: "tool_end"; toolCall: ToolCall; result: string; isError: boolean };

/** An answer is asked for; there will be none. `iteration` counts from 1. */
export type LoopEvent =
  | { type: "loop_start"; iteration: number }
  /**
   * Comes last, whatever happened. `stopReason` is that of the last answer, `aborted`, `max_iterations` where there was
   * more to do, or `unknown` without an answer.
   */
  | { type: "loop_end"; iterations: number; stopReason: string };

/** What an agent tells. */
export type AgentEvent =
  | StreamEvent
  | ToolEvent
  | LoopEvent
  | { type: "lesson_injected"; lessons: InjectedLesson[] };

/** What `agentLoopV2` tells besides. */
export type LoopV2Event =
  | AgentEvent
  | { type: "steering_injected"; count: number }
  | { type: "tool_batch_start"; count: number; parallel: boolean }
  | { type: "tool_batch_end"; count: number; results: ToolResult[] }
  | { type: "tool_followup"; toolCallId: string; followUp: ToolFollowUp }
  | { type: "loop_abort"; reason: string; iteration: number };

const STREAM = /^(start|done|error|(text|thinking|tool_call)_(start|delta|end))$/;

/** Whether an event is the provider's. */
export function isStreamEvent(event: { type: string }): event is StreamEvent {
  return STREAM.test(event.type);
}

/** Whether an event is about a tool that runs. */
export function isToolEvent(event: { type: string }): event is ToolEvent {
  return event.type === "tool_start" || event.type === "tool_end";
}

/** Whether an event is about the loop. */
export function isLoopEvent(event: { type: string }): event is LoopEvent {
  return event.type === "loop_start" || event.type === "loop_end";
}
