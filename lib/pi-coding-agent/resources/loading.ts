// Loads skills, prompts, themes and extensions from the places that were found.

import { type Dirent, existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ResourceDiagnostic } from "../diagnostics.js";
import type { Extension } from "../extensions/extension.js";
import { CONFIG_DIR_NAME } from "../paths.js";
import type { PromptTemplate } from "../prompt-templates.js";
import { ResourceSources } from "./sources.js";
import { loadThemeFromPath, type ThemeFile } from "./themes.js";

/** Themes, and what is not as it should be. */
export interface ThemesResult {
  themes: ThemeFile[];
  diagnostics: ResourceDiagnostic[];
}

/** Prompts, and what is not as it should be. */
export interface PromptsResult {
  prompts: PromptTemplate[];
  diagnostics: ResourceDiagnostic[];
}

/** Loads what files say. */
export class ResourceLoading extends ResourceSources {
  protected loadThemes(paths: string[], includeDefaults = true): ThemesResult {
    const result: ThemesResult = { themes: [], diagnostics: [] };
    const { themes, diagnostics } = result;
    const own = [join(this.agentDir, "themes"), join(this.cwd, CONFIG_DIR_NAME, "themes")];
    for (const dir of includeDefaults ? own : []) this.loadThemesFromDir(dir, themes, diagnostics);
    for (const path of paths.map((path) => resolve(this.cwd, path))) {
      const warn = (message: string) => diagnostics.push({ type: "warning", message, path });
      const found = statSync(path, { throwIfNoEntry: false });
      if (!found) warn("theme path does not exist");
      else if (found.isDirectory()) this.loadThemesFromDir(path, themes, diagnostics);
      else if (found.isFile() && path.endsWith(".json")) this.loadThemeFromFile(path, themes, diagnostics);
      else warn("theme path is not a json file");
    }
    return result;
  }

  protected loadThemesFromDir(dir: string, themes: ThemeFile[], diagnostics: ResourceDiagnostic[]): void {
    if (!existsSync(dir)) return;
    let entries: Dirent[];
    try {
      entries = readdirSync(dir, { withFileTypes: true });
    } catch (error) {
      diagnostics.push({ type: "warning", message: wordsOf(error), path: dir });
      return;
    }
    for (const entry of entries.filter(({ name }) => name.endsWith(".json"))) {
      const path = join(dir, entry.name);
      const found = entry.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : entry;
      if (found?.isFile()) this.loadThemeFromFile(path, themes, diagnostics);
    }
  }

  protected loadThemeFromFile(path: string, themes: ThemeFile[], diagnostics: ResourceDiagnostic[]): void {
    try {
      themes.push(loadThemeFromPath(path));
    } catch (error) {
      diagnostics.push({ type: "warning", message: wordsOf(error), path });
    }
  }

  /** Each name once: the first has it. */
  protected dedupePrompts(prompts: PromptTemplate[]): PromptsResult {
    const kept = new Map<string, PromptTemplate>();
    const diagnostics: ResourceDiagnostic[] = [];
    for (const prompt of prompts) {
      const { name, filePath: path } = prompt;
      const winner = kept.get(name);
      if (!winner) {
        kept.set(name, prompt);
        continue;
      }
      const collision = {
        resourceType: "prompt",
        name,
        winnerPath: winner.filePath,
        loserPath: path,
      } as const;
      diagnostics.push({ type: "collision", message: `name "/${name}" collision`, path, collision });
    }
    return { prompts: [...kept.values()], diagnostics };
  }

  /** Each name once: the first has it. */
  protected dedupeThemes(themes: ThemeFile[]): ThemesResult {
    const kept = new Map<string, ThemeFile>();
    const diagnostics: ResourceDiagnostic[] = [];
    for (const theme of themes) {
      const name = theme.name ?? "unnamed";
      const winner = kept.get(name);
      if (!winner) {
        kept.set(name, theme);
        continue;
      }
      const [winnerPath, loserPath] = [winner, theme].map(({ sourcePath }) => sourcePath ?? "<builtin>");
      const collision = { resourceType: "theme", name, winnerPath, loserPath } as const;
      const message = `name "${name}" collision`;
      diagnostics.push({
        type: "collision",
        message,
        path: theme.sourcePath,
        collision: collision as ResourceDiagnostic["collision"],
      });
    }
    return { themes: [...kept.values()], diagnostics };
  }

  /** Tools and flags that several extensions register. */
  protected detectExtensionConflicts(extensions: Extension[]): { path: string; message: string }[] {
    const conflicts: { path: string; message: string }[] = [];
    const owners = new Map<string, string>();
    const claim = (thing: string, path: string) => {
      const owner = owners.get(thing);
      if (owner && owner !== path) conflicts.push({ path, message: `${thing} conflicts with ${owner}` });
      else owners.set(thing, path);
    };
    for (const { path, tools, flags } of extensions) {
      for (const name of tools.keys()) claim(`Tool "${name}"`, path);
      for (const name of flags.keys()) claim(`Flag "--${name}"`, path);
    }
    return conflicts;
  }
}

/** What an error says. */
function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : "failed to load";
}
