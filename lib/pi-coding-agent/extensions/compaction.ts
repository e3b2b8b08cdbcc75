// Compaction as extensions see it.

import type { AgentMessage } from "../../pi-agent-core/messages.js";

/** The files that a conversation was about. */
export interface FileOperations {
  read: Set<string>;
  written: Set<string>;
  edited: Set<string>;
}

/** What is about to be summarised. */
export interface CompactionPreparation {
  /** The first entry that stays. */
  firstKeptEntryId: string;
  messagesToSummarize: AgentMessage[];
  /** The beginning of a turn that is cut in two. */
  turnPrefixMessages: AgentMessage[];
  isSplitTurn: boolean;
  tokensBefore: number;
  previousSummary?: string;
  fileOps: FileOperations;
  settings: { enabled: boolean; reserveTokens: number; keepRecentTokens: number };
}

/** A summary and where it ends. */
export interface CompactionResult<T = unknown> {
  summary: string;
  firstKeptEntryId: string;
  tokensBefore: number;
  details?: T;
}
