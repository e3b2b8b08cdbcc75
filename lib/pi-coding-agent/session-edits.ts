// Edits of what the model is shown: the file keeps every entry as it was, and an edit says what stands in for it.

import type { AgentMessage } from "../pi-agent-core/messages.js";
import type { ContextEditableContent, ContextEditEntry, SessionEntry } from "./session-entries.js";

/** The roles whose content may be replaced. */
const EDITABLE = ["user", "assistant", "toolResult", "custom"];

/** The last edit of each entry, by the entry's id. */
export type Edits = Map<string, ContextEditEntry>;

/** The edits among some entries. */
export function editsOf(entries: SessionEntry[]): Edits {
  const edits: Edits = new Map();
  for (const entry of entries as (SessionEntry | ContextEditEntry)[])
    if (entry.type === "context_edit") edits.set(entry.targetId, entry);
  return edits;
}

/** A message after an edit; `undefined` where nothing is left. */
export function edited(message: AgentMessage, { replacement }: ContextEditEntry): AgentMessage | undefined {
  const content = replacement?.content;
  // An edit that cannot be understood was to hide something: what it was is not shown.
  if (typeof content !== "string" && !Array.isArray(content)) return undefined;
  return EDITABLE.includes(message.role)
    ? ({ ...message, content: contentFor(message.role, content) } as AgentMessage)
    : message;
}

/** Content that a message of a role may hold: only the user's and an extension's may be plain text. */
function contentFor(role: string, content: ContextEditableContent): ContextEditableContent {
  const isBlocks = role === "assistant" || role === "toolResult";
  return isBlocks && typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/**
 * What an edit of an entry is to say.
 * @param branch - the current entry and those that it continues.
 * @throws Error when the entry is not on the branch or holds nothing that the model is shown, or when there is no such
 *   content.
 */
export function editOf(
  targetId: string,
  replacement: ContextEditEntry["replacement"],
  branch: SessionEntry[],
): Pick<ContextEditEntry, "targetId" | "replacement"> {
  const content = replacement === null ? "" : replacement?.content;
  if (typeof content !== "string" && !Array.isArray(content))
    throw new Error("Context edit replacement must be null or contain string/array content");
  const target = branch.find(({ id }) => id === targetId);
  if (!target) throw new Error(`Entry ${targetId} is not on the active branch`);
  const role = target.type === "message" ? target.message.role : target.type === "custom_message" && "custom";
  if (!role || !EDITABLE.includes(role) || (target.type === "message" && role === "custom"))
    throw new Error(`Entry ${targetId} does not contribute editable model content`);
  return { targetId, replacement: replacement === null ? null : { content: contentFor(role, content) } };
}
