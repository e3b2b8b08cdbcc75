// The settings: of the user in the agent's folder, of the project in `.pi`.

import { homedir } from "node:os";
import { join } from "node:path";
import { InterfaceSettings } from "./interface-settings.js";
import { getAgentDir } from "./session-files.js";
import { FileSettingsStorage, InMemorySettingsStorage } from "./settings-storage.js";
import type {
  PackageSource,
  Settings,
  SettingsError,
  SettingsStorage,
  ThinkingBudgetsSettings,
  TransportSetting,
} from "./settings-types.js";

type QueueMode = "all" | "one-at-a-time";

/**
 * The settings of a user and a project. Getters give what counts, with defaults; setters change the user's settings, or
 * the project's where they say so, and write them soon after: see `flush` and `drainErrors`.
 */
export class SettingsManager extends InterfaceSettings {
  private constructor(
    storage: SettingsStorage,
    globalSettings: Settings,
    projectSettings: Settings,
    errors: SettingsError[] = [],
  ) {
    super(storage, globalSettings, projectSettings, errors);
  }

  /** The settings in the files of a project's folder and the agent's. */
  static create(cwd: string, agentDir: string = getAgentDir()): SettingsManager {
    return SettingsManager.fromStorage(new FileSettingsStorage(cwd, agentDir));
  }

  /** The settings in a storage of the host's. */
  static fromStorage(storage: SettingsStorage): SettingsManager {
    const scopes = (["global", "project"] as const).map((scope) => ({
      scope,
      ...SettingsManager.tryLoadFromStorage(storage, scope),
    }));
    const errors = scopes.flatMap(({ scope, error }) => (error ? [{ scope, error }] : []));
    const [global, project] = scopes.map(({ settings }) => settings) as [Settings, Settings];
    return new SettingsManager(storage, global, project, errors);
  }

  /** Settings that go with the process. */
  static inMemory(settings: Partial<Settings> = {}): SettingsManager {
    const storage = new InMemorySettingsStorage();
    const initial = SettingsManager.migrateSettings(structuredClone(settings) as Record<string, unknown>);
    storage.withLock("global", () => JSON.stringify(initial, null, 2));
    return SettingsManager.fromStorage(storage);
  }

  /** Where sessions are kept, if not in the agent's folder. */
  getSessionDir(): string | undefined {
    const { sessionDir } = this.settings;
    if (sessionDir === "~") return homedir();
    return sessionDir?.startsWith("~/") ? join(homedir(), sessionDir.slice(2)) : sessionDir;
  }

  getDefaultProvider(): string | undefined {
    return this.settings.defaultProvider;
  }

  getDefaultModel(): string | undefined {
    return this.settings.defaultModel;
  }

  setDefaultProvider(provider: string): void {
    this.put("defaultProvider", provider);
  }

  setDefaultModel(modelId: string): void {
    this.put("defaultModel", modelId);
  }

  setDefaultModelAndProvider(provider: string, modelId: string): void {
    this.put("defaultProvider", provider);
    this.put("defaultModel", modelId);
  }

  getSteeringMode(): QueueMode {
    return this.settings.steeringMode || "one-at-a-time";
  }

  setSteeringMode(mode: QueueMode): void {
    this.put("steeringMode", mode);
  }

  getFollowUpMode(): QueueMode {
    return this.settings.followUpMode || "one-at-a-time";
  }

  setFollowUpMode(mode: QueueMode): void {
    this.put("followUpMode", mode);
  }

  getDefaultThinkingLevel(): Settings["defaultThinkingLevel"] {
    return this.settings.defaultThinkingLevel;
  }

  setDefaultThinkingLevel(level: NonNullable<Settings["defaultThinkingLevel"]>): void {
    this.put("defaultThinkingLevel", level);
  }

  getThinkingBudgets(): ThinkingBudgetsSettings | undefined {
    return this.settings.thinkingBudgets;
  }

  getTransport(): TransportSetting {
    return this.settings.transport ?? "auto";
  }

  setTransport(transport: TransportSetting): void {
    this.put("transport", transport);
  }

  getCompactionEnabled(): boolean {
    return this.settings.compaction?.enabled ?? true;
  }

  setCompactionEnabled(enabled: boolean): void {
    this.putIn("compaction", "enabled", enabled);
  }

  getCompactionReserveTokens(): number {
    return this.settings.compaction?.reserveTokens ?? 16_384;
  }

  getCompactionKeepRecentTokens(): number {
    return this.settings.compaction?.keepRecentTokens ?? 20_000;
  }

