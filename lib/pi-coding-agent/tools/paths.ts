// The file that a model means by a path.

import { accessSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, resolve } from "node:path";

const UNICODE_SPACES = /[\u00A0\u2000-\u200A\u202F\u205F\u3000]/g;

/** A path without the `@` of a mention, with plain spaces, and with `~` written out. */
export function expandPath(filePath: string): string {
  const mentioned = filePath.startsWith("@") ? filePath.slice(1) : filePath;
  const path = mentioned.replace(UNICODE_SPACES, " ");
  if (path === "~") return homedir();
  return path.startsWith("~/") ? homedir() + path.slice(1) : path;
}

/** The path from the root, where a relative one begins at `cwd`. */
export function resolveToCwd(filePath: string, cwd: string): string {
  const path = expandPath(filePath);
  return isAbsolute(path) ? path : resolve(cwd, path);
}

/** As `resolveToCwd`, for a file that should be there: macOS writes some names with other characters than people type. */
export function resolveReadPath(filePath: string, cwd: string): string {
  const path = resolveToCwd(filePath, cwd);
  const decomposed = path.normalize("NFD");
  const names = [
    path,
    path.replace(/ (AM|PM)\./gi, "\u202F$1."),
    decomposed,
    withCurlyQuotes(path),
    withCurlyQuotes(decomposed),
  ];
  return names.find((name, at) => (at === 0 || name !== path) && exists(name)) ?? path;
}

function withCurlyQuotes(path: string): string {
  return path.replace(/'/g, "\u2019");
}

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}
