// Patterns that say which files of a package or a folder are wanted.

import { basename, dirname, relative, sep } from "node:path";
import { minimatch } from "./library.js";

/** A path with slashes, whatever the system. */
export function toPosixPath(path: string): string {
  return path.split(sep).join("/");
}

/** Whether an entry of settings is a pattern and no path. */
export function isPattern(entry: string): boolean {
  return isOverridePattern(entry) || hasGlobPattern(entry);
}

/** Whether an entry takes something out (`!`, `-`) or in (`+`). */
export function isOverridePattern(entry: string): boolean {
  return /^[!+-]/.test(entry);
}

/** Whether an entry stands for several paths. */
export function hasGlobPattern(entry: string): boolean {
  return entry.includes("*") || entry.includes("?");
}

/** How a file may be named: by its path from `baseDir` or its whole path; a skill also by its folder's. */
function namesOf(path: string, baseDir: string): { paths: string[]; names: string[] } {
  const own = [path];
  if (basename(path) === "SKILL.md") own.push(dirname(path));
  const paths = own.flatMap((one) => [toPosixPath(relative(baseDir, one)), toPosixPath(one)]);
  return { paths, names: own.map((one) => basename(one)) };
}

function matchesAny(path: string, patterns: string[], baseDir: string): boolean {
  if (patterns.length === 0) return false;
  const { paths, names } = namesOf(path, baseDir);
  const match = minimatch();
  return patterns.some((pattern) => [...paths, ...names].some((name) => match(name, toPosixPath(pattern))));
}

function isAny(path: string, exact: string[], baseDir: string): boolean {
  const { paths } = namesOf(path, baseDir);
  return exact.some((one) => paths.includes(toPosixPath(one.replace(/^\.[/\\]/, ""))));
}

/** The patterns without their signs, by what they do. */
function sorted(patterns: string[]) {
  const of = (sign: string) =>
    patterns.filter((one) => one.startsWith(sign)).map((one) => one.slice(sign.length));
  return {
    out: of("!"),
    into: of("+"),
    never: of("-"),
    wanted: patterns.filter((one) => !isOverridePattern(one)),
  };
}

/** Whether a file that was found is wanted: `!` takes out what matches, `+` a path back in, `-` a path out for good. */
export function isEnabledByOverrides(path: string, patterns: string[], baseDir: string): boolean {
  const { out, into, never } = sorted(patterns);
  const enabled = isAny(path, into, baseDir) || !matchesAny(path, out, baseDir);
  return enabled && !isAny(path, never, baseDir);
}

/** The files that are wanted: those that match, or all where no pattern says which; then as `isEnabledByOverrides`. */
export function applyPatterns(paths: string[], patterns: string[], baseDir: string): Set<string> {
  const { out, into, never, wanted } = sorted(patterns);
  const listed = (path: string) => wanted.length === 0 || matchesAny(path, wanted, baseDir);
  const chosen = paths.filter((path) => listed(path) && !matchesAny(path, out, baseDir));
  const back = paths.filter((path) => isAny(path, into, baseDir));
  return new Set([...chosen, ...back].filter((path) => !isAny(path, never, baseDir)));
}
