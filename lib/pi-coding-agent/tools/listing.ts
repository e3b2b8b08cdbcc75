// What grep, find and ls have in common: a text that is cut to what a model is shown, and notes on what is missing.

import type { AgentToolResult } from "../../pi-agent-core/tool.js";
import { DEFAULT_MAX_BYTES, formatSize, type TruncationResult, truncateHead } from "./truncate.js";

/** Lines from the native side: more than a model is shown if there are more. */
export interface Head {
  /** The first lines. */
  text: string;
  /** How many there are in all. */
  totalLines: number;
  /** Their size in all, in bytes. */
  totalBytes: number;
}

/** All lines of a text. */
export function headOf(text: string): Head {
  return { text, totalLines: text.split("\n").length, totalBytes: Buffer.byteLength(text) };
}

/** Says that something is missing from a result: to the model, and to hosts. */
export interface Note<T> {
  text: string;
  details: Partial<T>;
}

/** The result for some lines. That the text was cut is said between the notes `before` and `after`. */
export function listing<T extends { truncation?: TruncationResult }>(
  { text, totalLines, totalBytes }: Head,
  before: (Note<T> | false)[],
  after: (Note<T> | false)[] = [],
): AgentToolResult<T | undefined> {
  const kept = truncateHead(text, { maxLines: Number.MAX_SAFE_INTEGER });
  const truncation = { ...kept, totalLines, totalBytes };
  const cut = kept.truncated && {
    text: `${formatSize(DEFAULT_MAX_BYTES)} limit reached`,
    details: { truncation } as Partial<T>,
  };
  const notes = [...before, cut, ...after].filter((note) => note !== false);
  if (notes.length === 0) return textResult(text, undefined);
  const said = notes.map((note) => note.text).join(". ");
  const details = Object.assign({} as T, ...notes.map((note) => note.details));
  return textResult(`${kept.content}\n\n[${said}]`, details);
}

/** A result of one text. */
export function textResult<T>(text: string, details: T): AgentToolResult<T> {
  return { content: [{ type: "text", text }], details };
}
