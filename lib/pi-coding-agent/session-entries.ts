// What a session's file holds, one JSON object a line.

// By the index, whose messages this package adds to: hosts that import only this package would miss those.
import type { AgentMessage } from "../pi-agent-core/index.js";
import type {
  AssistantMessage,
  ImageContent,
  TextContent,
  ToolResultMessage,
  Usage,
  UserMessage,
} from "../pi-ai/types.js";

/** The version of the format that is written. */
export const CURRENT_SESSION_VERSION = 3;

/** The first line. */
export interface SessionHeader {
  type: "session";
  /** Absent in version 1. */
  version?: number;
  id: string;
  timestamp: string;
  cwd: string;
  /** The file that the session was forked from. */
  parentSession?: string;
}

/** What a new session may be given. */
export interface NewSessionOptions {
  id?: string;
  parentSession?: string;
}

/** What all entries have. */
export interface SessionEntryBase {
  type: string;
  id: string;
  /** The entry that this one continues. */
  parentId: string | null;
  timestamp: string;
}

/** A message of the conversation. */
export interface SessionMessageEntry extends SessionEntryBase {
  type: "message";
  message: AgentMessage;
}

/** The thinking level changes. */
export interface ThinkingLevelChangeEntry extends SessionEntryBase {
  type: "thinking_level_change";
  thinkingLevel: string;
}

/** The model changes. */
export interface ModelChangeEntry extends SessionEntryBase {
  type: "model_change";
  provider: string;
  modelId: string;
}

/** Older history is replaced by a summary. */
export interface CompactionEntry<T = unknown> extends SessionEntryBase {
  type: "compaction";
  summary: string;
  firstKeptEntryId: string;
  tokensBefore: number;
  details?: T;
  /** Whether an extension made it. */
  fromHook?: boolean;
}

/** A summary of a branch that was left. */
export interface BranchSummaryEntry<T = unknown> extends SessionEntryBase {
  type: "branch_summary";
  fromId: string;
  summary: string;
  details?: T;
  /** Whether an extension made it. */
  fromHook?: boolean;
}

/** Data of an extension, which the model does not see. */
export interface CustomEntry<T = unknown> extends SessionEntryBase {
  type: "custom";
  customType: string;
  data?: T;
}

/** A bookmark on an entry, or its end. */
export interface LabelEntry extends SessionEntryBase {
  type: "label";
  targetId: string;
  label: string | undefined;
}

/** The session's name. */
export interface SessionInfoEntry extends SessionEntryBase {
  type: "session_info";
  name?: string;
}

/** A message of an extension, which the model sees. */
export interface CustomMessageEntry<T = unknown> extends SessionEntryBase {
  type: "custom_message";
  customType: string;
  content: string | (TextContent | ImageContent)[];
  details?: T;
  display: boolean;
}

/** What may stand in for a message's content. */
export type ContextEditableContent =
  | UserMessage["content"]
  | AssistantMessage["content"]
  | ToolResultMessage["content"];

/**
 * What the model is shown of an earlier entry is replaced or, with `null`, taken out. Pi writes such entries from 0.87
 * on; they are not among `SessionEntry`, which hosts take for complete.
 */
export interface ContextEditEntry extends SessionEntryBase {
  type: "context_edit";
  targetId: string;
  replacement: { content: ContextEditableContent } | null;
}

/** What a request beside the conversation has cost. Pi writes such entries from 0.87 on. */
export interface UsageEntry extends SessionEntryBase {
  type: "usage";
  kind: string;
  provider: string;
  model: string;
  usage: Usage;
  note?: string;
}

/** An entry. */
export type SessionEntry =
  | SessionMessageEntry
  | ThinkingLevelChangeEntry
  | ModelChangeEntry
  | CompactionEntry
  | BranchSummaryEntry
  | CustomEntry
  | CustomMessageEntry
  | LabelEntry
  | SessionInfoEntry;

/** A line: the header or an entry. */
export type FileEntry = SessionHeader | SessionEntry;

/** An entry with those that continue it. */
export interface SessionTreeNode {
  entry: SessionEntry;
  children: SessionTreeNode[];
  label?: string;
  /** When it was labelled. */
  labelTimestamp?: string;
}

/** What the model is shown. */
export interface SessionContext {
  messages: AgentMessage[];
  thinkingLevel: string;
  model: { provider: string; modelId: string } | null;
}

/** Whether an entry is a message of somebody. */
export function isMessageOf(entry: FileEntry | undefined, role: string): entry is SessionMessageEntry {
  return entry?.type === "message" && entry.message?.role === role;
}

/** The last entry that compacts the history; `null` when there is none. */
export function getLatestCompactionEntry(entries: SessionEntry[]): CompactionEntry | null {
  const found = entries.findLast(({ type }) => type === "compaction");
  return (found as CompactionEntry | undefined) ?? null;
}
