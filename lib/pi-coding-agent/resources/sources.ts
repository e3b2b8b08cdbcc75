// Where the files of a session's resources come from, and what their paths mean.

import { existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve, sep } from "node:path";
import { canonicalizePath, type PathMetadata } from "../packages/resolved.js";
import { CONFIG_DIR_NAME, isUnderPath } from "../paths.js";
import { createSourceInfo, type SourceInfo } from "../source-info.js";

/** A file or folder that an extension names. */
export interface ExtensionPath {
  path: string;
  metadata: PathMetadata;
}

const FOLDERS = ["skills", "prompts", "themes", "extensions"];

/** Knows where files come from. */
export class ResourceSources {
  protected readonly cwd: string;
  protected readonly agentDir: string;

  constructor(cwd: string, agentDir: string) {
    this.cwd = cwd;
    this.agentDir = agentDir;
  }

  protected resolveResourcePath(path: string): string {
    const trimmed = path.trim();
    return resolve(this.cwd, trimmed.startsWith("~") ? join(homedir(), trimmed.slice(1)) : trimmed);
  }

  /** All paths in full, each file once. */
  protected mergePaths(primary: string[], additional: string[]): string[] {
    const merged = new Map<string, string>();
    for (const path of [...primary, ...additional].map((path) => this.resolveResourcePath(path))) {
      const real = canonicalizePath(path);
      if (!merged.has(real)) merged.set(real, path);
    }
    return [...merged.values()];
  }

  protected normalizeExtensionPaths(entries: ExtensionPath[]): ExtensionPath[] {
    return entries.map(({ path, metadata }) => ({ path: this.resolveResourcePath(path), metadata }));
  }

  protected isUnderPath(target: string, root: string): boolean {
    return isUnderPath(target, root);
  }

  /** What is known of where a file comes from: of itself, else of a folder above. Extensions' words come first. */
  protected findSourceInfoForPath(
    path: string,
    extra?: Map<string, SourceInfo>,
    known?: Map<string, PathMetadata>,
  ): SourceInfo | undefined {
    if (!path) return undefined;
    if (path.startsWith("<")) return this.getDefaultSourceInfoForPath(path);
    const full = resolve(path);
    const covers = (place: string) => full === resolve(place) || full.startsWith(`${resolve(place)}${sep}`);
    const named = [...(extra ?? [])].find(([place]) => covers(place));
    if (named) return { ...named[1], path };
    const metadata =
      known?.get(full) ?? known?.get(path) ?? [...(known ?? [])].find(([place]) => covers(place))?.[1];
    return metadata && createSourceInfo(path, metadata);
  }

  /** Where a file comes from that nothing is known of, by the folder it is in. */
  protected getDefaultSourceInfoForPath(path: string): SourceInfo {
    const origin = "top-level";
    if (path.startsWith("<") && path.endsWith(">")) {
      const source = path.slice(1, -1).split(":")[0] || "temporary";
      return { path, source, scope: "temporary", origin };
    }
    const full = resolve(path);
    const source = "local";
    const places = [
      ["user", this.agentDir],
      ["project", join(this.cwd, CONFIG_DIR_NAME)],
    ] as const;
    for (const [scope, dir] of places) {
      const baseDir = FOLDERS.map((name) => join(dir, name)).find((root) => this.isUnderPath(full, root));
      if (baseDir) return { path, source, scope, origin, baseDir };
    }
    const isFolder = statSync(full, { throwIfNoEntry: false })?.isDirectory();
    return { path, source, scope: "temporary", origin, baseDir: isFolder ? full : dirname(full) };
  }

  /** The project's file of this name, else the user's. */
  private discover(name: string): string | undefined {
    const places = [join(this.cwd, CONFIG_DIR_NAME, name), join(this.agentDir, name)];
    return places.find((path) => existsSync(path));
  }

  protected discoverSystemPromptFile(): string | undefined {
    return this.discover("SYSTEM.md");
  }

  protected discoverAppendSystemPromptFile(): string | undefined {
    return this.discover("APPEND_SYSTEM.md");
  }
}
