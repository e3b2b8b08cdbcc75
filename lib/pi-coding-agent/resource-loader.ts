// All that a session is told beside the conversation: extensions, skills, prompts, themes, instructions, system prompt.

import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ContextFile, loadProjectContextFiles } from "./context-files.js";
import type { ResourceDiagnostic } from "./diagnostics.js";
import { createEventBus, type EventBus } from "./event-bus.js";
import type { ExtensionFactory } from "./extensions/api.js";
import type { Extension } from "./extensions/extension.js";
import { loadExtensionFromFactory, loadExtensions } from "./extensions/loader.js";
import {
  createExtensionRuntime,
  type ExtensionRuntime,
  type LoadExtensionsResult,
} from "./extensions/runtime.js";
import { DefaultPackageManager, type PathMetadata, type ResolvedResource } from "./package-manager.js";
import { isLocalPath } from "./packages/source.js";
import { loadPromptTemplates } from "./prompt-templates.js";
import { type PromptsResult, ResourceLoading, type ThemesResult } from "./resources/loading.js";
import type { ExtensionPath } from "./resources/sources.js";
import { SettingsManager } from "./settings-manager.js";
import { type LoadSkillsResult, loadSkills } from "./skills.js";
import { createSourceInfo, type SourceInfo } from "./source-info.js";

export { loadProjectContextFiles } from "./context-files.js";

/** Files and folders that extensions name. */
export interface ResourceExtensionPaths {
  skillPaths?: ExtensionPath[];
  promptPaths?: ExtensionPath[];
  themePaths?: ExtensionPath[];
}

/** What a project's files tell agents. */
export interface AgentsFilesResult {
  agentsFiles: ContextFile[];
}

/** Where a session gets what it is told beside the conversation. */
export interface ResourceLoader {
  getExtensions(): LoadExtensionsResult;
  getSkills(): LoadSkillsResult;
  getPrompts(): PromptsResult;
  getThemes(): ThemesResult;
  getAgentsFiles(): AgentsFilesResult;
  getSystemPrompt(): string | undefined;
  getAppendSystemPrompt(): string[];
  /** Adds what extensions name. */
  extendResources(paths: ResourceExtensionPaths): void;
  /** Reads all anew; before the first time there is nothing. */
  reload(): Promise<void>;
}

/** Where to look and what to leave out. What an `...Override` returns stands in place of what was found. */
export interface DefaultResourceLoaderOptions {
  /** The project's folder. */
  cwd: string;
  /** The agent's folder. */
  agentDir: string;
  /** That of both folders when not set. */
  settingsManager?: SettingsManager;
  eventBus?: EventBus;
  /** Files, folders and packages. */
  additionalExtensionPaths?: string[];
  additionalSkillPaths?: string[];
  additionalPromptTemplatePaths?: string[];
  additionalThemePaths?: string[];
  extensionFactories?: ExtensionFactory[];
  /** Leaves out those that nobody named in these options; so it is with the others. */
  noExtensions?: boolean;
  noSkills?: boolean;
  noPromptTemplates?: boolean;
  noThemes?: boolean;
  noContextFiles?: boolean;
  /** The text, or its file; `SYSTEM.md` when not set. */
  systemPrompt?: string;
  /** Texts or files; `APPEND_SYSTEM.md` when not set. */
  appendSystemPrompt?: string[];
  extensionsOverride?: (base: LoadExtensionsResult) => LoadExtensionsResult;
  skillsOverride?: (base: LoadSkillsResult) => LoadSkillsResult;
  promptsOverride?: (base: PromptsResult) => PromptsResult;
  themesOverride?: (base: ThemesResult) => ThemesResult;
  agentsFilesOverride?: (base: AgentsFilesResult) => AgentsFilesResult;
  systemPromptOverride?: (base: string | undefined) => string | undefined;
  appendSystemPromptOverride?: (base: string[]) => string[];
}

