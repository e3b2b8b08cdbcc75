// Bounds of a run, which Pi has not: turns, calls, costs, time, and calls that go round in circles. Where one is reached
// the run ends with its transcript whole, so that a host can go on from there.

import type { AssistantMessage, ToolResultMessage } from "../pi-ai/types.js";
import type { AgentToolCall } from "./types.js";

/** Bounds of one run, each counted from its start. Those left out do not count. */
export interface AgentGuards {
  /** Answers of the model. */
  maxTurns?: number;
  /** Tool calls. Those beyond are refused. */
  maxToolCalls?: number;
  /** US dollars, by the answers' usage. No further answer is asked for once they are spent. */
  maxCost?: number;
  /** Milliseconds. Then the run's signal aborts; a host's own is not touched. */
  maxWallMs?: number;
  /** How many times in a row a tool may be called with the same arguments. The next such call is refused. */
  maxIdenticalCalls?: number;
  /** How many times two different calls may follow each other in turn. The next such call is refused. */
  maxPingPong?: number;
  /** How many calls may fail in a row, whatever they are. */
  maxErrorStreak?: number;
  /**
   * Milliseconds that a request or tool may take to settle once the run is aborted. Then it is given up: the tool's result
   * is an error, and the run ends. Without it the run waits, as Pi's does.
   */
  abortGraceMs?: number;
}

/** Which bound ended a run; in the `agent_end` event, and in the state of an agent until its next run. */
export interface AgentStop {
  reason: Exclude<keyof AgentGuards, "abortGraceMs">;
  /** The bound. */
  limit: number;
  /** For people. */
  message: string;
  /** Which tool was called too often, or failed last. */
  toolName?: string;
}

/** Longer ones fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Work was given up that did not heed an abort. */
export class GivenUp extends Error {}

/** The guards of one run, and what they have counted. */
export class RunGuards {
  /** The bound that was reached first. */
  stop: AgentStop | undefined;
  /** Aborts with the host's signal, or when time is up. The host's own signal where time does not count. */
  readonly signal: AbortSignal | undefined;
  private turns = 0;
  private calls = 0;
  private cost = 0;
  private identical = 0;
  private alternating = 0;
  private failures = 0;
  private last: string | undefined;
  private beforeLast: string | undefined;
  private release = () => {};

  constructor(
    private readonly limits: AgentGuards = {},
    host: AbortSignal | undefined,
  ) {
    const { maxWallMs = Infinity } = limits;
    this.signal = maxWallMs > LONGEST_TIMER ? host : this.timed(maxWallMs, host);
  }

  /** Counts an answer. */
  answered({ usage }: AssistantMessage): void {
    this.turns++;
    this.cost += usage?.cost?.total ?? 0;
  }

  /** Counts what became of calls. */
  returned(results: ToolResultMessage[]): void {
    const { maxErrorStreak = Infinity } = this.limits;
    for (const { isError, toolName } of results) {
      this.failures = isError ? this.failures + 1 : 0;
      if (this.failures >= maxErrorStreak)
        this.reach("maxErrorStreak", maxErrorStreak, "failures in a row", toolName);
    }
  }

  /** Whether the run must end after a turn. Turns and costs that are used up are a stop only if there was more to do. */
  isOver(more: boolean): boolean {
    const { maxTurns = Infinity, maxCost = Infinity } = this.limits;
    if (more && this.turns >= maxTurns) this.reach("maxTurns", maxTurns, "answers");
    if (more && this.cost >= maxCost) this.reach("maxCost", maxCost, "US dollars");
    return this.stop !== undefined || this.turns >= maxTurns || this.cost >= maxCost;
  }

  /** Counts a call; the text of its result if it is refused. */
  refusal({ name, arguments: args }: AgentToolCall): string | undefined {
    const { maxToolCalls = Infinity, maxIdenticalCalls = Infinity, maxPingPong = Infinity } = this.limits;
    const key = `${name} ${canonical(args)}`;
    this.calls++;
    this.identical = key === this.last ? this.identical + 1 : 1;
    const returns = key === this.beforeLast && key !== this.last;
    this.alternating = returns ? this.alternating + 1 : 0;
    this.beforeLast = this.last;
    this.last = key;

    if (this.calls > maxToolCalls) return this.reach("maxToolCalls", maxToolCalls, "tool calls");
    if (this.identical > maxIdenticalCalls)
      return this.reach("maxIdenticalCalls", maxIdenticalCalls, "identical calls", name);
    // Two calls in turn, n times, is twice n calls, of which the first two are no return to anything.
    if (this.alternating > 2 * maxPingPong - 2)
      return this.reach("maxPingPong", maxPingPong, "rounds of two calls in turn", name);
    return undefined;
  }

  /** The work itself, or with `abortGraceMs` work that rejects when the grace after an abort is over. */
  within<T>(work: Promise<T>, what: string): Promise<T> {
    const { signal } = this;
    const { abortGraceMs } = this.limits;
    if (!signal || abortGraceMs === undefined) return work;
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const giveUp = () => reject(new GivenUp(`${what} did not stop when the run was aborted`));
      const onAbort = () => {
        timer = setTimeout(giveUp, abortGraceMs);
      };
      const settled = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      };
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
      work.then(resolve, reject).finally(settled);
    });
  }

  /** The events themselves, or with `abortGraceMs` events that fail when the grace after an abort is over. */
  heeded<T>(events: AsyncIterable<T>): AsyncIterable<T> {
    if (!this.signal || this.limits.abortGraceMs === undefined) return events;
    return {
      [Symbol.asyncIterator]: () => {
        const iterator = events[Symbol.asyncIterator]();
        return {
          next: () => this.within(iterator.next(), "The request"),
          return: async (value) => (await iterator.return?.(value)) ?? { value, done: true },
        };
      },
    };
  }

  /** Lets go of the clock and the host's signal. */
  dispose(): void {
    this.release();
  }

  private timed(maxWallMs: number, host: AbortSignal | undefined): AbortSignal {
    const controller = new AbortController();
    const onAbort = () => controller.abort(host?.reason);
    const timer = setTimeout(() => {
      const message = this.reach("maxWallMs", maxWallMs, "milliseconds");
      controller.abort(new Error(message));
    }, maxWallMs);
    if (host?.aborted) onAbort();
    host?.addEventListener("abort", onAbort, { once: true });
    this.release = () => {
      clearTimeout(timer);
      host?.removeEventListener("abort", onAbort);
    };
    return controller.signal;
  }

  private reach(reason: AgentStop["reason"], limit: number, what: string, toolName?: string): string {
    const message = `The run was stopped: it has had its ${limit} ${what}`;
    this.stop ??= { reason, limit, message, ...(toolName !== undefined && { toolName }) };
    return message;
  }
}

/** JSON with the keys of objects in order, so that equal arguments have equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    part && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
