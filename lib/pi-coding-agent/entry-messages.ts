// The messages that entries other than messages stand for.

import type { BranchSummaryMessage, CompactionSummaryMessage, CustomMessage } from "./messages.js";
import type { BranchSummaryEntry, CompactionEntry, CustomMessageEntry } from "./session-entries.js";

const timeOf = ({ timestamp }: { timestamp: string }) => new Date(timestamp).getTime();

/** The message of an extension. */
export function customMessageOf(entry: CustomMessageEntry): CustomMessage {
  const { customType, content, display, details } = entry;
  return { role: "custom", customType, content, display, details, timestamp: timeOf(entry) };
}

/** What a branch was about. */
export function branchSummaryOf(entry: BranchSummaryEntry): BranchSummaryMessage {
  const { summary, fromId } = entry;
  return { role: "branchSummary", summary, fromId, timestamp: timeOf(entry) };
}

/** What stands for older history. */
export function compactionSummaryOf(entry: CompactionEntry): CompactionSummaryMessage {
  const { summary, tokensBefore } = entry;
  return { role: "compactionSummary", summary, tokensBefore, timestamp: timeOf(entry) };
}
