// The shapes of running a tool: what it gets and gives, who may forbid or change it, and what is told of it.

import type { ToolCall } from "../pi-ai/types.js";
import type { ToolArgs, ToolHandler } from "./tool-registry.js";

/** What a tool may do, from harmless to not. */
export type ToolPermission = "unrestricted" | "standard" | "elevated" | "destructive" | "external";

/** What a tool is about; for people. */
export type ToolCategory = "read" | "write" | "execute" | "network" | "messaging" | "system" | "other";

/** What a result asks of the loop. */
export interface ToolFollowUp {
  /** `inject_message` adds `message`, `request_confirmation` a user's message with `confirmationPrompt`. */
  type: "inject_message" | "continue" | "request_confirmation";
  message?: string;
  /** The message is the user's in either case; providers take no system message there. */
  role?: "user" | "system";
  confirmationPrompt?: string;
  /** For the host. */
  maxIterations?: number;
}

/** What a tool gives. */
export interface ToolResult {
  content: string;
  isError: boolean;
  followUp?: ToolFollowUp;
  metadata?: Record<string, unknown>;
  /** Milliseconds. */
  durationMs?: number;
}

/** How far a tool has come. */
export interface ToolProgressUpdate {
  /** 0 to 100, or -1 where nobody knows. */
  percent: number;
  message: string;
  partialResult?: string;
}

/** What a tool gets besides its arguments. */
export interface ToolExecutionContext {
  /** Aborts with the run, the executor, or when the tool's time is up. */
  signal: AbortSignal;
  onProgress(update: ToolProgressUpdate): void;
  toolCallId: string;
  iteration: number;
  agentId?: string;
  metadata: Record<string, unknown>;
}

/** A tool that wants more than its arguments. */
export interface ExtendedToolHandler extends ToolHandler {
  /** Runs in place of `handler`. */
  executeExtended?(args: ToolArgs, context: ToolExecutionContext): Promise<ToolResult>;
  /** Milliseconds; 0 for no bound. Default: the executor's. */
  timeoutMs?: number;
  /** Default `standard`. */
  permission?: ToolPermission;
  category?: ToolCategory;
  supportsFollowUp?: boolean;
  supportsProgress?: boolean;
}

/** What a policy says of a call. */
export type PolicyDecision =
  | { action: "allow" }
  | { action: "deny"; reason: string }
  | { action: "confirm"; prompt: string }
  | { action: "transform"; args: ToolArgs };

/** Decides about calls. */
export interface ToolPolicy {
  name: string;
  /** `null` where it has nothing to say. What it throws is a denial. */
  evaluate(
    toolCall: ToolCall,
    handler: ExtendedToolHandler,
    context: ToolExecutionContext,
  ): PolicyDecision | null;
}

/** What a hook before a call decides. */
export type PreHookResult =
  | { action: "continue"; args?: ToolArgs; metadata?: Record<string, unknown> }
  | { action: "skip"; result: ToolResult }
  | { action: "abort"; reason: string };

/** Comes before a call. */
export interface PreExecutionHook {
  name: string;
  /** Lower ones come first. */
  priority: number;
  execute(
    toolCall: ToolCall,
    handler: ExtendedToolHandler,
    context: ToolExecutionContext,
  ): PreHookResult | Promise<PreHookResult>;
}

/** What a hook after a call decides. */
export type PostHookResult =
  | { action: "continue"; result?: ToolResult }
  | { action: "retry"; reason: string; maxRetries?: number }
  | { action: "inject_followup"; followUp: ToolFollowUp };

/** Comes after a call. What it throws changes nothing. */
export interface PostExecutionHook {
  name: string;
  /** Lower ones come first. */
  priority: number;
  execute(
    toolCall: ToolCall,
    result: ToolResult,
    handler: ExtendedToolHandler,
    context: ToolExecutionContext,
  ): PostHookResult | Promise<PostHookResult>;
}

/** What is told of a call. The last event is one of `complete`, `error`, `abort` and `timeout`. */
export type ToolExecEvent = { toolCall: ToolCall } & (
  | { type: "tool_exec_start"; timestamp: number }
  | { type: "tool_exec_policy"; decision: PolicyDecision; policyName: string }
  | { type: "tool_exec_pre_hook"; hookName: string; result: PreHookResult }
  | { type: "tool_exec_progress"; update: ToolProgressUpdate }
  | { type: "tool_exec_post_hook"; hookName: string; result: PostHookResult }
  | { type: "tool_exec_complete"; result: ToolResult; durationMs: number }
  | { type: "tool_exec_error"; error: string; durationMs: number }
  | { type: "tool_exec_abort"; reason: string; durationMs: number }
  | { type: "tool_exec_timeout"; timeoutMs: number; durationMs: number }
);

/** Says whether a call may go on that a policy wants confirmed. */
export type ConfirmToolCall = (toolCall: ToolCall, prompt: string) => boolean | Promise<boolean>;
