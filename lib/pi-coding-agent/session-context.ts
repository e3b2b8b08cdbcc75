// What the model is shown of a session: the messages on the way to an entry, older ones by their summary.

import type { AgentMessage } from "../pi-agent-core/messages.js";
import { branchSummaryOf, compactionSummaryOf, customMessageOf } from "./entry-messages.js";
import { edited, editsOf } from "./session-edits.js";
import type { CompactionEntry, SessionContext, SessionEntry } from "./session-entries.js";

/** An entry and those that it continues, the first one first. */
export function pathTo(leaf: SessionEntry | undefined, byId: Map<string, SessionEntry>): SessionEntry[] {
  const path: SessionEntry[] = [];
  const seen = new Set<SessionEntry>();
  for (let entry = leaf; entry && !seen.has(entry); ) {
    seen.add(entry);
    path.push(entry);
    entry = entry.parentId ? byId.get(entry.parentId) : undefined;
  }
  return path.reverse();
}

/**
 * What the model is shown.
 * @param leafId - the last entry that counts; `null` for none, the last one of `entries` unless given.
 * @param byId - the entries by id, where the caller has them.
 */
export function buildSessionContext(
  entries: SessionEntry[],
  leafId?: string | null,
  byId?: Map<string, SessionEntry>,
): SessionContext {
  const index = byId ?? new Map(entries.map((entry) => [entry.id, entry]));
  if (leafId === null) return contextOf([], []);
  const leaf = (leafId ? index.get(leafId) : undefined) ?? entries.at(-1);
  const path = pathTo(leaf, index);
  return contextOf(path, kept(path));
}

/** The entries of a path that count: after a compaction the compaction, what it keeps, and what follows. */
function kept(path: SessionEntry[]): SessionEntry[] {
  const at = path.findLastIndex(({ type }) => type === "compaction");
  if (at < 0) return path;
  const compaction = path[at] as CompactionEntry;
  const before = path.slice(0, at);
  const first = before.findIndex(({ id }) => id === compaction.firstKeptEntryId);
  return [compaction, ...(first < 0 ? [] : before.slice(first)), ...path.slice(at + 1)];
}

/** The context of entries that count; `settings` are those that say which model answers and how it thinks. */
export function contextOf(settings: Iterable<SessionEntry>, counting: SessionEntry[]): SessionContext {
  const context: SessionContext = { messages: [], thinkingLevel: "off", model: null };
  for (const entry of settings) {
    if (entry.type === "thinking_level_change") context.thinkingLevel = entry.thinkingLevel;
    else if (entry.type === "model_change")
      context.model = { provider: entry.provider, modelId: entry.modelId };
    else if (entry.type === "message" && entry.message?.role === "assistant")
      context.model = { provider: entry.message.provider, modelId: entry.message.model };
  }
  const [first] = counting;
  const edits = editsOf(counting);
  for (const entry of counting) {
    const edit = edits.get(entry.id);
    const whole = messageOf(entry, entry === first);
    const message = whole && edit ? edited(whole, edit) : whole;
    if (message) context.messages.push(message);
  }
  return context;
}

function messageOf(entry: SessionEntry, isFirst: boolean): AgentMessage | undefined {
  // Later versions keep the prompt among the messages; by this API it is the host's.
  if (entry.type === "message")
    return (entry.message?.role as string) === "system" ? undefined : entry.message;
  if (entry.type === "custom_message") return customMessageOf(entry);
  if (entry.type === "branch_summary" && entry.summary) return branchSummaryOf(entry);
  // An older compaction among what is kept has been replaced by this one.
  if (entry.type === "compaction" && isFirst) return compactionSummaryOf(entry);
  return undefined;
}