/** The resources that settings, packages and folders bring. */
export class DefaultResourceLoader extends ResourceLoading implements ResourceLoader {
  private readonly options: DefaultResourceLoaderOptions;
  private readonly settingsManager: SettingsManager;
  private readonly eventBus: EventBus;
  private readonly packageManager: DefaultPackageManager;
  private extensions: LoadExtensionsResult = {
    extensions: [],
    errors: [],
    runtime: createExtensionRuntime(),
  };
  private skills: LoadSkillsResult = { skills: [], diagnostics: [] };
  private prompts: PromptsResult = { prompts: [], diagnostics: [] };
  private themes: ThemesResult = { themes: [], diagnostics: [] };
  private agentsFiles: ContextFile[] = [];
  private systemPrompt: string | undefined;
  private appendSystemPrompt: string[] = [];
  private lastPaths = { skills: [] as string[], prompts: [] as string[], themes: [] as string[] };
  private named = noSources();

  constructor(options: DefaultResourceLoaderOptions) {
    super(options.cwd, options.agentDir);
    const { cwd, agentDir } = options;
    this.options = { ...options };
    this.settingsManager = options.settingsManager ?? SettingsManager.create(cwd, agentDir);
    this.eventBus = options.eventBus ?? createEventBus();
    const { settingsManager } = this;
    this.packageManager = new DefaultPackageManager({ cwd, agentDir, settingsManager });
  }

  getExtensions(): LoadExtensionsResult {
    return this.extensions;
  }

  getSkills(): LoadSkillsResult {
    return { ...this.skills };
  }

  getPrompts(): PromptsResult {
    return { ...this.prompts };
  }

  getThemes(): ThemesResult {
    return { ...this.themes };
  }

  getAgentsFiles(): AgentsFilesResult {
    return { agentsFiles: this.agentsFiles };
  }

  getSystemPrompt(): string | undefined {
    return this.systemPrompt;
  }

  getAppendSystemPrompt(): string[] {
    return this.appendSystemPrompt;
  }

  extendResources(paths: ResourceExtensionPaths): void {
    const added = (sort: keyof ReturnType<typeof noSources>, entries: ExtensionPath[] = []) => {
      const found = this.normalizeExtensionPaths(entries);
      for (const { path, metadata } of found) this.named[sort].set(path, createSourceInfo(path, metadata));
      return found.map(({ path }) => path);
    };
    const skills = added("skills", paths.skillPaths);
    const prompts = added("prompts", paths.promptPaths);
    const themes = added("themes", paths.themePaths);
    const { lastPaths: last } = this;
    if (skills.length > 0) this.updateSkillsFromPaths(this.mergePaths(last.skills, skills));
    if (prompts.length > 0) this.updatePromptsFromPaths(this.mergePaths(last.prompts, prompts));
    if (themes.length > 0) this.updateThemesFromPaths(this.mergePaths(last.themes, themes));
  }

  async reload(): Promise<void> {
    const { options } = this;
    const {
      additionalExtensionPaths = [],
      additionalSkillPaths = [],
      additionalPromptTemplatePaths = [],
      additionalThemePaths = [],
    } = options;
    await this.settingsManager.reload();
    const found = await this.packageManager.resolve();
    const asked = await this.packageManager.resolveExtensionSources(additionalExtensionPaths, {
      temporary: true,
    });
    this.named = noSources();
    const known = new Map<string, PathMetadata>();
    const learn = (path: string, metadata: PathMetadata) => {
      if (!known.has(path)) known.set(path, metadata);
    };
    const enabled = (resources: ResolvedResource[]) => {
      for (const { path, metadata } of resources) learn(path, metadata);
      return resources.filter((one) => one.enabled);
    };
    const paths = (resources: ResolvedResource[]) => enabled(resources).map(({ path }) => path);

    const extensions = paths(found.extensions);
    const skillResources = enabled(found.skills);
    const prompts = paths(found.prompts);
    const themes = paths(found.themes);
    const skills = skillResources.map((skill) => {
      const file = skillFileOf(skill);
      if (file !== skill.path) learn(file, skill.metadata);
      return file;
    });
    for (const { path } of [...asked.extensions, ...asked.skills]) {
      learn(path, { source: "cli", scope: "temporary", origin: "top-level" });
    }
    const own = {
      extensions: paths(asked.extensions),
      skills: paths(asked.skills),
      prompts: paths(asked.prompts),
      themes: paths(asked.themes),
    };

    const extensionPaths = options.noExtensions
      ? own.extensions
      : this.mergePaths(own.extensions, extensions);
    await this.loadAllExtensions(extensionPaths, additionalExtensionPaths, known);

    const chosen = (mine: string[], rest: string[], none: boolean | undefined, added: string[]) =>
      this.mergePaths(none ? mine : [...mine, ...rest], added);
    this.updateSkillsFromPaths(chosen(own.skills, skills, options.noSkills, additionalSkillPaths), known);
    missing(additionalSkillPaths.filter(isLocalPath), "Skill", this.skills.diagnostics);
    this.updatePromptsFromPaths(
      chosen(own.prompts, prompts, options.noPromptTemplates, additionalPromptTemplatePaths),
      known,
    );
    missing(additionalPromptTemplatePaths.filter(isLocalPath), "Prompt template", this.prompts.diagnostics);
    this.updateThemesFromPaths(chosen(own.themes, themes, options.noThemes, additionalThemePaths), known);
    missing(additionalThemePaths, "Theme", this.themes.diagnostics);
    this.loadInstructions();
  }

