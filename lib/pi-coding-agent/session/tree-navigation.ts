// Goes to another place in a session's tree, with a summary of the branch that is left if it is wanted.

import { collectEntriesForBranchSummary, generateBranchSummary } from "../compaction/index.js";
import type { TreePreparation } from "../extensions/index.js";
import type { BranchSummaryEntry, SessionEntry } from "../session-entries.js";
import type { AgentSession } from "./agent-session.js";
import { textOf } from "./transcript.js";
import type { NavigateOptions, NavigateResult } from "./types.js";

interface Summary {
  summary: string;
  details?: unknown;
}

/** What extensions may still change of a navigation. */
interface Plan extends Omit<NavigateOptions, "summarize"> {
  /** An extension's summary. */
  own?: Summary;
}

/** Navigates. */
export async function navigateTree(
  session: AgentSession,
  targetId: string,
  options: NavigateOptions,
  signal: AbortSignal,
): Promise<NavigateResult> {
  const { sessionManager } = session;
  const oldLeafId = sessionManager.getLeafId();
  if (options.summarize && !session.model) throw new Error("No model available for summarization");
  const target = sessionManager.getEntry(targetId);
  if (!target) throw new Error(`Entry ${targetId} not found`);
  const { entries, commonAncestorId } = collectEntriesForBranchSummary(sessionManager, oldLeafId, targetId);
  const { customInstructions, replaceInstructions, label, summarize = false } = options;
  const preparation = {
    targetId,
    oldLeafId,
    commonAncestorId,
    entriesToSummarize: entries,
    userWantsSummary: summarize,
    customInstructions,
    replaceInstructions,
    label,
  };
  const plan = await askExtensions(session, preparation, signal);
  if (!plan) return { cancelled: true };
  let left: Summary | undefined = plan.own;
  if (summarize && entries.length > 0 && !left) {
    left = await summarizeBranch(session, entries, plan, signal);
    if (!left) return { cancelled: true, aborted: true };
  }
  const { leafId, editorText } = destinationOf(target);
  const fromExtension = plan.own !== undefined;
  const summaryEntry = move(session, leafId, left?.summary ? left : undefined, fromExtension);
  if (plan.label) sessionManager.appendLabelChange(summaryEntry?.id ?? targetId, plan.label);
  session.agent.state.messages = sessionManager.buildSessionContext().messages;
  await session.extensionRunner.emit({
    type: "session_tree",
    newLeafId: sessionManager.getLeafId(),
    oldLeafId,
    summaryEntry,
    fromExtension: left?.summary ? fromExtension : undefined,
  });
  return { editorText, cancelled: false, summaryEntry } as NavigateResult;
}

async function askExtensions(
  { extensionRunner }: AgentSession,
  preparation: TreePreparation,
  signal: AbortSignal,
): Promise<Plan | undefined> {
  const { customInstructions, replaceInstructions, label } = preparation;
  const plan: Plan = { customInstructions, replaceInstructions, label } as Plan;
  if (!extensionRunner.hasHandlers("session_before_tree")) return plan;
  const answer = await extensionRunner.emit({ type: "session_before_tree", preparation, signal });
  if (answer?.cancel) return undefined;
  if (answer?.summary && preparation.userWantsSummary) plan.own = answer.summary;
  for (const key of ["customInstructions", "replaceInstructions", "label"] as const) {
    if (answer?.[key] !== undefined) Object.assign(plan, { [key]: answer[key] });
  }
  return plan;
}

/** The model's summary of a branch; nothing if it was aborted. */
async function summarizeBranch(
  session: AgentSession,
  entries: SessionEntry[],
  { customInstructions, replaceInstructions }: Plan,
  signal: AbortSignal,
): Promise<Summary | undefined> {
  const model = session.model as NonNullable<typeof session.model>;
  const { apiKey, headers } = await session.requireAuth(model);
  const { reserveTokens } = session.settingsManager.getBranchSummarySettings();
  const instructions = { customInstructions, replaceInstructions };
  const request = { model, apiKey, headers, signal, ...instructions, reserveTokens };
  const result = await generateBranchSummary(entries, request);
  if (result.aborted) return undefined;
  if (result.error) throw new Error(result.error);
  const { summary = "", readFiles = [], modifiedFiles = [] } = result;
  return { summary, details: { readFiles, modifiedFiles } };
}

/** Where the conversation goes on: what a user said is said anew, so before it. */
function destinationOf(target: SessionEntry): { leafId: string | null; editorText?: string } {
  if (target.type === "message" && target.message.role === "user") {
    return { leafId: target.parentId, editorText: textOf(target.message.content) };
  }
  if (target.type === "custom_message")
    return { leafId: target.parentId, editorText: textOf(target.content) };
  return { leafId: target.id };
}

function move(
  { sessionManager }: AgentSession,
  leafId: string | null,
  left: Summary | undefined,
  fromExtension: boolean,
): BranchSummaryEntry | undefined {
  if (left) {
    const id = sessionManager.branchWithSummary(leafId, left.summary, left.details, fromExtension);
    return sessionManager.getEntry(id) as BranchSummaryEntry;
  }
  if (leafId === null) sessionManager.resetLeaf();
  else sessionManager.branch(leafId);
  return undefined;
}
