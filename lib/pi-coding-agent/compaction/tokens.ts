// How many tokens messages take: what models have said of it, else four characters a token.

import type { AgentMessage } from "../../pi-agent-core/messages.js";
import type { AssistantMessage, Usage } from "../../pi-ai/types.js";
import type { SessionEntry } from "../session-entries.js";

/** What an image counts for, in characters. */
const IMAGE = 4800;

/** What a context takes. */
export interface ContextUsageEstimate {
  /** All of it. */
  tokens: number;
  /** What the last answer's usage says. */
  usageTokens: number;
  /** What has come since, by its length. */
  trailingTokens: number;
  /** Which message that answer is; `null` when there is none. */
  lastUsageIndex: number | null;
}

/** All tokens of a request and its answer. */
export function calculateContextTokens(usage: Usage): number {
  return usage.totalTokens || usage.input + usage.output + usage.cacheRead + usage.cacheWrite;
}

/** The usage of the last answer that neither failed nor was aborted. */
export function getLastAssistantUsage(entries: SessionEntry[]): Usage | undefined {
  for (let at = entries.length - 1; at >= 0; at--) {
    const entry = entries[at] as SessionEntry;
    const usage = entry.type === "message" ? usageOf(entry.message) : undefined;
    if (usage) return usage;
  }
  return undefined;
}

/** What a model has said of its answer, unless that failed or was aborted. */
export function usageOf(message: AgentMessage): Usage | undefined {
  if (message.role !== "assistant") return undefined;
  return message.stopReason === "aborted" || message.stopReason === "error" ? undefined : message.usage;
}

/** What a context takes: what the last answer's usage says, and what has come since. */
export function estimateContextTokens(messages: AgentMessage[]): ContextUsageEstimate {
  const last = messages.findLastIndex((message) => usageOf(message));
  const usage = last < 0 ? undefined : usageOf(messages[last] as AgentMessage);
  const usageTokens = usage ? calculateContextTokens(usage) : 0;
  const trailingTokens = tokensOf(messages.slice(last + 1));
  const tokens = usageTokens + trailingTokens;
  return { tokens, usageTokens, trailingTokens, lastUsageIndex: last < 0 ? null : last };
}

/** About how many tokens messages take together. */
export function tokensOf(messages: AgentMessage[]): number {
  let tokens = 0;
  for (const message of messages) tokens += estimateTokens(message);
  return tokens;
}

/** About how many tokens a message takes; 0 for a role that is not known. */
export function estimateTokens(message: AgentMessage): number {
  return Math.ceil(lengthOf(message) / 4);
}

function lengthOf(message: AgentMessage): number {
  switch (message.role) {
    case "user":
    case "custom":
    case "toolResult":
      return contentLength(message.content);
    case "assistant":
      return answerLength(message);
    case "bashExecution":
      return size(message.command) + size(message.output);
    case "branchSummary":
    case "compactionSummary":
      return size(message.summary);
    default:
      return 0;
  }
}

/** Hosts leave things out; one such message must not keep a session from being compacted. */
const size = (text: string | undefined) => text?.length ?? 0;

function contentLength(content: string | { type: string; text?: string }[]): number {
  if (typeof content === "string") return content.length;
  let length = 0;
  for (const { type, text } of content ?? []) {
    if (type === "text") length += size(text);
    else if (type === "image") length += IMAGE;
  }
  return length;
}

function answerLength({ content }: AssistantMessage): number {
  let length = 0;
  for (const block of content ?? []) {
    if (block.type === "text") length += size(block.text);
    else if (block.type === "thinking") length += size(block.thinking);
    else if (block.type === "toolCall") length += size(block.name) + size(JSON.stringify(block.arguments));
  }
  return length;
}
