// Compacts the history when the host asks, when it nears the model's window, and when a request did not fit.

import { isContextOverflow } from "../../pi-ai/overflow.js";
import type { AssistantMessage } from "../../pi-ai/types.js";
import {
  type CompactionResult,
  calculateContextTokens,
  estimateContextTokens,
  shouldCompact,
} from "../compaction/index.js";
import { getLatestCompactionEntry } from "../session-entries.js";
import type { AgentSession } from "./agent-session.js";
import { compactBranch, NothingToCompact } from "./compact-branch.js";
import { formatNoModelSelectedMessage } from "./guidance.js";
import { dropLastAnswer, dropLastFailure, goOn, saying } from "./transcript.js";
import type { CompactionReason } from "./types.js";

const CANCELLED = "Compaction cancelled";
const ONCE =
  "Context overflow recovery failed after one compact-and-retry attempt. Try reducing context or switching to a larger-context model.";
/** Milliseconds before the agent goes on after a compaction. */
const PAUSE = 100;

/** The compactions of one session. */
export class Compactions {
  #manual: AbortController | undefined;
  #auto: AbortController | undefined;
  #recovered = false;

  constructor(private readonly session: AgentSession) {}

  get isRunning(): boolean {
    return this.#manual !== undefined || this.#auto !== undefined;
  }

  /** Allows another recovery: the user has said something. */
  newPrompt(): void {
    this.#recovered = false;
  }

  /** Allows another recovery, if the answer fitted: one that silently did not would have it go on for ever. */
  answered(message: AssistantMessage): void {
    const { usage } = message;
    if (!usage || !isContextOverflow(message, this.session.model?.contextWindow)) this.#recovered = false;
  }

  abort(): void {
    this.#manual?.abort();
    this.#auto?.abort();
  }

  /** Compacts because the host asks. What the agent is doing is aborted, and kept, first. */
  async compact(customInstructions?: string): Promise<CompactionResult> {
    const { session } = this;
    const wasRunning = session.isStreaming;
    await session.abort();
    if (wasRunning) await session.settled();
    session.disconnect();
    const controller = new AbortController();
    this.#manual = controller;
    session.tell({ type: "compaction_start", reason: "manual" });
    try {
      const { model } = session;
      if (!model) throw new Error(formatNoModelSelectedMessage());
      const auth = await session.requireAuth(model);
      const { signal } = controller;
      const result = await compactBranch(session, { model, auth, customInstructions, signal });
      if (!result) throw new Error(CANCELLED);
      this.#end("manual", { result });
      return result;
    } catch (error) {
      const message = saying(error);
      const aborted = message === CANCELLED || (error instanceof Error && error.name === "AbortError");
      this.#end("manual", { aborted, errorMessage: aborted ? undefined : `Compaction failed: ${message}` });
      throw error;
    } finally {
      this.#manual = undefined;
      session.resume();
    }
  }

  /**
   * Compacts if an answer shows that it is time.
   * @param skipAborted - whether an answer that was aborted says nothing.
   */
  async check(answer: AssistantMessage, skipAborted = true): Promise<void> {
    const { session } = this;
    const settings = session.settingsManager.getCompactionSettings();
    if (!settings.enabled || (skipAborted && answer.stopReason === "aborted")) return;
    const { model } = session;
    const window = model?.contextWindow ?? 0;
    const isOf = model && answer.provider === model.provider && answer.model === model.id;
    const compaction = getLatestCompactionEntry(session.sessionManager.getBranch());
    const compactedAt = compaction ? new Date(compaction.timestamp).getTime() : Number.NEGATIVE_INFINITY;
    // What was said before the last compaction tells of the history that it replaced.
    if (answer.timestamp <= compactedAt) return;
    if (isOf && answer.usage && isContextOverflow(answer, window)) return await this.#recover();
    const tokens = this.#contextTokens(answer, compactedAt);
    if (tokens !== undefined && window > 0 && shouldCompact(tokens, window, settings)) {
      await this.#run("threshold", false);
    }
  }

  /** How full the context is; a failed answer does not say, so the one before it counts, if it is recent enough. */
  #contextTokens(answer: AssistantMessage, compactedAt: number): number | undefined {
    // What other programs have written may lack it.
    if (answer.stopReason !== "error" && answer.usage) return calculateContextTokens(answer.usage);
    const { messages } = this.session;
    const { tokens, lastUsageIndex } = estimateContextTokens(messages);
    if (lastUsageIndex === null) return undefined;
    const said = messages[lastUsageIndex];
    return said?.role === "assistant" && said.timestamp <= compactedAt ? undefined : tokens;
  }

  async #recover(): Promise<void> {
    if (this.#recovered) return this.#end("overflow", { errorMessage: ONCE });
    this.#recovered = true;
    dropLastAnswer(this.session.agent);
    await this.#run("overflow", true);
  }

  async #run(reason: "threshold" | "overflow", willRetry: boolean): Promise<void> {
    const { session } = this;
    session.tell({ type: "compaction_start", reason });
    const controller = new AbortController();
    this.#auto = controller;
    try {
      const { model } = session;
      const auth = model && (await session.modelRegistry.getApiKeyAndHeaders(model));
      if (!model || !auth?.ok || !auth.apiKey) return this.#end(reason, {});
      const { apiKey, headers } = auth;
      const { signal } = controller;
      const result = await compactBranch(session, { model, auth: { apiKey, headers }, signal });
      if (!result) return this.#end(reason, { aborted: true });
      this.#end(reason, { result, willRetry });
      this.#goOn(willRetry);
    } catch (error) {
      if (error instanceof NothingToCompact) {
        this.#end(reason, { willRetry: willRetry && error.hasCut });
        if (error.hasCut) this.#goOn(willRetry);
        return;
      }
      const message = error instanceof Error ? error.message : "compaction failed";
      const what = reason === "overflow" ? "Context overflow recovery failed" : "Auto-compaction failed";
      this.#end(reason, { errorMessage: `${what}: ${message}` });
    } finally {
      this.#auto = undefined;
    }
  }

  /** Makes the request again that did not fit, or answers what waits. */
  #goOn(willRetry: boolean): void {
    const { agent } = this.session;
    if (willRetry) dropLastFailure(agent);
    if (willRetry || agent.hasQueuedMessages()) setTimeout(() => goOn(agent), PAUSE);
  }

  #end(
    reason: CompactionReason,
    outcome: {
      result?: CompactionResult;
      aborted?: boolean;
      willRetry?: boolean;
      errorMessage?: string | undefined;
    },
  ): void {
    const { result, aborted = false, willRetry = false } = outcome;
    const said = "errorMessage" in outcome ? { errorMessage: outcome.errorMessage } : {};
    this.session.tell({ type: "compaction_end", reason, result, aborted, willRetry, ...said });
  }
}
