// The transcript: what its messages say, and how a run that failed goes on from it.

import type { Agent } from "../../pi-agent-core/agent.js";
import type { AgentMessage } from "../../pi-agent-core/messages.js";
import type { AssistantMessage } from "../../pi-ai/types.js";

type Content = string | readonly { type: string; text?: string }[];

/** The text of a content, its blocks joined. */
export function textOf(content: Content): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

/** The last answer, whatever became of it. */
export function lastAnswer(messages: readonly AgentMessage[]): AssistantMessage | undefined {
  return messages.findLast((message): message is AssistantMessage => message.role === "assistant");
}

/** The text of the last answer that says something or was not given up. */
export function lastAnswerText(messages: readonly AgentMessage[]): string | undefined {
  const said = messages.findLast(
    (message): message is AssistantMessage =>
      message.role === "assistant" && !(message.stopReason === "aborted" && message.content.length === 0),
  );
  return (said && textOf(said.content).trim()) || undefined;
}

/** What a thrown value says. */
export function saying(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Takes the last message from the agent's state, if it is an answer. The session's file keeps it. */
export function dropLastAnswer({ state }: Agent): void {
  if (state.messages.at(-1)?.role === "assistant") state.messages = state.messages.slice(0, -1);
}

/** Takes the last message from the agent's state, if it is an answer that failed. */
export function dropLastFailure(agent: Agent): void {
  const last = agent.state.messages.at(-1);
  if (last?.role === "assistant" && last.stopReason === "error") dropLastAnswer(agent);
}

/** Has the agent answer what its state ends with. `onRefused` is called if it cannot, unless another run goes on. */
export function goOn(agent: Agent, onRefused?: () => void): void {
  agent.continue().catch(() => {
    if (!agent.state.isStreaming) onRefused?.();
  });
}
