// The coding tools under Argent's names. They take and give what Pi's do; `edit_file` also takes a single pair of texts.

import type { AgentTool } from "../pi-agent-core/tool.js";
import { type BashToolOptions, createBashTool } from "../pi-coding-agent/tools/bash.js";
import { createEditTool, type EditToolOptions } from "../pi-coding-agent/tools/edit.js";
import { createReadTool, type ReadToolOptions } from "../pi-coding-agent/tools/read.js";
import { createWriteTool, type WriteToolOptions } from "../pi-coding-agent/tools/write.js";

/** What a host may set, tool by tool. */
export interface FileToolsOptions {
  read?: ReadToolOptions;
  write?: WriteToolOptions;
  edit?: EditToolOptions;
  bash?: BashToolOptions;
}

/** `read_file`. */
export function createReadFileTool(
  cwd: string,
  options?: ReadToolOptions,
): ReturnType<typeof createReadTool> {
  return { ...createReadTool(cwd, options), name: "read_file", label: "Read File" };
}

/** `write_file`. */
export function createWriteFileTool(
  cwd: string,
  options?: WriteToolOptions,
): ReturnType<typeof createWriteTool> {
  return { ...createWriteTool(cwd, options), name: "write_file", label: "Write File" };
}

/** `edit_file`. */
export function createEditFileTool(
  cwd: string,
  options?: EditToolOptions,
): ReturnType<typeof createEditTool> {
  const tool = createEditTool(cwd, options);
  return {
    ...tool,
    name: "edit_file",
    label: "Edit File",
    // Argent's executor prepares no arguments.
    execute: (id, params, signal, onUpdate) =>
      tool.execute(id, tool.prepareArguments?.(params) ?? params, signal, onUpdate),
  };
}

/** All of them with `bash`, in the order in which Argent names them. */
// biome-ignore lint/suspicious/noExplicitAny: a set of tools of different schemas
export function createFileTools(cwd: string, options: FileToolsOptions = {}): AgentTool<any>[] {
  const bash: ReturnType<typeof createBashTool> = { ...createBashTool(cwd, options.bash), label: "Bash" };
  return [
    createReadFileTool(cwd, options.read),
    createWriteFileTool(cwd, options.write),
    createEditFileTool(cwd, options.edit),
    bash,
  ];
}
