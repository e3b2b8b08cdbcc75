// What a session has come to: its messages, tokens and cost, and how full the model's window is.

import type { AssistantMessage } from "../../pi-ai/types.js";
import { calculateContextTokens, estimateContextTokens } from "../compaction/index.js";
import type { ContextUsage } from "../extensions/index.js";
import { getLatestCompactionEntry, isMessageOf } from "../session-entries.js";
import type { AgentSession } from "./agent-session.js";
import { textOf } from "./transcript.js";
import type { SessionStats } from "./types.js";

/** The counts of what the agent's state holds. */
export function getSessionStats(session: AgentSession): SessionStats {
  const { messages } = session;
  const count = (role: string) => messages.filter((message) => message.role === role).length;
  const tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 };
  let cost = 0;
  let toolCalls = 0;
  for (const message of messages) {
    if (message.role !== "assistant") continue;
    const { usage, content } = message;
    toolCalls += content.filter(({ type }) => type === "toolCall").length;
    // What other programs have written may lack it.
    if (!usage) continue;
    for (const kind of ["input", "output", "cacheRead", "cacheWrite"] as const) tokens[kind] += usage[kind];
    cost += usage.cost.total;
  }
  tokens.total = tokens.input + tokens.output + tokens.cacheRead + tokens.cacheWrite;
  return {
    sessionFile: session.sessionFile,
    sessionId: session.sessionId,
    userMessages: count("user"),
    assistantMessages: count("assistant"),
    toolCalls,
    toolResults: count("toolResult"),
    totalMessages: messages.length,
    tokens,
    cost,
    contextUsage: session.getContextUsage(),
  };
}

/**
 * How full the window is; nothing if it is not known how large that is. After a compaction the tokens are not known until
 * the model has answered: what it used before tells of the longer history.
 */
export function getContextUsage(session: AgentSession): ContextUsage | undefined {
  const contextWindow = session.model?.contextWindow ?? 0;
  if (contextWindow <= 0) return undefined;
  if (isJustCompacted(session)) return { tokens: null, contextWindow, percent: null };
  const { tokens } = estimateContextTokens(session.messages);
  return { tokens, contextWindow, percent: (tokens / contextWindow) * 100 };
}

function isJustCompacted({ sessionManager }: AgentSession): boolean {
  const branch = sessionManager.getBranch();
  const compaction = getLatestCompactionEntry(branch);
  if (!compaction) return false;
  const since = branch.slice(branch.lastIndexOf(compaction) + 1);
  const answer = since.findLast((entry) => {
    if (!isMessageOf(entry, "assistant")) return false;
    const { stopReason } = entry.message as AssistantMessage;
    return stopReason !== "aborted" && stopReason !== "error";
  });
  return (
    !isMessageOf(answer, "assistant") ||
    calculateContextTokens((answer.message as AssistantMessage).usage) <= 0
  );
}

/** What the user has said, to fork from. */
export function getUserMessagesForForking({
  sessionManager,
}: AgentSession): { entryId: string; text: string }[] {
  const said = sessionManager.getEntries().flatMap((entry) => {
    if (entry.type !== "message" || entry.message.role !== "user") return [];
    return [{ entryId: entry.id, text: textOf(entry.message.content) }];
  });
  return said.filter(({ text }) => text);
}
