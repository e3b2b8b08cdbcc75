// Where a session is cut. What each entry is and takes is told here; the native side decides (src/compaction/cut.rs).

import { findCut, findTurnStart } from "../../native.js";
import { type Edits, editsOf } from "../session-edits.js";
import type { SessionEntry } from "../session-entries.js";
import { messageOf } from "./entry-message.js";
import { estimateTokens } from "./tokens.js";

/** A cut. */
export interface CutPointResult {
  /** The first entry that is kept. */
  firstKeptEntryIndex: number;
  /** The entry that begins the turn which the cut goes through, or -1. */
  turnStartIndex: number;
  /** Whether the cut goes through a turn. */
  isSplitTurn: boolean;
}

/** The numbers of the native side's kinds of entries. */
const ASIDE = 0;
const COMPACTION = 1;
const USER = 2;
const OPENING = 3;
const INNER = 4;
const BOUND = 5;

const KINDS_OF_ROLES: Record<string, number> = {
  user: USER,
  bashExecution: OPENING,
  assistant: INNER,
  custom: INNER,
  branchSummary: INNER,
  compactionSummary: INNER,
};

function kindOf(entry: SessionEntry): number {
  switch (entry.type) {
    case "message":
      return KINDS_OF_ROLES[entry.message.role] ?? BOUND;
    case "custom_message":
    case "branch_summary":
      return OPENING;
    case "compaction":
      return COMPACTION;
    default:
      return ASIDE;
  }
}

function kindsOf(entries: SessionEntry[], start: number, end: number): Uint8Array {
  const kinds = new Uint8Array(Math.max(0, end - start));
  for (let at = start; at < end; at++) kinds[at - start] = kindOf(entries[at] as SessionEntry);
  return kinds;
}

/**
 * The message or other entry that begins the turn of an entry.
 * @param startIndex - the first entry that may be it.
 * @returns its index, or -1.
 */
export function findTurnStartIndex(entries: SessionEntry[], entryIndex: number, startIndex: number): number {
  const found = findTurnStart(kindsOf(entries, startIndex, entryIndex + 1));
  return found === null ? -1 : startIndex + found;
}

/**
 * The cut that keeps about so many tokens of the newest entries. It never parts a result from its call.
 * @param startIndex - the first entry that counts.
 * @param endIndex - the entry after the last one that counts.
 */
export function findCutPoint(
  entries: SessionEntry[],
  startIndex: number,
  endIndex: number,
  keepRecentTokens: number,
): CutPointResult {
  return cutBetween(entries, startIndex, endIndex, keepRecentTokens, editsOf(entries));
}

/** As `findCutPoint`, for a caller that knows the edits. */
export function cutBetween(
  entries: SessionEntry[],
  start: number,
  end: number,
  keepRecentTokens: number,
  edits: Edits,
): CutPointResult {
  // Down to here the newest entries take so many tokens; to nowhere when all take less.
  let reached: number | undefined;
  for (let at = end - 1, taken = 0; at >= start && reached === undefined; at--) {
    const message = messageOf(entries[at] as SessionEntry, edits);
    if (!message) continue;
    taken += estimateTokens(message);
    if (taken >= keepRecentTokens) reached = at;
  }
  const from = reached === undefined ? start : turnBefore(entries, reached, start);
  const cut = findCut(kindsOf(entries, from, end), reached === undefined ? undefined : reached - from);
  if (!cut) return { firstKeptEntryIndex: start, turnStartIndex: -1, isSplitTurn: false };
  const turnStartIndex = cut.turnStart === undefined ? -1 : from + cut.turnStart;
  return { firstKeptEntryIndex: from + cut.first, turnStartIndex, isSplitTurn: turnStartIndex >= 0 };
}

/** Where the turn before that of an entry begins: a cut near the entry depends on nothing earlier. */
function turnBefore(entries: SessionEntry[], index: number, start: number): number {
  let from = index + 1;
  for (let turns = 0; turns < 2 && from > start; ) {
    const kind = kindOf(entries[--from] as SessionEntry);
    if (kind === USER || kind === OPENING) turns++;
  }
  return from;
}
