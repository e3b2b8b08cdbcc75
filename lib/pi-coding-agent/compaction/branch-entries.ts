// What a branch holds that is about to be left, for a summary of it.

import type { AgentMessage } from "../../pi-agent-core/messages.js";
import { compactionSummaryOf } from "../entry-messages.js";
import { type Edits, editsOf } from "../session-edits.js";
import type { SessionEntry } from "../session-entries.js";
import type { SessionManager } from "../session-manager.js";
import { messageOf } from "./entry-message.js";
import {
  createFileOps,
  extractFileOpsFromMessage,
  extractFileOpsFromSummary,
  type FileOperations,
} from "./file-operations.js";
import { estimateTokens } from "./tokens.js";

/** How full the messages may be at most for an older summary to be put in front of them although it does not fit. */
const FULL = 0.9;

/** The entries of a branch that is left. */
export interface CollectEntriesResult {
  /** In the order of the conversation. */
  entries: SessionEntry[];
  /** The last entry that is on both branches. */
  commonAncestorId: string | null;
}

/** What of a branch is summarised. */
export interface BranchPreparation {
  /** In the order of the conversation. */
  messages: AgentMessage[];
  /** The files of their calls, and of the summaries of branches before. */
  fileOps: FileOperations;
  /** About what the messages take. */
  totalTokens: number;
}

/**
 * The entries that are left when the session goes from one entry to another.
 * @param oldLeafId - the entry that is left; `null` when there is none.
 */
export function collectEntriesForBranchSummary(
  session: Pick<SessionManager, "getBranch">,
  oldLeafId: string | null,
  targetId: string,
): CollectEntriesResult {
  if (!oldLeafId) return { entries: [], commonAncestorId: null };
  const left = session.getBranch(oldLeafId);
  const ids = new Set(left.map(({ id }) => id));
  const commonAncestorId = session.getBranch(targetId).findLast(({ id }) => ids.has(id))?.id ?? null;
  const entries = left.slice(left.findIndex(({ id }) => id === commonAncestorId) + 1);
  return { entries, commonAncestorId };
}

/**
 * What of some entries is summarised: the newest messages that fit.
 * @param entries - in the order of the conversation.
 * @param tokenBudget - what the messages may take; 0 for any number.
 */
export function prepareBranchEntries(entries: SessionEntry[], tokenBudget = 0): BranchPreparation {
  const fileOps = createFileOps();
  for (const entry of entries) {
    if (entry.type === "branch_summary") extractFileOpsFromSummary(entry, fileOps);
  }
  const edits = editsOf(entries);
  const messages: AgentMessage[] = [];
  let totalTokens = 0;
  for (const entry of entries.toReversed()) {
    const message = shownOf(entry, edits);
    if (!message) continue;
    extractFileOpsFromMessage(message, fileOps);
    const tokens = estimateTokens(message);
    const fits = tokenBudget <= 0 || totalTokens + tokens <= tokenBudget;
    const isSummary = entry.type === "compaction" || entry.type === "branch_summary";
    if (fits || (isSummary && totalTokens < tokenBudget * FULL)) {
      messages.push(message);
      totalTokens += tokens;
    }
    if (!fits) break;
  }
  return { messages: messages.reverse(), fileOps, totalTokens };
}

/** What an entry says. Results are left out: what was called says enough. */
function shownOf(entry: SessionEntry, edits: Edits): AgentMessage | undefined {
  if (entry.type === "compaction") return compactionSummaryOf(entry);
  const message = messageOf(entry, edits);
  return message?.role === "toolResult" ? undefined : message;
}
