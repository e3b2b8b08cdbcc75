// Argent's own agents, loops and tools. Those of Pi, which have some of the same names, are in `pi-agent-core`.

export { streamProxy } from "../pi-agent-core/proxy.js";
export * from "./agent.js";
export * from "./core-loop.js";
export * from "./event-bus.js";
export * from "./events.js";
export type { LoopMessage } from "./history.js";
export * from "./loop.js";
export * from "./sis.js";
export * from "./state-manager.js";
export * from "./tool-execution.js";
export * from "./tool-executor.js";
export * from "./tool-policies.js";
export * from "./tool-registry.js";
