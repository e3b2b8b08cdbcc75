// What an entry says, for summaries and cuts.

import type { AgentMessage } from "../../pi-agent-core/messages.js";
import { branchSummaryOf, customMessageOf } from "../entry-messages.js";
import { edited, type editsOf } from "../session-edits.js";
import type { SessionEntry } from "../session-entries.js";

/**
 * What an entry says; `undefined` when it says nothing or is an older compaction.
 * @param edits - what was taken out of the context or replaced there must not come back by a summary.
 */
export function messageOf(entry: SessionEntry, edits: ReturnType<typeof editsOf>): AgentMessage | undefined {
  const message = wholeMessageOf(entry);
  const edit = message && edits.get(entry.id);
  return edit ? edited(message, edit) : message;
}

function wholeMessageOf(entry: SessionEntry): AgentMessage | undefined {
  if (entry.type === "message") return entry.message;
  if (entry.type === "custom_message") return customMessageOf(entry);
  if (entry.type === "branch_summary") return branchSummaryOf(entry);
  return undefined;
}
