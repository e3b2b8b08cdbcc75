// Pi's `pi-coding-agent`: sessions, and what is built on them.

export * from "./messages.js";
export { buildSessionContext } from "./session-context.js";
export * from "./session-doctor.js";
export * from "./session-entries.js";
export { findMostRecentSession, getAgentDir, getDefaultSessionDir } from "./session-files.js";
export { migrateSessionEntries, parseSessionEntries } from "./session-lines.js";
export type { SessionInfo, SessionListProgress } from "./session-list.js";
export { SessionManager } from "./session-manager.js";
export type { SessionSearchHit, SessionSearchOptions } from "./session-search.js";
export type { Durability } from "./session-store.js";
export type { SessionDiagnostic, SessionOptions } from "./session-writer.js";
