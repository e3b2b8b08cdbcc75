// What extensions are told of sessions, and what they may answer.

import type { CompactionPreparation, CompactionResult } from "../compaction/index.js";
import type { BranchSummaryEntry, CompactionEntry, SessionEntry } from "../session-entries.js";

/** Asks for more resources, when a session has started. */
export interface ResourcesDiscoverEvent {
  type: "resources_discover";
  cwd: string;
  reason: "startup" | "reload";
}

/** Files and folders besides those that were found. */
export interface ResourcesDiscoverResult {
  skillPaths?: string[];
  promptPaths?: string[];
  themePaths?: string[];
}

/** A session has started. */
export interface SessionStartEvent {
  type: "session_start";
  reason: "startup" | "reload" | "new" | "resume" | "fork";
  /** The file of the session that was there before; with `new`, `resume` and `fork`. */
  previousSessionFile?: string;
}

/** Another session is to take this one's place. */
export interface SessionBeforeSwitchEvent {
  type: "session_before_switch";
  reason: "new" | "resume";
  targetSessionFile?: string;
}

/** Whether it may. */
export interface SessionBeforeSwitchResult {
  cancel?: boolean;
}

/** A session is to be forked at an entry or before it. */
export interface SessionBeforeForkEvent {
  type: "session_before_fork";
  entryId: string;
  position: "before" | "at";
}

/** Whether it may. */
export interface SessionBeforeForkResult {
  cancel?: boolean;
  skipConversationRestore?: boolean;
}

/** Older history is to be summarised. */
export interface SessionBeforeCompactEvent {
  type: "session_before_compact";
  preparation: CompactionPreparation;
  branchEntries: SessionEntry[];
  customInstructions?: string;
  /** Aborts with the compaction. */
  signal: AbortSignal;
}

/** Whether it may, or the summary to take. */
export interface SessionBeforeCompactResult {
  cancel?: boolean;
  compaction?: CompactionResult;
}

/** Older history was summarised. */
export interface SessionCompactEvent {
  type: "session_compact";
  compactionEntry: CompactionEntry;
  /** Whether the summary is an extension's. */
  fromExtension: boolean;
}

/** The extension is about to be put away. */
export interface SessionShutdownEvent {
  type: "session_shutdown";
  reason: "quit" | "reload" | "new" | "resume" | "fork";
  /** The file of the session that takes the place. */
  targetSessionFile?: string;
}

/** A way through the tree of a session. */
export interface TreePreparation {
  targetId: string;
  oldLeafId: string | null;
  commonAncestorId: string | null;
  /** What would be left behind. */
  entriesToSummarize: SessionEntry[];
  userWantsSummary: boolean;
  customInstructions?: string;
  /** Whether those stand in place of the usual instructions. */
  replaceInstructions?: boolean;
  /** The label of the summary's entry. */
  label?: string;
}

/** The conversation is to go on elsewhere in the tree. */
export interface SessionBeforeTreeEvent {
  type: "session_before_tree";
  preparation: TreePreparation;
  /** Aborts with the move. */
  signal: AbortSignal;
}

/** Whether it may, and how what is left behind is summarised. */
export interface SessionBeforeTreeResult {
  cancel?: boolean;
  summary?: { summary: string; details?: unknown };
  customInstructions?: string;
  replaceInstructions?: boolean;
  label?: string;
}

/** The conversation goes on elsewhere in the tree. */
export interface SessionTreeEvent {
  type: "session_tree";
  newLeafId: string | null;
  oldLeafId: string | null;
  summaryEntry?: BranchSummaryEntry;
  fromExtension?: boolean;
}

/** What extensions are told of sessions. */
export type SessionEvent =
  | SessionStartEvent
  | SessionBeforeSwitchEvent
  | SessionBeforeForkEvent
  | SessionBeforeCompactEvent
  | SessionCompactEvent
  | SessionShutdownEvent
  | SessionBeforeTreeEvent
  | SessionTreeEvent;
