// Messages that wait for their turn.

import type { AgentMessage } from "./messages.js";
import type { QueueMode } from "./types.js";

/** A queue that gives one message at a time, or all. */
export class MessageQueue {
  private messages: AgentMessage[] = [];

  constructor(public mode: QueueMode) {}

  enqueue(message: AgentMessage): void {
    this.messages.push(message);
  }

  hasItems(): boolean {
    return this.messages.length > 0;
  }

  /** Takes what a turn may have. */
  drain(): AgentMessage[] {
    return this.messages.splice(0, this.mode === "all" ? this.messages.length : 1);
  }

  clear(): void {
    this.messages = [];
  }
}
