// The tools of an agent, by name, and how a call of one is run.

import { textOf } from "../pi-agent-core/failure.js";
import type { Tool, ToolCall } from "../pi-ai/types.js";
import { validateToolArguments } from "../pi-ai/validation.js";

/** Arguments of a tool, as far as nobody knows its schema. */
// biome-ignore lint/suspicious/noExplicitAny: hosts' handlers read them as they like.
export type ToolArgs = Record<string, any>;

/** A tool as the model sees it. */
export interface ToolDef {
  name: string;
  description: string;
  /** JSON Schema of the arguments. */
  parameters: unknown;
}

/** A tool. */
export interface ToolHandler extends ToolDef {
  /** Runs a call; what it throws is the error that the model sees. */
  handler(args: ToolArgs): Promise<string>;
}

/** Tools by name. */
export class ToolRegistry {
  private readonly tools = new Map<string, ToolHandler>();

  /** Adds a tool, in the place of one of the same name. */
  register(tool: ToolHandler): void {
    this.tools.set(tool.name, tool);
  }

  get(name: string): ToolHandler | undefined {
    return this.tools.get(name);
  }

  has(name: string): boolean {
    return this.tools.has(name);
  }

  /** The tools, in the order in which their names were first registered. */
  list(): ToolHandler[] {
    return [...this.tools.values()];
  }

  /** The tools as the model sees them. */
  toToolDefs(): ToolDef[] {
    return this.list().map(({ name, description, parameters }) => ({ name, description, parameters }));
  }
}

/**
 * The arguments of a call as its tool wants them: coerced where they are slightly wrong.
 * @throws Error, written for the model, when they are not valid.
 */
export function validArgs(tool: ToolDef, call: Pick<ToolCall, "id" | "name" | "arguments">): ToolArgs {
  if (!tool.parameters || typeof tool.parameters !== "object") return call.arguments;
  return validateToolArguments(tool as Tool, { type: "toolCall", ...call });
}

/** Runs a call. What goes wrong, as an unknown tool or arguments that are not valid, is a text that begins with `Error:`. */
export async function executeToolCall(
  toolCall: Pick<ToolCall, "id" | "name" | "arguments">,
  registry: ToolRegistry,
): Promise<{ result: string; isError: boolean }> {
  const tool = registry.get(toolCall.name);
  if (!tool) return { result: `Error: Unknown tool "${toolCall.name}"`, isError: true };
  try {
    return { result: await tool.handler(validArgs(tool, toolCall)), isError: false };
  } catch (error) {
    return { result: `Error: ${textOf(error)}`, isError: true };
  }
}
