// Summaries of the older part of a session.

import type { AgentMessage } from "../../pi-agent-core/messages.js";
import type { ThinkingLevel } from "../../pi-agent-core/types.js";
import type { Model, SimpleStreamOptions } from "../../pi-ai/types.js";
import { convertToLlm } from "../llm-messages.js";
import { conversationChunks } from "./conversation.js";
import { FIRST_SUMMARY, NEXT_SUMMARY, TURN_PREFIX_SUMMARY } from "./prompts.js";
import { requestSummary, textOf } from "./summary-request.js";

/** What of a model's window a conversation may take, since its tokens are only estimated. */
const SHARE_OF_WINDOW = 0.8;

/** How a summary is asked for. */
export interface SummaryOptions {
  // biome-ignore lint/suspicious/noExplicitAny: models of every protocol
  model: Model<any>;
  /** What is left free of the model's window; a part of it is the most that the summary may take. */
  reserveTokens: number;
  apiKey: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  thinkingLevel?: ThinkingLevel;
}

/**
 * A summary of a conversation. What is too long for the model's window is summarised piece by piece.
 * @param reserveTokens - what is left free of the model's window; the summary may take four fifths of it.
 * @param previousSummary - the summary that the new one continues.
 * @throws Error when a request fails.
 */
export async function generateSummary(
  currentMessages: AgentMessage[],
  // biome-ignore lint/suspicious/noExplicitAny: models of every protocol
  model: Model<any>,
  reserveTokens: number,
  apiKey: string,
  headers?: Record<string, string>,
  signal?: AbortSignal,
  customInstructions?: string,
  previousSummary?: string,
  thinkingLevel?: ThinkingLevel,
): Promise<string> {
  const options = { model, reserveTokens, apiKey, headers, signal, thinkingLevel };
  const focus = customInstructions ? `\n\nAdditional focus: ${customInstructions}` : "";
  let summary = previousSummary;
  for (const conversation of chunksFor(currentMessages, options)) {
    const task = (summary ? NEXT_SUMMARY : FIRST_SUMMARY) + focus;
    const response = await requestSummary(
      model,
      { conversation, earlier: summary, task },
      limits(options, 0.8),
    );
    if (response.stopReason === "error")
      throw new Error(`Summarization failed: ${response.errorMessage || "Unknown error"}`);
    summary = textOf(response);
    if (response.stopReason === "aborted") break;
  }
  return summary ?? "";
}

/**
 * A summary of the beginning of a turn whose end is kept. Of what is too long for the model's window, the beginning counts.
 * @throws Error when the request fails.
 */
export async function generateTurnPrefixSummary(
  messages: AgentMessage[],
  options: SummaryOptions,
): Promise<string> {
  const [conversation] = chunksFor(messages, options) as [string];
  const request = { conversation, task: TURN_PREFIX_SUMMARY };
  const response = await requestSummary(options.model, request, limits(options, 0.5));
  if (response.stopReason === "error")
    throw new Error(`Turn prefix summarization failed: ${response.errorMessage || "Unknown error"}`);
  return textOf(response);
}

function chunksFor(messages: AgentMessage[], { model, reserveTokens }: SummaryOptions): string[] {
  const room = Math.floor((model.contextWindow - reserveTokens) * SHARE_OF_WINDOW);
  const isKnown = room > 0 && Number.isFinite(room);
  return conversationChunks(convertToLlm(messages), isKnown ? room : undefined);
}

/** The options of a request whose answer may take a share of what is left free. */
function limits(options: SummaryOptions, share: number): SimpleStreamOptions {
  const { model, reserveTokens, apiKey, headers, signal, thinkingLevel } = options;
  const request = { maxTokens: Math.floor(share * reserveTokens), signal, apiKey, headers };
  const thinks = model.reasoning && thinkingLevel && thinkingLevel !== "off";
  return thinks ? { ...request, reasoning: thinkingLevel } : request;
}