  getCompactionSettings(): { enabled: boolean; reserveTokens: number; keepRecentTokens: number } {
    return {
      enabled: this.getCompactionEnabled(),
      reserveTokens: this.getCompactionReserveTokens(),
      keepRecentTokens: this.getCompactionKeepRecentTokens(),
    };
  }

  getBranchSummarySettings(): { reserveTokens: number; skipPrompt: boolean } {
    const reserveTokens = this.settings.branchSummary?.reserveTokens ?? 16_384;
    return { reserveTokens, skipPrompt: this.getBranchSummarySkipPrompt() };
  }

  getBranchSummarySkipPrompt(): boolean {
    return this.settings.branchSummary?.skipPrompt ?? false;
  }

  getRetryEnabled(): boolean {
    return this.settings.retry?.enabled ?? true;
  }

  setRetryEnabled(enabled: boolean): void {
    this.putIn("retry", "enabled", enabled);
  }

  /** How turns that failed are retried; the wait is in milliseconds. */
  getRetrySettings(): { enabled: boolean; maxRetries: number; baseDelayMs: number } {
    const { maxRetries, baseDelayMs } = this.settings.retry ?? {};
    return {
      enabled: this.getRetryEnabled(),
      maxRetries: maxRetries ?? 3,
      baseDelayMs: baseDelayMs ?? 2_000,
    };
  }

  /** How single requests are retried; times are in milliseconds. */
  getProviderRetrySettings(): { timeoutMs?: number; maxRetries?: number; maxRetryDelayMs: number } {
    const { timeoutMs, maxRetries, maxRetryDelayMs } = this.settings.retry?.provider ?? {};
    return { timeoutMs, maxRetries, maxRetryDelayMs: maxRetryDelayMs ?? 60_000 };
  }

  getShellPath(): string | undefined {
    return this.settings.shellPath;
  }

  setShellPath(path: string | undefined): void {
    this.put("shellPath", path);
  }

  getShellCommandPrefix(): string | undefined {
    return this.settings.shellCommandPrefix;
  }

  setShellCommandPrefix(prefix: string | undefined): void {
    this.put("shellCommandPrefix", prefix);
  }

  /** The command and arguments that stand for `npm`. */
  getNpmCommand(): string[] | undefined {
    return this.settings.npmCommand ? [...this.settings.npmCommand] : undefined;
  }

  setNpmCommand(command: string[] | undefined): void {
    this.put("npmCommand", command ? [...command] : undefined);
  }

  getPackages(): PackageSource[] {
    return [...(this.settings.packages ?? [])];
  }

  setPackages(packages: PackageSource[]): void {
    this.put("packages", packages);
  }

  setProjectPackages(packages: PackageSource[]): void {
    this.putProject("packages", packages);
  }

  getExtensionPaths(): string[] {
    return [...(this.settings.extensions ?? [])];
  }

  setExtensionPaths(paths: string[]): void {
    this.put("extensions", paths);
  }

  setProjectExtensionPaths(paths: string[]): void {
    this.putProject("extensions", paths);
  }

  getSkillPaths(): string[] {
    return [...(this.settings.skills ?? [])];
  }

  setSkillPaths(paths: string[]): void {
    this.put("skills", paths);
  }

  setProjectSkillPaths(paths: string[]): void {
    this.putProject("skills", paths);
  }

  getPromptTemplatePaths(): string[] {
    return [...(this.settings.prompts ?? [])];
  }

  setPromptTemplatePaths(paths: string[]): void {
    this.put("prompts", paths);
  }

  setProjectPromptTemplatePaths(paths: string[]): void {
    this.putProject("prompts", paths);
  }

  getThemePaths(): string[] {
    return [...(this.settings.themes ?? [])];
  }

  setThemePaths(paths: string[]): void {
    this.put("themes", paths);
  }

  setProjectThemePaths(paths: string[]): void {
    this.putProject("themes", paths);
  }

  getEnableSkillCommands(): boolean {
    return this.settings.enableSkillCommands ?? true;
  }

  setEnableSkillCommands(enabled: boolean): void {
    this.put("enableSkillCommands", enabled);
  }

  getImageAutoResize(): boolean {
    return this.settings.images?.autoResize ?? true;
  }

  setImageAutoResize(enabled: boolean): void {
    this.putIn("images", "autoResize", enabled);
  }

  getBlockImages(): boolean {
    const { blockImages, blocked } = this.settings.images ?? {};
    return blockImages ?? blocked ?? false;
  }

  setBlockImages(blocked: boolean): void {
    this.putIn("images", "blockImages", blocked);
  }

  /** Patterns of the models on offer. */
  getEnabledModels(): string[] | undefined {
    return this.settings.enabledModels;
  }

  setEnabledModels(patterns: string[] | undefined): void {
    this.put("enabledModels", patterns);
  }
}
