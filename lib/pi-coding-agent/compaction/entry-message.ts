// What an entry says, for summaries and cuts.

import type { AgentMessage } from "../../pi-agent-core/messages.js";
import { branchSummaryOf, customMessageOf } from "../entry-messages.js";
import { type Edits, edited } from "../session-edits.js";
import type { SessionEntry } from "../session-entries.js";

/**
 * What an entry says; `undefined` when it says nothing or is an older compaction.
 * @param edits - what was taken out of the context or replaced there must not come back by a summary.
 */
export function messageOf(entry: SessionEntry, edits: Edits): AgentMessage | undefined {
  const message = wholeMessageOf(entry);
  // Most sessions have no edits, and a long one many ids to look for.
  const edit = message && edits.size > 0 ? edits.get(entry.id) : undefined;
  return message && edit ? edited(message, edit) : message;
}

function wholeMessageOf(entry: SessionEntry): AgentMessage | undefined {
  if (entry.type === "message") return entry.message;
  if (entry.type === "custom_message") return customMessageOf(entry);
  if (entry.type === "branch_summary") return branchSummaryOf(entry);
  return undefined;
}
