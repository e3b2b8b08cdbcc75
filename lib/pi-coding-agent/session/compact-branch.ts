// Makes one compaction of the current branch, keeps it, and gives the agent the shorter history.

import {
  CompactionError,
  type CompactionResult,
  compact,
  cutOversizedResults,
  prepareCompaction,
} from "../compaction/index.js";
import type { CompactionEntry, SessionEntry } from "../session-entries.js";
import type { AgentSession } from "./agent-session.js";
import type { Auth } from "./auth.js";
import type { AnyModel } from "./types.js";

/** There is nothing that could be summarised. */
export class NothingToCompact extends Error {
  /** @param hasCut - whether results of tools were cut, so that the context is shorter all the same. */
  constructor(
    message: string,
    readonly hasCut: boolean,
  ) {
    super(message);
  }
}

/** What a compaction is made with. */
export interface CompactionRequest {
  model: AnyModel;
  auth: Auth;
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
  const settings = session.settingsManager.getCompactionSettings();
  const hasCut = cutResults(session);
  const branch = sessionManager.getBranch();
  const preparation = prepareCompaction(branch, settings);
  if (!preparation) throw new NothingToCompact(reasonOf(branch), hasCut);
  let own: CompactionResult | undefined;
  if (runner.hasHandlers("session_before_compact")) {
    const event = { preparation, branchEntries: branch, customInstructions, signal };
    const answer = await runner.emit({ type: "session_before_compact", ...event });
    if (answer?.cancel) return undefined;
    own = answer?.compaction;
  }
  let result: CompactionResult;
  try {
    const { apiKey, headers } = auth;
    const level = session.thinkingLevel;
    result = own ?? (await compact(preparation, model, apiKey, headers, customInstructions, signal, level));
  } catch (error) {
    if (error instanceof CompactionError && error.code === "COMPACTION_CANCELLED") return undefined;
    throw error;
  }
  if (signal.aborted) return undefined;
  const { summary, firstKeptEntryId, tokensBefore, details } = result;
  const fromExtension = own !== undefined;
  sessionManager.appendCompaction(summary, firstKeptEntryId, tokensBefore, details, fromExtension);
  const compactionEntry = sessionManager
    .getEntries()
    .findLast((entry): entry is CompactionEntry => entry.type === "compaction" && entry.summary === summary);
  session.agent.state.messages = sessionManager.buildSessionContext().messages;
  if (compactionEntry) await runner.emit({ type: "session_compact", compactionEntry, fromExtension });
  return { summary, firstKeptEntryId, tokensBefore, details };
}

/** Cuts the results of tools that alone are too large for what is kept; whether there were any. */
function cutResults({ agent, sessionManager, settingsManager }: AgentSession): boolean {
  const cuts = cutOversizedResults(sessionManager.getBranch(), settingsManager.getCompactionSettings());
  for (const { targetId, replacement } of cuts) sessionManager.appendContextEdit(targetId, replacement);
  if (cuts.length > 0) agent.state.messages = sessionManager.buildSessionContext().messages;
  return cuts.length > 0;
}

function reasonOf(branch: SessionEntry[]): string {
  return branch.at(-1)?.type === "compaction"
    ? "Already compacted"
    : "Nothing to compact (session too small)";
}
