// Results of tools that alone are too large: they are cut where they stand, before a summary is made of anything.

import type { ToolResultMessage } from "../../pi-ai/types.js";
import { editsOf } from "../session-edits.js";
import { type ContextEditEntry, isMessageOf, type SessionEntry } from "../session-entries.js";
import { messageOf } from "./entry-message.js";
import { boundaryOf } from "./preparation.js";
import type { CompactionSettings } from "./settings.js";
import { estimateTokens } from "./tokens.js";

/** What `SessionManager.appendContextEdit` is to be told. */
export type ContextCut = Pick<ContextEditEntry, "targetId"> & {
  replacement: { content: ToolResultMessage["content"] };
};

/**
 * Edits of the context that cut each result which takes more than a compaction is to keep, to a half of that. The file
 * keeps the results as they were.
 * @param pathEntries - the current entry and those that it continues, the first one first.
 */
export function cutOversizedResults(pathEntries: SessionEntry[], settings: CompactionSettings): ContextCut[] {
  const edits = editsOf(pathEntries);
  return pathEntries.slice(boundaryOf(pathEntries).start).flatMap((entry) => {
    const message = isMessageOf(entry, "toolResult") ? messageOf(entry, edits) : undefined;
    if (message?.role !== "toolResult" || estimateTokens(message) <= settings.keepRecentTokens) return [];
    // A token is about four characters.
    const content = shortened(message.content, settings.keepRecentTokens * 2);
    return [{ targetId: entry.id, replacement: { content } }];
  });
}

/** The beginning and the end of a content's text; images stay. */
function shortened(content: ToolResultMessage["content"], most: number): ToolResultMessage["content"] {
  const text = content.map((block) => (block.type === "text" ? block.text : "")).join("\n");
  // Half a character at a cut is none.
  const head = text.slice(0, most / 2).replace(/[\ud800-\udbff]$/, "");
  const tail = text.slice(text.length - most / 2).replace(/^[\udc00-\udfff]/, "");
  const missing = text.length - head.length - tail.length;
  const cut = `${head}\n\n[... ${missing} characters truncated ...]\n\n${tail}`;
  const images = content.filter(({ type }) => type === "image");
  return [{ type: "text", text: missing > 0 ? cut : text }, ...images];
}
