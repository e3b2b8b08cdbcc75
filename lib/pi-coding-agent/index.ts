// Pi's `pi-coding-agent`: sessions, and what is built on them.

export * from "./compaction/index.js";
export { loadProjectContextFiles } from "./context-files.js";
export type { ResourceCollision, ResourceDiagnostic } from "./diagnostics.js";
export { FrontmatterError, parseFrontmatter, stripFrontmatter } from "./frontmatter.js";
export { convertToLlm } from "./llm-messages.js";
export * from "./messages.js";
export type { PromptTemplate } from "./prompt-templates.js";
export { SessionBusy } from "./session-busy.js";
export { buildSessionContext } from "./session-context.js";
export * from "./session-doctor.js";
export * from "./session-entries.js";
export { findMostRecentSession, getAgentDir, getDefaultSessionDir } from "./session-files.js";
export type { CutDetails, GuardOptions } from "./session-guard.js";
export { migrateSessionEntries, parseSessionEntries } from "./session-lines.js";
export type { SessionInfo, SessionListProgress } from "./session-list.js";
export { SessionManager } from "./session-manager.js";
export type { SessionSearchHit, SessionSearchOptions } from "./session-search.js";
export type { Durability } from "./session-store.js";
export type { SessionDiagnostic, SessionOptions } from "./session-writer.js";
export {
  formatSkillsForPrompt,
  type LoadSkillsFromDirOptions,
  type LoadSkillsOptions,
  type LoadSkillsResult,
  loadSkills,
  loadSkillsFromDir,
  type ParsedSkillBlock,
  parseSkillBlock,
  type Skill,
  type SkillFrontmatter,
} from "./skills.js";
export { createSyntheticSourceInfo, type SourceInfo } from "./source-info.js";
export type { BuildSystemPromptOptions } from "./system-prompt.js";
export * from "./tools/index.js";
