// Pi's `pi-agent-core`: the loop of answers and tool calls, and an agent that keeps the conversation.

export * from "./agent.js";
export * from "./agent-loop.js";
export type { AgentGuards, AgentStop } from "./guards.js";
export * from "./messages.js";
export * from "./proxy.js";
export * from "./types.js";
