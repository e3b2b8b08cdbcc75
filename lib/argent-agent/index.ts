// Argent's own agents, loops and tools, and its names for sessions. What Pi has under the same names is in its own
// subpaths; a session manager is the same class under both names, so that whoever asks for the one by `instanceof` takes
// the other.

export { streamProxy } from "../pi-agent-core/proxy.js";
export { allowSecrets, rememberSecrets, type SecretSink, withoutSecrets } from "../pi-ai/secrets.js";
export { buildSessionContext } from "../pi-coding-agent/session-context.js";
export * from "../pi-coding-agent/session-entries.js";
export type { SessionInfo, SessionListProgress } from "../pi-coding-agent/session-list.js";
export {
  SessionManager,
  SessionManager as ArgentSessionManager,
} from "../pi-coding-agent/session-manager.js";
export type { Durability } from "../pi-coding-agent/session-store.js";
export type { SessionDiagnostic, SessionOptions } from "../pi-coding-agent/session-writer.js";
export {
  createBashTool,
  createCodingTools,
  createEditTool,
  createReadTool,
  createWriteTool,
} from "../pi-coding-agent/tools/index.js";
export * from "./agent.js";
export * from "./core-loop.js";
export * from "./event-bus.js";
export * from "./events.js";
export * from "./file-tools.js";
export type { LoopMessage } from "./history.js";
export * from "./loop.js";
export * from "./runtime.js";
export * from "./runtime-mode.js";
export * from "./session.js";
export type { RuntimeDifference } from "./shadow.js";
export * from "./sis/index.js";
export * from "./sis.js";
export * from "./state-manager.js";
export * from "./tool-execution.js";
export * from "./tool-executor.js";
export * from "./tool-policies.js";
export * from "./tool-registry.js";
