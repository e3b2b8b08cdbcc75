// The state of an agent, and what each event makes of it.

import type { Api, Model } from "../pi-ai/types.js";
import type { AgentMessage } from "./messages.js";
import type { AgentEvent, AgentOptions, AgentState } from "./types.js";

/** A state that the agent itself may write. */
export type MutableState = { -readonly [K in keyof AgentState]: AgentState[K] };

const noModel = (): Model<Api> => ({
  id: "unknown",
  name: "unknown",
  api: "unknown",
  provider: "unknown",
  baseUrl: "",
  reasoning: false,
  input: [],
  cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
  contextWindow: 0,
  maxTokens: 0,
});

/** The state that an agent begins with. */
export function createState(initial: AgentOptions["initialState"] = {}): MutableState {
  let tools = initial.tools?.slice() ?? [];
  let messages: AgentMessage[] = initial.messages?.slice() ?? [];
  return {
    systemPrompt: initial.systemPrompt ?? "",
    model: initial.model ?? noModel(),
    thinkingLevel: initial.thinkingLevel ?? "off",
    get tools() {
      return tools;
    },
    set tools(next) {
      tools = next.slice();
    },
    get messages() {
      return messages;
    },
    set messages(next) {
      messages = next.slice();
    },
    isStreaming: false,
    streamingMessage: undefined,
    pendingToolCalls: new Set(),
    errorMessage: undefined,
  };
}

/** The state after an event. */
export function apply(state: MutableState, event: AgentEvent): void {
  switch (event.type) {
    case "message_start":
    case "message_update":
      state.streamingMessage = event.message;
      break;
    case "message_end":
      state.streamingMessage = undefined;
      state.messages.push(event.message);
      break;
    case "tool_execution_start":
      // Hosts keep the sets that they saw, so each change makes a new one.
      state.pendingToolCalls = new Set(state.pendingToolCalls).add(event.toolCallId);
      break;
    case "tool_execution_end":
      state.pendingToolCalls = new Set([...state.pendingToolCalls].filter((id) => id !== event.toolCallId));
      break;
    case "turn_end":
      if (event.message.role === "assistant" && event.message.errorMessage)
        state.errorMessage = event.message.errorMessage;
      break;
    case "agent_end":
      state.streamingMessage = undefined;
      if (event.stop) state.stop = event.stop;
  }
}
