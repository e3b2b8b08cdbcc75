// Where a session is cut. What each entry is and takes is told here; the native side decides (src/compaction/cut.rs).

import { findCut, findTurnStart } from "../../native.js";
import { editsOf } from "../session-edits.js";
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
  const reached = reachedAt(entries, startIndex, endIndex, keepRecentTokens);
  const cut = findCut(kindsOf(entries, startIndex, endIndex), reached);
  if (!cut) return { firstKeptEntryIndex: startIndex, turnStartIndex: -1, isSplitTurn: false };
  const { first, turnStart } = cut;
  const turnStartIndex = turnStart === undefined ? -1 : startIndex + turnStart;
  return { firstKeptEntryIndex: startIndex + first, turnStartIndex, isSplitTurn: turnStartIndex >= 0 };
}

/** Down to which entry the newest ones take so many tokens, counted from `start`; `undefined` when all take less. */
function reachedAt(entries: SessionEntry[], start: number, end: number, tokens: number): number | undefined {
  const edits = editsOf(entries);
  let taken = 0;
  for (let at = end - 1; at >= start; at--) {
    const message = messageOf(entries[at] as SessionEntry, edits);
    if (!message) continue;
    taken += estimateTokens(message);
    if (taken >= tokens) return at - start;
  }
  return undefined;
}
