// Results of tools that alone are too large: they are cut where they stand, before a summary is made of anything.

import type { ToolResultMessage } from "../../pi-ai/types.js";
import { editsOf } from "../session-edits.js";
import { type ContextEditEntry, isMessageOf, type SessionEntry } from "../session-entries.js";
import { messageOf } from "./entry-message.js";
import { boundaryOf } from "./preparation.js";
import type { CompactionSettings } from "./settings.js";

/** What a result may always take, in tokens. */
const LEAST = 500;

/** What `SessionManager.appendContextEdit` is to be told. */
export type ContextCut = Pick<ContextEditEntry, "targetId"> & {
  replacement: { content: ToolResultMessage["content"] };
};

/**
 * Edits of the context that cut each result whose text takes more than a compaction is to keep, to about a half of that.
 * The file keeps the results as they were.
 * @param pathEntries - the current entry and those that it continues, the first one first.
 */
export function cutOversizedResults(pathEntries: SessionEntry[], settings: CompactionSettings): ContextCut[] {
  const edits = editsOf(pathEntries);
  const most = Math.max(settings.keepRecentTokens, LEAST);
  return pathEntries.slice(boundaryOf(pathEntries).start).flatMap((entry) => {
    const message = isMessageOf(entry, "toolResult") ? messageOf(entry, edits) : undefined;
    const content = message?.role === "toolResult" && shortened(message.content, most);
    return content ? [{ targetId: entry.id, replacement: { content } }] : [];
  });
}

/** The beginning and the end of a content's text, and its images; nothing when the text takes no more than `tokens`. */
function shortened(content: ToolResultMessage["content"], tokens: number) {
  const texts = content.filter((block) => block.type === "text");
  const text = texts.map(({ text }) => text).join("\n");
  if (Math.ceil(text.length / 4) <= tokens) return undefined;
  // Half a character at a cut is none.
  const head = text.slice(0, tokens).replace(/[\ud800-\udbff]$/, "");
  const tail = text.slice(text.length - tokens).replace(/^[\udc00-\udfff]/, "");
  const missing = text.length - head.length - tail.length;
  const cut = `${head}\n\n[... ${missing} characters truncated ...]\n\n${tail}`;
  return [{ type: "text" as const, text: cut }, ...content.filter((block) => block.type === "image")];
}
