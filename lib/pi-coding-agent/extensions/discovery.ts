// Finds the files of extensions.

import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { EventBus } from "../event-bus.js";
import { CONFIG_DIR_NAME } from "../paths.js";
import { getAgentDir } from "../session-files.js";
import { loadExtensions, resolveExtensionPath } from "./loader.js";
import type { LoadExtensionsResult } from "./runtime.js";

/** What a package's `package.json` says of its resources: files, folders and patterns, relative to it. */
export type PiManifest = Partial<Record<"extensions" | "skills" | "prompts" | "themes", string[]>>;

/** A package's manifest; `null` where it has none that can be read. What is no list of texts in it does not count. */
export function readPiManifest(packageJson: string): PiManifest | null {
  try {
    const { pi } = JSON.parse(readFileSync(packageJson, "utf-8"));
    if (!pi) return null;
    return Object.fromEntries(Object.entries(pi).filter(([, list]) => isListOfTexts(list)));
  } catch {
    return null;
  }
}

function isListOfTexts(list: unknown): boolean {
  return Array.isArray(list) && list.every((item) => typeof item === "string");
}

/** The files that a folder's extension begins in: those of its manifest, else its `index`; `null` without either. */
export function extensionEntries(dir: string): string[] | null {
  const named = readPiManifest(join(dir, "package.json"))?.extensions;
  if (named?.length) {
    const there = named.map((path) => resolve(dir, path)).filter((path) => existsSync(path));
    if (there.length > 0) return there;
  }
  const index = ["index.ts", "index.js"].map((name) => join(dir, name)).find((path) => existsSync(path));
  return index ? [index] : null;
}

/** Whether a name is that of a file that may be an extension. */
export function isExtensionFile(name: string): boolean {
  return name.endsWith(".ts") || name.endsWith(".js");
}

/** The extensions that lie in a folder: its files, and the folders in it that hold one. */
function extensionsIn(dir: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(dir, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = join(dir, entry.name);
    const linked = entry.isSymbolicLink();
    if ((entry.isFile() || linked) && isExtensionFile(entry.name)) return [path];
    return ((entry.isDirectory() || linked) && extensionEntries(path)) || [];
  });
}

/**
 * Loads the extensions of the project, then the user's, then those that are named: files, or folders that hold some.
 * Relative names are relative to `cwd`.
 */
export async function discoverAndLoadExtensions(
  configuredPaths: string[],
  cwd: string,
  agentDir: string = getAgentDir(),
  eventBus?: EventBus,
): Promise<LoadExtensionsResult> {
  const named = configuredPaths.flatMap((path) => {
    const resolved = resolveExtensionPath(path, cwd);
    const isFolder = existsSync(resolved) && statSync(resolved).isDirectory();
    return isFolder ? (extensionEntries(resolved) ?? extensionsIn(resolved)) : [resolved];
  });
  const found = [
    ...extensionsIn(join(cwd, CONFIG_DIR_NAME, "extensions")),
    ...extensionsIn(join(agentDir, "extensions")),
    ...named,
  ];
  const first = new Map<string, string>();
  for (const path of found) if (!first.has(resolve(path))) first.set(resolve(path), path);
  return loadExtensions([...first.values()], cwd, eventBus);
}
