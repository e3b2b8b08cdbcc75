// A compaction of a session: its older part becomes a summary.

import type { ThinkingLevel } from "../../pi-agent-core/types.js";
import type { Model } from "../../pi-ai/types.js";
import { CompactionError } from "./error.js";
import { computeFileLists, type FileLists, formatFileOperations } from "./file-operations.js";
import type { CompactionPreparation } from "./preparation.js";
import { generateSummary, generateTurnPrefixSummary } from "./summary.js";
import { tokensOf } from "./tokens.js";

/** What a session keeps of a compaction's files. */
export type CompactionDetails = FileLists;

/** A compaction, as a session keeps it. */
export interface CompactionResult<T = unknown> {
  summary: string;
  /** The first entry that is kept. */
  firstKeptEntryId: string;
  /** What the context took before. */
  tokensBefore: number;
  details?: T;
}

/**
 * Has a model make the summaries of a compaction.
 * @param customInstructions - what the summary is to look at besides.
 * @throws CompactionError when there is nothing to summarise, or the summary is empty or takes no less room than what it is
 *   to stand for.
 * @throws Error when a request fails.
 */
export async function compact(
  preparation: CompactionPreparation,
  // biome-ignore lint/suspicious/noExplicitAny: models of every protocol
  model: Model<any>,
  apiKey: string,
  headers?: Record<string, string>,
  customInstructions?: string,
  signal?: AbortSignal,
  thinkingLevel?: ThinkingLevel,
): Promise<CompactionResult> {
  const { firstKeptEntryId, messagesToSummarize, turnPrefixMessages, tokensBefore } = preparation;
  const { reserveTokens } = preparation.settings;
  const isSplit = preparation.isSplitTurn && turnPrefixMessages.length > 0;
  if (!isSplit && messagesToSummarize.length === 0)
    throw new CompactionError("COMPACTION_NOTHING", "Nothing to compact (session too small)");
  if (!firstKeptEntryId) throw new Error("First kept entry has no UUID - session may need migration");

  const ofHistory = () =>
    generateSummary(
      messagesToSummarize,
      model,
      reserveTokens,
      apiKey,
      headers,
      signal,
      customInstructions,
      preparation.previousSummary,
      thinkingLevel,
    );
  const options = { model, reserveTokens, apiKey, headers, signal, thinkingLevel };
  const parts = await Promise.all([
    messagesToSummarize.length > 0 ? ofHistory() : (preparation.previousSummary ?? "No prior history."),
    ...(isSplit ? [generateTurnPrefixSummary(turnPrefixMessages, options)] : []),
  ]);
  if (signal?.aborted) throw new CompactionError("COMPACTION_CANCELLED", "Compaction cancelled");
  if (parts.some((part) => part.trim() === ""))
    throw new CompactionError("COMPACTION_EMPTY", "Summarization failed: the model's summary is empty");

  const files = computeFileLists(preparation.fileOps);
  const summary =
    parts.join("\n\n---\n\n**Turn Context (split turn):**\n\n") +
    formatFileOperations(files.readFiles, files.modifiedFiles);
  mustBeSmaller(summary, preparation);
  return { summary, firstKeptEntryId, tokensBefore, details: files };
}

/** Otherwise a session that is too long would be compacted again and again. */
function mustBeSmaller(summary: string, preparation: CompactionPreparation): void {
  const { messagesToSummarize, turnPrefixMessages, previousSummary = "" } = preparation;
  const ofSummary = (text: string) => Math.ceil(text.length / 4);
  const before = ofSummary(previousSummary) + tokensOf(messagesToSummarize) + tokensOf(turnPrefixMessages);
  const after = ofSummary(summary);
  if (after >= before) {
    const message = `Compaction did not shrink the session: a summary of ${after} tokens for ${before}`;
    throw new CompactionError("COMPACTION_GREW", message);
  }
}
