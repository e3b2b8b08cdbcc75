// Pi's `pi-coding-agent`: sessions, and what is built on them.

export {
  type AuthStorageBackend,
  FileAuthStorageBackend,
  InMemoryAuthStorageBackend,
} from "./auth-backends.js";
export { AuthStorage } from "./auth-storage.js";
export type {
  ApiKeyCredential,
  AuthCredential,
  AuthStatus,
  AuthStorageData,
  OAuthCredential,
} from "./auth-types.js";
export * from "./compaction/index.js";
export { loadProjectContextFiles } from "./context-files.js";
export type { ResourceCollision, ResourceDiagnostic } from "./diagnostics.js";
export { createEventBus, type EventBus, type EventBusController } from "./event-bus.js";
export type { ExecOptions, ExecResult } from "./exec.js";
export type * from "./extensions/index.js";
export {
  createExtensionRuntime,
  discoverAndLoadExtensions,
  ExtensionRunner,
  isBashToolResult,
  isEditToolResult,
  isFindToolResult,
  isGrepToolResult,
  isLsToolResult,
  isReadToolResult,
  isToolCallEventType,
  isWriteToolResult,
  wrapRegisteredTool,
  wrapRegisteredTools,
} from "./extensions/index.js";
export { FrontmatterError, parseFrontmatter, stripFrontmatter } from "./frontmatter.js";
export { convertToLlm } from "./llm-messages.js";
export * from "./messages.js";
export {
  ModelRegistry,
  type ProviderConfigInput,
  type ResolvedRequestAuth,
} from "./model-registry.js";
export {
  DefaultPackageManager,
  type PackageManager,
  type PathMetadata,
  type ProgressCallback,
  type ProgressEvent,
  type ResolvedPaths,
  type ResolvedResource,
} from "./package-manager.js";
export type { PromptTemplate } from "./prompt-templates.js";
export {
  DefaultResourceLoader,
  type DefaultResourceLoaderOptions,
  type ResourceExtensionPaths,
  type ResourceLoader,
} from "./resource-loader.js";
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
export { SettingsManager } from "./settings-manager.js";
export type {
  CompactionSettings,
  ImageSettings,
  PackageSource,
  RetrySettings,
  Settings,
  SettingsError,
  SettingsScope,
  SettingsStorage,
} from "./settings-types.js";
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
export type { SlashCommandInfo, SlashCommandSource } from "./slash-commands.js";
export { createSyntheticSourceInfo, type SourceInfo } from "./source-info.js";
export type { BuildSystemPromptOptions } from "./system-prompt.js";
export * from "./tools/index.js";
