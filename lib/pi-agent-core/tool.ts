// A tool as the agent loop runs it.

import type { Static, TSchema } from "typebox";
import type { ImageContent, TextContent, Tool } from "../pi-ai/types.js";

/** Whether a tool's calls may run beside those of the same turn. */
export type ToolExecutionMode = "sequential" | "parallel";

/** What a tool gives back, at the end or on the way there. */
export interface AgentToolResult<T> {
  /** For the model. */
  content: (TextContent | ImageContent)[];
  /** For logs and for whoever shows the call. */
  details: T;
  /** Whether the agent should stop after this batch; it does when all results of the batch say so. */
  terminate?: boolean;
}

/** Takes what a tool has so far. Nothing is told of a tool that has settled. */
// biome-ignore lint/suspicious/noExplicitAny: Pi's own default
export type AgentToolUpdateCallback<T = any> = (partialResult: AgentToolResult<T>) => void;

/** A tool that can be run. */
// biome-ignore lint/suspicious/noExplicitAny: Pi's own default
export interface AgentTool<TParameters extends TSchema = TSchema, TDetails = any> extends Tool<TParameters> {
  /** For people. */
  label: string;
  /** Puts arguments right before they are validated. */
  prepareArguments?: (args: unknown) => Static<TParameters>;
  /** Runs a call. What it throws is the error that the model sees. */
  execute: (
    toolCallId: string,
    params: Static<TParameters>,
    signal?: AbortSignal,
    onUpdate?: AgentToolUpdateCallback<TDetails>,
  ) => Promise<AgentToolResult<TDetails>>;
  /** How its calls run where that is not as the agent says. */
  executionMode?: ToolExecutionMode;
}
