// What a compaction of a session is to do: what is summarised, and what is kept.

import type { AgentMessage } from "../../pi-agent-core/messages.js";
import { buildSessionContext } from "../session-context.js";
import { editsOf } from "../session-edits.js";
import type { CompactionEntry, SessionEntry } from "../session-entries.js";
import { findCutPoint } from "./cut-point.js";
import { messageOf } from "./entry-message.js";
import {
  createFileOps,
  extractFileOpsFromMessage,
  extractFileOpsFromSummary,
  type FileOperations,
} from "./file-operations.js";
import type { CompactionSettings } from "./settings.js";
import { estimateContextTokens } from "./tokens.js";

/** What a compaction is to do. */
export interface CompactionPreparation {
  /** The first entry that is kept. */
  firstKeptEntryId: string;
  /** What the summary is to stand for. */
  messagesToSummarize: AgentMessage[];
  /** The beginning of the turn that the cut goes through, which is summarised apart. */
  turnPrefixMessages: AgentMessage[];
  /** Whether the cut goes through a turn. */
  isSplitTurn: boolean;
  /** What the context takes before. */
  tokensBefore: number;
  /** The summary that the new one continues. */
  previousSummary?: string;
  /** The files of the messages that go, and of the summary before. */
  fileOps: FileOperations;
  settings: CompactionSettings;
}

/**
 * Prepares a compaction.
 * @param pathEntries - the current entry and those that it continues, the first one first.
 * @returns `undefined` when there is nothing to summarise.
 */
export function prepareCompaction(
  pathEntries: SessionEntry[],
  settings: CompactionSettings,
): CompactionPreparation | undefined {
  if (pathEntries.at(-1)?.type === "compaction") return undefined;
  const { previous, start } = boundaryOf(pathEntries);
  const cut = findCutPoint(pathEntries, start, pathEntries.length, settings.keepRecentTokens);
  const { firstKeptEntryIndex: first, isSplitTurn } = cut;
  const historyEnd = isSplitTurn ? cut.turnStartIndex : first;
  const messagesToSummarize = messagesOf(pathEntries, start, historyEnd);
  const turnPrefixMessages = isSplitTurn ? messagesOf(pathEntries, historyEnd, first) : [];
  const firstKeptEntryId = pathEntries[first]?.id;
  if (!firstKeptEntryId || messagesToSummarize.length + turnPrefixMessages.length === 0) return undefined;

  const fileOps = createFileOps();
  if (previous) extractFileOpsFromSummary(previous, fileOps);
  for (const message of messagesToSummarize) extractFileOpsFromMessage(message, fileOps);
  for (const message of turnPrefixMessages) extractFileOpsFromMessage(message, fileOps);
  return {
    firstKeptEntryId,
    messagesToSummarize,
    turnPrefixMessages,
    isSplitTurn,
    tokensBefore: estimateContextTokens(buildSessionContext(pathEntries).messages).tokens,
    previousSummary: previous?.summary,
    fileOps,
    settings,
  };
}

/** Where what the model is shown begins: at what the last compaction keeps. */
export function boundaryOf(pathEntries: SessionEntry[]): { previous?: CompactionEntry; start: number } {
  const at = pathEntries.findLastIndex(({ type }) => type === "compaction");
  if (at < 0) return { start: 0 };
  const previous = pathEntries[at] as CompactionEntry;
  const kept = pathEntries.findIndex(({ id }) => id === previous.firstKeptEntryId);
  return { previous, start: kept < 0 ? at + 1 : kept };
}

function messagesOf(entries: SessionEntry[], start: number, end: number): AgentMessage[] {
  const edits = editsOf(entries);
  const messages: AgentMessage[] = [];
  for (let at = start; at < end; at++) {
    const message = messageOf(entries[at] as SessionEntry, edits);
    if (message) messages.push(message);
  }
  return messages;
}
