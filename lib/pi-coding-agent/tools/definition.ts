// A tool as an agent session knows it, and how it becomes a tool of the agent loop.

import type { Static, TSchema } from "typebox";
import type {
  AgentTool,
  AgentToolResult,
  AgentToolUpdateCallback,
  ToolExecutionMode,
} from "../../pi-agent-core/tool.js";
import type { ExtensionContext } from "../extensions/context.js";
import type { Component, Theme } from "../extensions/terminal.js";

/** How a terminal shows a result. */
export interface ToolRenderResultOptions {
  expanded: boolean;
  /** Whether there is more to come. */
  isPartial: boolean;
}

/** What a renderer knows of a call. */
// biome-ignore lint/suspicious/noExplicitAny: Pi's own defaults
export interface ToolRenderContext<TState = any, TArgs = any> {
  args: TArgs;
  toolCallId: string;
  /** Has the call drawn again. */
  invalidate: () => void;
  /** What the renderer gave before. */
  lastComponent: Component | undefined;
  /** The renderers' own. */
  state: TState;
  cwd: string;
  executionStarted: boolean;
  argsComplete: boolean;
  isPartial: boolean;
  expanded: boolean;
  showImages: boolean;
  isError: boolean;
}

/** A tool with what an agent session tells the model of it, and what draws it in the host's terminal. */
// biome-ignore lint/suspicious/noExplicitAny: Pi's own default
export interface ToolDefinition<TParams extends TSchema = TSchema, TDetails = unknown, TState = any> {
  /** What the model calls it. */
  name: string;
  /** For people. */
  label: string;
  /** For the model. */
  description: string;
  /** A line about it in the system prompt. */
  promptSnippet?: string;
  /** Rules for its use in the system prompt. */
  promptGuidelines?: string[];
  /** The schema of its arguments. */
  parameters: TParams;
  /** Whether a terminal frames it or it frames itself. */
  renderShell?: "default" | "self";
  /** Puts arguments right before they are validated. */
  prepareArguments?: (args: unknown) => Static<TParams>;
  /** How its calls run where that is not as the agent says. */
  executionMode?: ToolExecutionMode;
  /** Runs a call; throws where it fails. */
  execute(
    toolCallId: string,
    params: Static<TParams>,
    signal: AbortSignal | undefined,
    onUpdate: AgentToolUpdateCallback<TDetails> | undefined,
    ctx: ExtensionContext,
  ): Promise<AgentToolResult<TDetails>>;
  renderCall?: (
    args: Static<TParams>,
    theme: Theme,
    context: ToolRenderContext<TState, Static<TParams>>,
  ) => Component;
  renderResult?: (
    result: AgentToolResult<TDetails>,
    options: ToolRenderResultOptions,
    theme: Theme,
    context: ToolRenderContext<TState, Static<TParams>>,
  ) => Component;
}

/** The definition as it is, with the types of its arguments. */
export function defineTool<TParams extends TSchema, TDetails = unknown, TState = unknown>(
  tool: ToolDefinition<TParams, TDetails, TState>,
  // biome-ignore lint/suspicious/noExplicitAny: lists of tools of any arguments take it
): ToolDefinition<TParams, TDetails, TState> & ToolDefinition<any, any, any> {
  // biome-ignore lint/suspicious/noExplicitAny: lists of tools of any arguments take it
  return tool as ToolDefinition<TParams, TDetails, TState> & ToolDefinition<any, any, any>;
}

/** The tool of a definition, run in the context that `context` gives at each call. */
export function wrapToolDefinition<TParams extends TSchema, TDetails>(
  definition: ToolDefinition<TParams, TDetails>,
  context?: () => ExtensionContext,
): AgentTool<TParams, TDetails> {
  return {
    name: definition.name,
    label: definition.label,
    description: definition.description,
    parameters: definition.parameters,
    prepareArguments: definition.prepareArguments,
    executionMode: definition.executionMode,
    execute: (toolCallId, params, signal, onUpdate) =>
      definition.execute(toolCallId, params, signal, onUpdate, context?.() as ExtensionContext),
  };
}

/** A function that gives what `make` made at the first call: schemas are built when a tool is, not at import. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
