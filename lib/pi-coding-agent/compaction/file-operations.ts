// Which files the calls of a conversation read and changed.

import type { AgentMessage } from "../../pi-agent-core/messages.js";
import type { SessionEntry } from "../session-entries.js";

/** Paths of files, by what was done. */
export interface FileOperations {
  read: Set<string>;
  written: Set<string>;
  edited: Set<string>;
}

/** What summaries remember of files. */
export interface FileLists {
  /** Those that were read and not changed, sorted. */
  readFiles: string[];
  /** Those that were written or edited, sorted. */
  modifiedFiles: string[];
}

/** No files yet. */
export function createFileOps(): FileOperations {
  return { read: new Set(), written: new Set(), edited: new Set() };
}

/** Notes the files of an answer's calls. */
export function extractFileOpsFromMessage(message: AgentMessage, fileOps: FileOperations): void {
  if (message.role !== "assistant" || !Array.isArray(message.content)) return;
  for (const block of message.content) {
    if (block?.type !== "toolCall") continue;
    const path = block.arguments?.path;
    if (typeof path !== "string" || path === "") continue;
    if (block.name === "read") fileOps.read.add(path);
    else if (block.name === "write") fileOps.written.add(path);
    else if (block.name === "edit") fileOps.edited.add(path);
  }
}

/** Notes the files that a summary remembers, unless an extension made it: its details may mean something else. */
export function extractFileOpsFromSummary(entry: SessionEntry, fileOps: FileOperations): void {
  if ((entry.type !== "compaction" && entry.type !== "branch_summary") || entry.fromHook) return;
  const { readFiles, modifiedFiles } = (entry.details ?? {}) as Partial<FileLists>;
  if (Array.isArray(readFiles)) for (const path of readFiles) fileOps.read.add(path);
  if (Array.isArray(modifiedFiles)) for (const path of modifiedFiles) fileOps.edited.add(path);
}

/** The lists of files that a summary is to remember. */
export function computeFileLists({ read, written, edited }: FileOperations): FileLists {
  const modified = new Set([...edited, ...written]);
  return {
    readFiles: [...read].filter((path) => !modified.has(path)).sort(),
    modifiedFiles: [...modified].sort(),
  };
}

/** The lists as they stand at the end of a summary. */
export function formatFileOperations(readFiles: string[], modifiedFiles: string[]): string {
  const list = (tag: string, files: string[]) =>
    files.length > 0 ? `\n\n<${tag}>\n${files.join("\n")}\n</${tag}>` : "";
  return list("read-files", readFiles) + list("modified-files", modifiedFiles);
}
