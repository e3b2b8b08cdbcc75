// Paths that users write.

import { homedir } from "node:os";
import { isAbsolute, join, resolve, sep } from "node:path";

/** The folder of a project's own resources, in its working directory. */
export const CONFIG_DIR_NAME = ".pi";

/** A path as a user writes it: white space round it does not count, `~` is the home folder. */
export function resolveUserPath(path: string, cwd: string): string {
  const trimmed = path.trim();
  const expanded = trimmed.startsWith("~") ? join(homedir(), trimmed.slice(1)) : trimmed;
  return isAbsolute(expanded) ? expanded : resolve(cwd, expanded);
}

/** Whether a path is a folder or below it, by its letters. */
export function isUnderPath(path: string, folder: string): boolean {
  const root = resolve(folder);
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}
