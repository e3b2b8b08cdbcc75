// Calls and their results in the messages of a session. The rules are those of the native side for requests
// (src/ai/transform/pairs.rs); here messages keep their identity, and answers that failed stay.

import type { AgentMessage } from "../pi-agent-core/messages.js";
import type { AssistantMessage, ToolCall, ToolResultMessage } from "../pi-ai/types.js";

/** An answer's calls. */
export function callsOf({ content }: AssistantMessage): ToolCall[] {
  return Array.isArray(content)
    ? content.filter((block): block is ToolCall => block?.type === "toolCall")
    : [];
}

/** Whether an answer failed or was aborted: its calls are not sent again, and need no results. */
export function isUnfinished({ stopReason }: AssistantMessage): boolean {
  return stopReason === "error" || stopReason === "aborted";
}

/** An answer without the calls that lack their input; `undefined` when nothing is left of it. */
export function withInputs(answer: AssistantMessage): AssistantMessage | undefined {
  const lacking = callsOf(answer).filter((call) => (call.arguments ?? null) === null);
  if (lacking.length === 0) return answer;
  const content = answer.content.filter((block) => !lacking.includes(block as ToolCall));
  return content.length > 0 ? { ...answer, content } : undefined;
}

/** What stands in for a result that is missing. */
export function noResult({ id, name }: ToolCall, timestamp: number): ToolResultMessage {
  const content = [{ type: "text" as const, text: "No result provided" }];
  return { role: "toolResult", toolCallId: id, toolName: name, content, isError: true, timestamp };
}

interface Waiting {
  call: ToolCall;
  answer: AssistantMessage;
  result?: ToolResultMessage;
}

/**
 * Gives every call exactly one result, directly after its answer and in the order of the calls: the first one that comes
 * after it, else an error. Second results, results without a call and calls without input are left out.
 */
export function paired(messages: AgentMessage[]): AgentMessage[] {
  const order: (AgentMessage | Waiting)[] = [];
  const waiting = new Map<string, Waiting[]>();
  for (const message of messages) {
    if (message.role === "toolResult") {
      const open = waiting.get(message.toolCallId) ?? [];
      const latest = open.at(-1)?.answer;
      const [first] = open.splice(
        open.findIndex(({ answer }) => answer === latest),
        1,
      );
      if (first) first.result = message;
    } else if (message.role === "assistant") {
      const answer = withInputs(message);
      if (!answer) continue;
      order.push(answer);
      for (const call of callsOf(answer)) {
        const one = { call, answer };
        order.push(one);
        waiting.set(call.id, waiting.get(call.id) ?? []);
        waiting.get(call.id)?.push(one);
      }
    } else {
      order.push(message);
    }
  }
  return order.flatMap((one) => {
    if ("role" in one) return [one];
    const { call, answer, result } = one;
    return result ? [result] : isUnfinished(answer) ? [] : [noResult(call, answer.timestamp)];
  });
}
