// What extensions are told of tools, and what they may answer.

import type { ImageContent, TextContent } from "../../pi-ai/types.js";
import type { BashToolDetails, BashToolInput } from "../tools/bash.js";
import type { EditToolDetails, EditToolInput } from "../tools/edit.js";
import type { FindToolDetails, FindToolInput } from "../tools/find.js";
import type { GrepToolDetails, GrepToolInput } from "../tools/grep.js";
import type { LsToolDetails, LsToolInput } from "../tools/ls.js";
import type { ReadToolDetails, ReadToolInput } from "../tools/read.js";
import type { WriteToolInput } from "../tools/write.js";

/** A tool starts. */
export interface ToolExecutionStartEvent {
  type: "tool_execution_start";
  toolCallId: string;
  toolName: string;
  // biome-ignore lint/suspicious/noExplicitAny: what they are is the tool's affair
  args: any;
}

/** A tool tells what it has so far. */
export interface ToolExecutionUpdateEvent {
  type: "tool_execution_update";
  toolCallId: string;
  toolName: string;
  // biome-ignore lint/suspicious/noExplicitAny: what they are is the tool's affair
  args: any;
  // biome-ignore lint/suspicious/noExplicitAny: what it is is the tool's affair
  partialResult: any;
}

/** A tool is done. */
export interface ToolExecutionEndEvent {
  type: "tool_execution_end";
  toolCallId: string;
  toolName: string;
  // biome-ignore lint/suspicious/noExplicitAny: what it is is the tool's affair
  result: any;
  isError: boolean;
}

interface CallOf<Name extends string, Input> {
  type: "tool_call";
  toolCallId: string;
  toolName: Name;
  /** Changed in place, it changes what the tool is called with; it is not validated again. */
  input: Input;
}

/** A call of `bash`. */
export interface BashToolCallEvent extends CallOf<"bash", BashToolInput> {}
/** A call of `read`. */
export interface ReadToolCallEvent extends CallOf<"read", ReadToolInput> {}
/** A call of `edit`. */
export interface EditToolCallEvent extends CallOf<"edit", EditToolInput> {}
/** A call of `write`. */
export interface WriteToolCallEvent extends CallOf<"write", WriteToolInput> {}
/** A call of `grep`. */
export interface GrepToolCallEvent extends CallOf<"grep", GrepToolInput> {}
/** A call of `find`. */
export interface FindToolCallEvent extends CallOf<"find", FindToolInput> {}
/** A call of `ls`. */
export interface LsToolCallEvent extends CallOf<"ls", LsToolInput> {}
/** A call of a tool of the host or an extension. */
export interface CustomToolCallEvent extends CallOf<string, Record<string, unknown>> {}

/** A tool is about to be called. */
export type ToolCallEvent =
  | BashToolCallEvent
  | ReadToolCallEvent
  | EditToolCallEvent
  | WriteToolCallEvent
  | GrepToolCallEvent
  | FindToolCallEvent
  | LsToolCallEvent
  | CustomToolCallEvent;

/** Whether it may. */
export interface ToolCallEventResult {
  block?: boolean;
  /** For the model. */
  reason?: string;
}

interface ResultOf<Name extends string, Details> {
  type: "tool_result";
  toolCallId: string;
  toolName: Name;
  input: Record<string, unknown>;
  content: (TextContent | ImageContent)[];
  details: Details;
  isError: boolean;
}

/** A result of `bash`. */
export interface BashToolResultEvent extends ResultOf<"bash", BashToolDetails | undefined> {}
/** A result of `read`. */
export interface ReadToolResultEvent extends ResultOf<"read", ReadToolDetails | undefined> {}
/** A result of `edit`. */
export interface EditToolResultEvent extends ResultOf<"edit", EditToolDetails | undefined> {}
/** A result of `write`. */
export interface WriteToolResultEvent extends ResultOf<"write", undefined> {}
/** A result of `grep`. */
export interface GrepToolResultEvent extends ResultOf<"grep", GrepToolDetails | undefined> {}
/** A result of `find`. */
export interface FindToolResultEvent extends ResultOf<"find", FindToolDetails | undefined> {}
/** A result of `ls`. */
export interface LsToolResultEvent extends ResultOf<"ls", LsToolDetails | undefined> {}
/** A result of a tool of the host or an extension. */
export interface CustomToolResultEvent extends ResultOf<string, unknown> {}

/** A tool has given its result, which the model has not seen yet. */
export type ToolResultEvent =
  | BashToolResultEvent
  | ReadToolResultEvent
  | EditToolResultEvent
  | WriteToolResultEvent
  | GrepToolResultEvent
  | FindToolResultEvent
  | LsToolResultEvent
  | CustomToolResultEvent;

/** What stands in place of parts of the result. */
export interface ToolResultEventResult {
  content?: (TextContent | ImageContent)[];
  details?: unknown;
  isError?: boolean;
}

/** Whether a result is of the tool `bash`. */
export function isBashToolResult(e: ToolResultEvent): e is BashToolResultEvent {
  return e.toolName === "bash";
}

/** Whether a result is of the tool `read`. */
export function isReadToolResult(e: ToolResultEvent): e is ReadToolResultEvent {
  return e.toolName === "read";
}

/** Whether a result is of the tool `edit`. */
export function isEditToolResult(e: ToolResultEvent): e is EditToolResultEvent {
  return e.toolName === "edit";
}

/** Whether a result is of the tool `write`. */
export function isWriteToolResult(e: ToolResultEvent): e is WriteToolResultEvent {
  return e.toolName === "write";
}

/** Whether a result is of the tool `grep`. */
export function isGrepToolResult(e: ToolResultEvent): e is GrepToolResultEvent {
  return e.toolName === "grep";
}

/** Whether a result is of the tool `find`. */
export function isFindToolResult(e: ToolResultEvent): e is FindToolResultEvent {
  return e.toolName === "find";
}

/** Whether a result is of the tool `ls`. */
export function isLsToolResult(e: ToolResultEvent): e is LsToolResultEvent {
  return e.toolName === "ls";
}

/** Whether a call is of a tool, so that its input has the tool's type; for tools of a host's own name both types. */
export function isToolCallEventType(toolName: "bash", event: ToolCallEvent): event is BashToolCallEvent;
export function isToolCallEventType(toolName: "read", event: ToolCallEvent): event is ReadToolCallEvent;
export function isToolCallEventType(toolName: "edit", event: ToolCallEvent): event is EditToolCallEvent;
export function isToolCallEventType(toolName: "write", event: ToolCallEvent): event is WriteToolCallEvent;
export function isToolCallEventType(toolName: "grep", event: ToolCallEvent): event is GrepToolCallEvent;
export function isToolCallEventType(toolName: "find", event: ToolCallEvent): event is FindToolCallEvent;
export function isToolCallEventType(toolName: "ls", event: ToolCallEvent): event is LsToolCallEvent;
export function isToolCallEventType<TName extends string, TInput extends Record<string, unknown>>(
  toolName: TName,
  event: ToolCallEvent,
): event is ToolCallEvent & { toolName: TName; input: TInput };
export function isToolCallEventType(toolName: string, event: ToolCallEvent): boolean {
  return event.toolName === toolName;
}
