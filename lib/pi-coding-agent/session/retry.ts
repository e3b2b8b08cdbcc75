// Makes a request again that failed for a reason that may pass, after a wait that grows.

import type { AgentEvent } from "../../pi-agent-core/types.js";
import { failureOf } from "../../pi-ai/failure.js";
import { isContextOverflow } from "../../pi-ai/overflow.js";
import type { AssistantMessage } from "../../pi-ai/types.js";
import type { AgentSession } from "./agent-session.js";
import { sleep } from "./sleep.js";
import { dropLastAnswer, goOn, lastAnswer } from "./transcript.js";

/** The retries of one session. */
export class AutoRetry {
  /** How many times the current request has been made again. */
  attempt = 0;
  #waiting: { promise: Promise<void>; resolve: () => void } | undefined;
  #sleeping: AbortController | undefined;

  constructor(private readonly session: AgentSession) {}

  get isRetrying(): boolean {
    return this.#waiting !== undefined;
  }

  /** Whether a failed answer may come out well the next time. Too long a prompt will not. */
  isRetryable(message: AssistantMessage): boolean {
    if (message.stopReason !== "error" || !message.errorMessage) return false;
    if (isContextOverflow(message, this.session.model?.contextWindow)) return false;
    return failureOf(message)?.retryable === true;
  }

  /**
   * Notes, when a run ends, that it will be made again. It has to be known before the run's prompt resolves; the events
   * are worked through later.
   */
  expect(event: AgentEvent): void {
    if (event.type !== "agent_end" || this.#waiting) return;
    if (!this.session.settingsManager.getRetrySettings().enabled) return;
    const last = lastAnswer(event.messages);
    if (last && this.isRetryable(last)) this.#begin();
  }

  /** Waits, and has the agent go on; whether it does. */
  async retry(message: AssistantMessage): Promise<boolean> {
    const { session } = this;
    const settings = session.settingsManager.getRetrySettings();
    if (!settings.enabled) {
      this.settle();
      return false;
    }
    if (!this.#waiting) this.#begin();
    this.attempt++;
    const { maxRetries: maxAttempts } = settings;
    const errorMessage = message.errorMessage as string;
    if (this.attempt > maxAttempts) {
      this.#giveUp(this.attempt - 1, errorMessage);
      return false;
    }
    const { attempt } = this;
    const delayMs = this.#delay(message, settings.baseDelayMs * 2 ** (attempt - 1));
    session.tell({ type: "auto_retry_start", attempt, maxAttempts, delayMs, errorMessage });
    dropLastAnswer(session.agent);
    this.#sleeping = new AbortController();
    try {
      await sleep(delayMs, this.#sleeping.signal);
    } catch {
      this.#giveUp(attempt, "Retry cancelled");
      return false;
    } finally {
      this.#sleeping = undefined;
    }
    setTimeout(() => goOn(session.agent, () => this.settle()), 0);
    return true;
  }

  /** Says that an answer came out well. */
  succeed(): void {
    if (this.attempt === 0) return;
    this.session.tell({ type: "auto_retry_end", success: true, attempt: this.attempt });
    this.attempt = 0;
  }

  /** Lets those go on who wait for the retry. */
  settle(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  abort(): void {
    this.#sleeping?.abort();
    this.settle();
  }

  /** Resolves when no retry is going on. */
  async wait(): Promise<void> {
    if (!this.#waiting) return;
    await this.#waiting.promise;
    await this.session.agent.waitForIdle();
  }

  #begin(): void {
    let resolve = () => {};
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    this.#waiting = { promise, resolve };
  }

  #giveUp(attempt: number, finalError: string): void {
    this.session.tell({ type: "auto_retry_end", success: false, attempt, finalError });
    this.attempt = 0;
    this.settle();
  }

  /** The wait that the provider asks for, where it is the longer one and the host lets it impose that much. */
  #delay(message: AssistantMessage, usual: number): number {
    const asked = message.errorInfo?.retryAfterMs ?? 0;
    const most = this.session.settingsManager.getProviderRetrySettings().maxRetryDelayMs ?? usual;
    return Math.max(usual, Math.min(asked, most));
  }
}
