// The guard that gateways wrap round a session: every call gets its result, and what would spoil the session later is not
// written.

import type { AgentMessage } from "../pi-agent-core/messages.js";
import type { ToolCall } from "../pi-ai/types.js";
import type { SessionManager } from "./session-manager.js";
import { callsOf, isUnfinished, noResult, withInputs } from "./session-pairs.js";

/** The most that a result's `details` may take unless set, in bytes of JSON. */
const MAX_DETAILS = 50_000;

/** What a guard does besides giving calls their results. */
export interface GuardOptions {
  /**
   * Told of each message before it is written: what it returns is written in its place, nothing for `null`. `synthetic`
   * says that the guard made the message.
   */
  beforePersist?: (message: AgentMessage, about: { synthetic: boolean }) => AgentMessage | null | undefined;
  /** The most that a result's `details` may take, in bytes of JSON; 50,000 unless set. Larger ones are cut. */
  maxDetailsBytes?: number;
}

/** What is left of `details` that were too large. */
export interface CutDetails {
  truncated: true;
  /** How large they were, in bytes of JSON. */
  bytes: number;
  /** The beginning of their JSON. */
  json: string;
}

/** Stands between a session and those who append messages to it. */
export class Guard {
  private isSettling = false;

  constructor(
    private readonly session: SessionManager,
    private readonly options: GuardOptions,
    private readonly write: (message: AgentMessage) => string,
  ) {}

  /** Appends a message, after the results that are missing before it. Its entry's id; `undefined` if it is refused. */
  append(message: AgentMessage): string | undefined {
    if (message.role !== "toolResult") this.settle();
    const told = this.options.beforePersist?.(message, { synthetic: this.isSettling });
    const fitting = told === null ? undefined : this.fitted(told ?? message);
    return fitting && this.write(fitting);
  }

  /** Gives an error to each call of the last answer that has no result. */
  settle(): void {
    if (this.isSettling) return;
    this.isSettling = true;
    try {
      // By the instance's own method: hosts replace it to see what is written.
      for (const call of this.unanswered()) this.session.appendMessage(noResult(call, Date.now()));
    } finally {
      this.isSettling = false;
    }
  }

  /** The calls of the last answer that have no result, unless the conversation has gone on without them. */
  private unanswered(): ToolCall[] {
    const { session } = this;
    const answered: string[] = [];
    const seen = new Set<string>();
    for (let entry = session.getLeafEntry(); entry && !seen.has(entry.id); ) {
      seen.add(entry.id);
      if (entry.type === "custom_message") return [];
      if (entry.type === "message") {
        const { message } = entry;
        if (message?.role === "assistant")
          return isUnfinished(message) ? [] : without(callsOf(message), answered);
        if (message?.role !== "toolResult") return [];
        answered.push(message.toolCallId);
      }
      entry = entry.parentId ? session.getEntry(entry.parentId) : undefined;
    }
    return [];
  }

  /** A message without what would spoil the session; `undefined` when nothing is left of it. */
  private fitted(message: AgentMessage): AgentMessage | undefined {
    if (message.role === "assistant") return withInputs(message);
    if (message.role !== "toolResult" || message.details === undefined) return message;
    const json = JSON.stringify(message.details) ?? "";
    const bytes = Buffer.byteLength(json);
    const most = this.options.maxDetailsBytes ?? MAX_DETAILS;
    if (bytes <= most) return message;
    // Half a character at the cut is none.
    const start = Buffer.from(json)
      .subarray(0, most)
      .toString()
      .replace(/\ufffd$/, "");
    const details: CutDetails = { truncated: true, bytes, json: start };
    return { ...message, details };
  }
}

/** The calls that no id answers; each id answers one. */
function without(calls: ToolCall[], ids: string[]): ToolCall[] {
  return calls.filter(({ id }) => {
    const at = ids.indexOf(id);
    if (at >= 0) ids.splice(at, 1);
    return at < 0;
  });
}