  private async loadAllExtensions(
    paths: string[],
    asked: string[],
    known: Map<string, PathMetadata>,
  ): Promise<void> {
    const loaded = await loadExtensions(paths, this.cwd, this.eventBus);
    const inline = await this.loadExtensionFactories(loaded.runtime);
    loaded.extensions.push(...inline.extensions);
    loaded.errors.push(...inline.errors);
    for (const { path, message } of this.detectExtensionConflicts(loaded.extensions)) {
      loaded.errors.push({ path, error: message });
    }
    for (const path of asked) {
      if (!isLocalPath(path) || existsSync(path)) continue;
      loaded.errors.push({ path, error: `Extension path does not exist: ${path}` });
    }
    this.extensions = this.options.extensionsOverride?.(loaded) ?? loaded;
    this.applyExtensionSourceInfo(this.extensions.extensions, known);
  }

  protected async loadExtensionFactories(
    runtime: ExtensionRuntime,
  ): Promise<Omit<LoadExtensionsResult, "runtime">> {
    const result: Omit<LoadExtensionsResult, "runtime"> = { extensions: [], errors: [] };
    for (const [at, factory] of (this.options.extensionFactories ?? []).entries()) {
      const path = `<inline:${at + 1}>`;
      try {
        const extension = await loadExtensionFromFactory(factory, this.cwd, this.eventBus, runtime, path);
        result.extensions.push(extension);
      } catch (error) {
        result.errors.push({
          path,
          error: error instanceof Error ? error.message : "failed to load extension",
        });
      }
    }
    return result;
  }

  protected applyExtensionSourceInfo(extensions: Extension[], known: Map<string, PathMetadata>): void {
    for (const extension of extensions) {
      const { path, commands, tools } = extension;
      const sourceInfo =
        this.findSourceInfoForPath(path, undefined, known) ?? this.getDefaultSourceInfoForPath(path);
      for (const one of [extension, ...commands.values(), ...tools.values()]) one.sourceInfo = sourceInfo;
    }
  }

  protected updateSkillsFromPaths(skillPaths: string[], known?: Map<string, PathMetadata>): void {
    const { cwd, agentDir, options } = this;
    this.lastPaths.skills = skillPaths;
    const none = options.noSkills && skillPaths.length === 0;
    const loaded = none
      ? { skills: [], diagnostics: [] }
      : loadSkills({ cwd, agentDir, skillPaths, includeDefaults: false });
    const { skills, diagnostics } = options.skillsOverride?.(loaded) ?? loaded;
    const sourceOf = (path: string) => this.findSourceInfoForPath(path, this.named.skills, known);
    this.skills = { skills: skills.map((skill) => this.withSource(skill, sourceOf)), diagnostics };
  }

