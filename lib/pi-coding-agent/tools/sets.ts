// Tools by name, and the sets of them that agents are given.

import type { AgentTool } from "../../pi-agent-core/tool.js";
import { type BashToolOptions, createBashToolDefinition } from "./bash.js";
import { type ToolDefinition, wrapToolDefinition } from "./definition.js";
import { createEditToolDefinition, type EditToolOptions } from "./edit.js";
import { createFindToolDefinition, type FindToolOptions } from "./find.js";
import { createGrepToolDefinition, type GrepToolOptions } from "./grep.js";
import { createLsToolDefinition, type LsToolOptions } from "./ls.js";
import { createReadToolDefinition, type ReadToolOptions } from "./read.js";
import { createWriteToolDefinition, type WriteToolOptions } from "./write.js";

/** A tool of any arguments. */
// biome-ignore lint/suspicious/noExplicitAny: sets hold tools of different schemas
export type Tool = AgentTool<any>;
/** A definition of any arguments. */
// biome-ignore lint/suspicious/noExplicitAny: sets hold tools of different schemas
export type ToolDef = ToolDefinition<any, any>;

/** What a host may set, tool by tool. */
export interface ToolsOptions {
  read?: ReadToolOptions;
  bash?: BashToolOptions;
  write?: WriteToolOptions;
  edit?: EditToolOptions;
  grep?: GrepToolOptions;
  find?: FindToolOptions;
  ls?: LsToolOptions;
}

/** What a tool is called. */
export type ToolName = keyof ToolsOptions;

const MAKERS: { [Name in ToolName]: (cwd: string, options: ToolsOptions[Name]) => ToolDef } = {
  read: createReadToolDefinition,
  bash: createBashToolDefinition,
  edit: createEditToolDefinition,
  write: createWriteToolDefinition,
  grep: createGrepToolDefinition,
  find: createFindToolDefinition,
  ls: createLsToolDefinition,
};

const CODING = ["read", "bash", "edit", "write"] as const;
const READ_ONLY = ["read", "grep", "find", "ls"] as const;

/** The names of all tools. */
export const allToolNames: Set<ToolName> = new Set(Object.keys(MAKERS) as ToolName[]);

/** One tool's definition; throws for a name that none has. */
export function createToolDefinition(toolName: ToolName, cwd: string, options?: ToolsOptions): ToolDef {
  if (!allToolNames.has(toolName)) throw new Error(`Unknown tool name: ${toolName}`);
  const make = MAKERS[toolName] as (cwd: string, options: unknown) => ToolDef;
  return make(cwd, options?.[toolName]);
}

/** One tool; throws for a name that none has. */
export function createTool(toolName: ToolName, cwd: string, options?: ToolsOptions): Tool {
  return wrapToolDefinition(createToolDefinition(toolName, cwd, options));
}

/** What an agent needs that works on code. */
export function createCodingToolDefinitions(cwd: string, options?: ToolsOptions): ToolDef[] {
  return CODING.map((name) => createToolDefinition(name, cwd, options));
}

/** What an agent needs that may only look. */
export function createReadOnlyToolDefinitions(cwd: string, options?: ToolsOptions): ToolDef[] {
  return READ_ONLY.map((name) => createToolDefinition(name, cwd, options));
}

/** All of them, by name. */
export function createAllToolDefinitions(cwd: string, options?: ToolsOptions): Record<ToolName, ToolDef> {
  return byName((name) => createToolDefinition(name, cwd, options));
}

/** What an agent needs that works on code. */
export function createCodingTools(cwd: string, options?: ToolsOptions): Tool[] {
  return CODING.map((name) => createTool(name, cwd, options));
}

/** What an agent needs that may only look. */
export function createReadOnlyTools(cwd: string, options?: ToolsOptions): Tool[] {
  return READ_ONLY.map((name) => createTool(name, cwd, options));
}

/** All of them, by name. */
export function createAllTools(cwd: string, options?: ToolsOptions): Record<ToolName, Tool> {
  return byName((name) => createTool(name, cwd, options));
}

function byName<T>(make: (name: ToolName) => T): Record<ToolName, T> {
  return Object.fromEntries([...allToolNames].map((name) => [name, make(name)])) as Record<ToolName, T>;
}
