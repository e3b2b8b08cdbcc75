// Argent's names for what an agent is made of. A session manager is the same class under both names, so that whoever asks
// for the one by `instanceof` takes the other.

export { buildSessionContext } from "../pi-coding-agent/session-context.js";
export * from "../pi-coding-agent/session-entries.js";
export type { SessionInfo, SessionListProgress } from "../pi-coding-agent/session-list.js";
export {
  SessionManager,
  SessionManager as ArgentSessionManager,
} from "../pi-coding-agent/session-manager.js";
export type { Durability } from "../pi-coding-agent/session-store.js";
export type { SessionDiagnostic, SessionOptions } from "../pi-coding-agent/session-writer.js";