  protected updatePromptsFromPaths(promptPaths: string[], known?: Map<string, PathMetadata>): void {
    const { cwd, agentDir, options } = this;
    this.lastPaths.prompts = promptPaths;
    const none = options.noPromptTemplates && promptPaths.length === 0;
    const loaded = none
      ? { prompts: [], diagnostics: [] }
      : this.dedupePrompts(loadPromptTemplates({ cwd, agentDir, promptPaths, includeDefaults: false }));
    const { prompts, diagnostics } = options.promptsOverride?.(loaded) ?? loaded;
    const sourceOf = (path: string) => this.findSourceInfoForPath(path, this.named.prompts, known);
    this.prompts = { prompts: prompts.map((prompt) => this.withSource(prompt, sourceOf)), diagnostics };
  }

  private withSource<T extends { filePath: string; sourceInfo: SourceInfo }>(
    resource: T,
    find: (path: string) => SourceInfo | undefined,
  ): T {
    const { filePath } = resource;
    const known = find(filePath) ?? resource.sourceInfo;
    return { ...resource, sourceInfo: known ?? this.getDefaultSourceInfoForPath(filePath) };
  }

  protected updateThemesFromPaths(themePaths: string[], known?: Map<string, PathMetadata>): void {
    const { options } = this;
    this.lastPaths.themes = themePaths;
    const all = options.noThemes && themePaths.length === 0 ? noThemes() : this.loadThemes(themePaths, false);
    const once = this.dedupeThemes(all.themes);
    const loaded = { themes: once.themes, diagnostics: [...all.diagnostics, ...once.diagnostics] };
    this.themes = { ...(options.themesOverride?.(loaded) ?? loaded) };
    for (const theme of this.themes.themes) {
      const { sourcePath: path } = theme;
      if (!path) continue;
      theme.sourceInfo =
        this.findSourceInfoForPath(path, this.named.themes, known) ??
        theme.sourceInfo ??
        this.getDefaultSourceInfoForPath(path);
    }
  }

  /** What the project's files and the system prompt's say. */
  private loadInstructions(): void {
    const { cwd, agentDir, options } = this;
    const found = { agentsFiles: options.noContextFiles ? [] : loadProjectContextFiles({ cwd, agentDir }) };
    this.agentsFiles = (options.agentsFilesOverride?.(found) ?? found).agentsFiles;
    const prompt = textOf(options.systemPrompt ?? this.discoverSystemPromptFile(), "system prompt");
    this.systemPrompt = options.systemPromptOverride ? options.systemPromptOverride(prompt) : prompt;
    const sources = options.appendSystemPrompt ?? [this.discoverAppendSystemPromptFile()];
    const texts = sources
      .map((source) => textOf(source, "append system prompt"))
      .filter((text) => text !== undefined);
    this.appendSystemPrompt = options.appendSystemPromptOverride?.(texts) ?? texts;
  }
}

function noSources() {
  return {
    skills: new Map<string, SourceInfo>(),
    prompts: new Map<string, SourceInfo>(),
    themes: new Map<string, SourceInfo>(),
  };
}

function noThemes(): ThemesResult {
  return { themes: [], diagnostics: [] };
}

/** The file of a skill that was found as a folder. */
function skillFileOf({ path, metadata }: ResolvedResource): string {
  if (metadata.source !== "auto" && metadata.origin !== "package") return path;
  const file = join(path, "SKILL.md");
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() && existsSync(file) ? file : path;
}

/** Adds a remark on each path that is not there. */
function missing(paths: string[], sort: string, diagnostics: ResourceDiagnostic[]): void {
  for (const path of paths) {
    if (existsSync(path) || diagnostics.some((one) => one.path === path)) continue;
    diagnostics.push({ type: "error", message: `${sort} path does not exist`, path });
  }
}

/** The text of a file, or what is given where that is none. */
function textOf(input: string | undefined, sort: string): string | undefined {
  if (!input) return undefined;
  if (!existsSync(input)) return input;
  try {
    return readFileSync(input, "utf-8");
  } catch (error) {
    console.error(`Warning: Could not read ${sort} file ${input}: ${error}`);
    return input;
  }
}
