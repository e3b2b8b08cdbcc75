// Summaries of branches that are left.

import type { Model } from "../../pi-ai/types.js";
import { convertToLlm } from "../llm-messages.js";
import type { SessionEntry } from "../session-entries.js";
import { prepareBranchEntries } from "./branch-entries.js";
import { serializeConversation } from "./conversation.js";
import { computeFileLists, type FileLists, formatFileOperations } from "./file-operations.js";
import { BRANCH_SUMMARY, BRANCH_SUMMARY_PREAMBLE } from "./prompts.js";
import { requestSummary, textOf } from "./summary-request.js";

/** The window of a model that does not say. */
const DEFAULT_WINDOW = 128_000;
/** The most that a summary may take, in tokens. */
const MAX_TOKENS = 2048;

/** What a session keeps of a branch's files. */
export type BranchSummaryDetails = FileLists;

/** A branch's summary, or why there is none. */
export interface BranchSummaryResult {
  summary?: string;
  readFiles?: string[];
  modifiedFiles?: string[];
  aborted?: boolean;
  error?: string;
}

/** How a branch's summary is asked for. */
export interface GenerateBranchSummaryOptions {
  // biome-ignore lint/suspicious/noExplicitAny: models of every protocol
  model: Model<any>;
  apiKey: string;
  headers?: Record<string, string>;
  signal: AbortSignal;
  /** What the summary is to look at besides. */
  customInstructions?: string;
  /** Whether `customInstructions` are all that is asked. */
  replaceInstructions?: boolean;
  /** What is left free of the model's window; 16,384 where it is not given. */
  reserveTokens?: number;
}

/**
 * A summary of a branch that is left. What does not fit into the model's window counts less the older it is.
 * @param entries - in the order of the conversation.
 */
export async function generateBranchSummary(
  entries: SessionEntry[],
  options: GenerateBranchSummaryOptions,
): Promise<BranchSummaryResult> {
  const { model, apiKey, headers, signal, customInstructions, reserveTokens = 16384 } = options;
  const budget = (model.contextWindow || DEFAULT_WINDOW) - reserveTokens;
  const { messages, fileOps } = prepareBranchEntries(entries, budget);
  if (messages.length === 0) return { summary: "No content to summarize" };

  const focus = customInstructions ? `\n\nAdditional focus: ${customInstructions}` : "";
  const task =
    options.replaceInstructions && customInstructions ? customInstructions : BRANCH_SUMMARY + focus;
  const conversation = serializeConversation(convertToLlm(messages));
  const limits = { apiKey, headers, signal, maxTokens: MAX_TOKENS };
  const response = await requestSummary(model, { conversation, task }, limits);
  if (response.stopReason === "aborted") return { aborted: true };
  if (response.stopReason === "error") return { error: response.errorMessage || "Summarization failed" };

  const { readFiles, modifiedFiles } = computeFileLists(fileOps);
  const files = formatFileOperations(readFiles, modifiedFiles);
  return { summary: BRANCH_SUMMARY_PREAMBLE + textOf(response) + files, readFiles, modifiedFiles };
}
