// What a compaction of a session is to do: what is summarised, and what is kept.

import type { AgentMessage } from "../../pi-agent-core/messages.js";
import { buildSessionContext } from "../session-context.js";
import { type Edits, editsOf } from "../session-edits.js";
import type { CompactionEntry, SessionEntry } from "../session-entries.js";
import { cutBetween } from "./cut-point.js";
import { messageOf } from "./entry-message.js";
import {
  createFileOps,
  extractFileOpsFromMessage,
  extractFileOpsFromSummary,
  type FileOperations,
} from "./file-operations.js";
import type { CompactionSettings } from "./settings.js";
import { estimateContextTokens, usageOf } from "./tokens.js";

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
  const { previous, previousAt, start } = boundaryOf(pathEntries);
  const edits = editsOf(pathEntries);
  const cut = cutBetween(pathEntries, start, pathEntries.length, settings.keepRecentTokens, edits);
  const { firstKeptEntryIndex: first, isSplitTurn } = cut;
  const historyEnd = isSplitTurn ? cut.turnStartIndex : first;
  const fileOps = createFileOps();
  if (previous) extractFileOpsFromSummary(previous, fileOps);
  const taken = (from: number, to: number) => takeOut(pathEntries, from, to, edits, fileOps);
  const messagesToSummarize = taken(start, historyEnd);
  const turnPrefixMessages = isSplitTurn ? taken(historyEnd, first) : [];
  const firstKeptEntryId = pathEntries[first]?.id;
  if (!firstKeptEntryId || messagesToSummarize.length + turnPrefixMessages.length === 0) return undefined;
  return {
    firstKeptEntryId,
    messagesToSummarize,
    turnPrefixMessages,
    isSplitTurn,
    tokensBefore: contextTokens(pathEntries, previousAt, edits),
    previousSummary: previous?.summary,
    fileOps,
    settings,
  };
}

/** The last compaction, and where what the model is shown begins: at what that keeps. */
export function boundaryOf(pathEntries: SessionEntry[]) {
  const previousAt = pathEntries.findLastIndex(({ type }) => type === "compaction");
  const previous = pathEntries[previousAt] as CompactionEntry | undefined;
  const kept = previous ? pathEntries.findIndex(({ id }) => id === previous.firstKeptEntryId) : 0;
  return { previous, previousAt, start: kept < 0 ? previousAt + 1 : kept };
}

/** What some entries say; the files of its calls are noted. In one pass, since a history may be long. */
function takeOut(
  entries: SessionEntry[],
  from: number,
  to: number,
  edits: Edits,
  fileOps: FileOperations,
): AgentMessage[] {
  const messages: AgentMessage[] = [];
  for (let at = from; at < to; at++) {
    const message = messageOf(entries[at] as SessionEntry, edits);
    if (!message) continue;
    messages.push(message);
    extractFileOpsFromMessage(message, fileOps);
  }
  return messages;
}

/**
 * What the context takes, as `estimateContextTokens` of `buildSessionContext` says; without a look at what comes before the
 * last answer where that comes after the last compaction.
 */
function contextTokens(entries: SessionEntry[], previousAt: number, edits: Edits): number {
  const since: AgentMessage[] = [];
  for (let at = entries.length - 1; at > previousAt; at--) {
    const entry = entries[at] as SessionEntry;
    const message = messageOf(entry, edits);
    if (message) since.push(message);
    if (message && usageOf(message)) return estimateContextTokens(since.reverse()).tokens;
    // Hosts may pass entries of which one does not continue the other; the context ends there.
    const parent = entries[at - 1]?.id;
    if (!parent || parent !== entry.parentId) break;
  }
  return estimateContextTokens(buildSessionContext(entries).messages).tokens;
}
