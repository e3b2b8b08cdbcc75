// What is wrong with a transcript.

import type { AgentMessage } from "../pi-agent-core/messages.js";

/**
 * Complaints about the tool calls of a transcript, none if it is whole: every call has exactly one result, after it and
 * before the next answer, and no result is without its call. Answers that failed or were aborted have no calls: they
 * may be cut off anywhere, and are never sent to a model again.
 */
export function transcriptFaults(messages: readonly AgentMessage[]): string[] {
  const faults: string[] = [];
  let open = new Set<string>();
  const close = () => {
    for (const id of open) faults.push(`call ${id} has no result`);
    open = new Set();
  };
  for (const message of messages) {
    if (message.role === "assistant") {
      close();
      if (message.stopReason === "error" || message.stopReason === "aborted") continue;
      for (const block of message.content) {
        if (block.type !== "toolCall") continue;
        if (open.has(block.id)) faults.push(`call ${block.id} comes twice`);
        open.add(block.id);
      }
    } else if (message.role === "toolResult" && !open.delete(message.toolCallId)) {
      faults.push(`result ${message.toolCallId} has no open call`);
    } else if (message.role === "user" && open.size > 0) {
      faults.push(`a user's message stands before the results of ${[...open].join()}`);
    }
  }
  close();
  return faults;
}
