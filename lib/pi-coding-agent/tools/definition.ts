// A tool as an agent session knows it, and how it becomes a tool of the agent loop.

import type { Static, TSchema } from "typebox";
import type {
  AgentTool,
  AgentToolResult,
  AgentToolUpdateCallback,
  ToolExecutionMode,
} from "../../pi-agent-core/tool.js";

/** What a tool may know of the session it runs in. */
export interface ToolContext {
  /** The model that asks. */
  model?: { input: readonly string[] } | undefined;
}

/**
 * A tool with what an agent session tells the model of it. Renderers for a terminal are the host's: its own may be
 * added as `renderCall` and `renderResult`.
 */
export interface ToolDefinition<TParams extends TSchema = TSchema, TDetails = unknown> {
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
    ctx: ToolContext | undefined,
  ): Promise<AgentToolResult<TDetails>>;
}

/** The tool of a definition, run in the context that `context` gives at each call. */
export function wrapToolDefinition<TParams extends TSchema, TDetails>(
  definition: ToolDefinition<TParams, TDetails>,
  context?: () => ToolContext,
): AgentTool<TParams, TDetails> {
  return {
    name: definition.name,
    label: definition.label,
    description: definition.description,
    parameters: definition.parameters,
    prepareArguments: definition.prepareArguments,
    executionMode: definition.executionMode,
    execute: (toolCallId, params, signal, onUpdate) =>
      definition.execute(toolCallId, params, signal, onUpdate, context?.()),
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
