/** Makes one compaction of the current branch, keeps it, and gives the agent the shorter history. */

import { type CompactionResult, compact, prepareCompaction } from "../compaction/index.js";
import type { CompactionEntry, SessionEntry } from "../session-entries.js";
import type { AgentSession } from "./agent-session.js";
import type { AnyModel } from "./types.js";

/** There is nothing that could be summarised. */
export class NothingToCompact extends Error {
  override name = "NothingToCompact";
}

/** What a compaction is made with. */
export interface CompactionRequest {
  model: AnyModel;
  auth: { apiKey?: string; headers?: Record<string, string> };
  customInstructions?: string | undefined;
  signal: AbortSignal;
}

/**
 * Compacts. Gives nothing if an extension or the signal has stopped it.
 * @throws NothingToCompact if the history is short enough or was just compacted.
 */
export async function compactBranch(
  session: AgentSession,
  request: CompactionRequest,
): Promise<CompactionResult | undefined> {
  const { model, auth, customInstructions, signal } = request;
  const { sessionManager, extensionRunner: runner } = session;
  const branch = sessionManager.getBranch();
  const preparation = prepareCompaction(branch, session.settingsManager.getCompactionSettings());
  if (!preparation) throw new NothingToCompact(reasonOf(branch));
  let own: CompactionResult | undefined;
  if (runner.hasHandlers("session_before_compact")) {
    const event = { preparation, branchEntries: branch, customInstructions, signal };
    const answer = await runner.emit({ type: "session_before_compact", ...event });
    if (answer?.cancel) return undefined;
    own = answer?.compaction;
  }
  const { apiKey, headers } = auth;
  const { summary, firstKeptEntryId, tokensBefore, details } =
    own ??
    (await compact(
      preparation,
      model,
      apiKey,
      headers,
      customInstructions,
      signal,
      session.thinkingLevel,
    ));
  if (signal.aborted) return undefined;
  const fromExtension = own !== undefined;
  sessionManager.appendCompaction(summary, firstKeptEntryId, tokensBefore, details, fromExtension);
  const entries = sessionManager.getEntries();
  session.agent.state.messages = sessionManager.buildSessionContext().messages;
  const compactionEntry = entries.findLast(
    (entry): entry is CompactionEntry => entry.type === "compaction" && entry.summary === summary,
  );
  if (compactionEntry) await runner.emit({ type: "session_compact", compactionEntry, fromExtension });
  return { summary, firstKeptEntryId, tokensBefore, details };
}

function reasonOf(branch: SessionEntry[]): string {
  return branch.at(-1)?.type === "compaction" ? "Already compacted" : "Nothing to compact (session too small)";
}
