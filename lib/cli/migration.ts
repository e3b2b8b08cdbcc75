// Makes the sources of a host name this package's modules where they named Pi's. Nothing else in a file changes, not a
// byte.

import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { moduleReferences } from "./imports.js";
import { offeredNames, PI_PACKAGES, piModule } from "./pi-modules.js";

const OWN_NAME = "argent-runtime";
const SOURCE = /\.[cm]?[jt]sx?$/;
const SKIPPED = new Set(["node_modules", "dist", ".git"]);

/** A module's name that becomes another. */
export interface Rewrite {
  /** Counts from 1. */
  line: number;
  from: string;
  to: string;
  /** Whether a test runner puts something else in its place. */
  isMock: boolean;
}

/** Something that is left for somebody to look at; most often a place that names Pi and stays as it is. */
export interface Remainder {
  /** Absent when it is about the whole file. */
  line?: number;
  /** The module of Pi. */
  specifier?: string;
  /** What it is asked for and is not here. */
  missing?: string[];
  /** What of it, in words. */
  reason: string;
}

/** What becomes of a file. */
export interface FileMigration {
  /** Relative to the folder that was migrated. */
  path: string;
  rewrites: Rewrite[];
  left: Remainder[];
}

/** What is to be done. */
export interface MigrateOptions {
  /** Whether files are written. */
  write?: boolean;
  /** The packages of Pi that are replaced, `pi-ai` and so on; default all. */
  packages?: readonly string[];
}

/**
 * Migrates all sources below a folder, in the order of their names; `node_modules`, `dist` and links are passed over.
 * @returns the files that name Pi.
 * @throws an Error with a `code` when a file cannot be read or written. Each is written whole or not at all.
 */
export function migrate(folder: string, options: MigrateOptions = {}): FileMigration[] {
  const files: FileMigration[] = [];
  for (const path of sourcesIn(folder)) {
    const bytes = readFileSync(path);
    if (!bytes.includes("/pi-")) continue;
    const { text, rewrites, left } = migrateText(bytes, path, options.packages);
    if (rewrites.length + left.length === 0) continue;
    if (text !== undefined && rewrites.length > 0 && options.write) replace(path, text);
    files.push({ path: relative(folder, path), rewrites, left });
  }
  noteMocks(files);
  return files;
}

/** The text of a migrated file, if it can be read, and what became of it. */
export function migrateText(
  bytes: Buffer,
  path: string,
  packages: readonly string[] = PI_PACKAGES,
): Omit<FileMigration, "path"> & { text?: string } {
  const rewrites: Rewrite[] = [];
  const left: Remainder[] = [];
  const wanted = (specifier: string) => {
    const name = piModule(specifier)?.package;
    return name !== undefined && (packages.includes(name) || !PI_PACKAGES.some((known) => known === name));
  };
  let text: string;
  let references: ReturnType<typeof moduleReferences>;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    references = moduleReferences(text, path, wanted);
  } catch (error) {
    return { rewrites, left: [{ reason: `cannot be read: ${(error as Error).message}` }] };
  }
  let result = "";
  let done = 0;
  for (const { specifier, start, end, line, names, isMock, isText } of references) {
    const modulePath = piModule(specifier)?.path as string;
    const offered = offeredNames(modulePath);
    const missing = offered ? names.filter((name) => !offered.has(name)) : names;
    const reason = isText
      ? "stays: a text, of which it is not known what it is for"
      : !offered
        ? "stays: there is no such module here"
        : missing.length > 0
          ? `stays: not here: ${missing.join(", ")}`
          : undefined;
    if (reason !== undefined) {
      left.push({ line, specifier, ...(missing.length > 0 && { missing }), reason });
      continue;
    }
    const to = `${OWN_NAME}/${modulePath}`;
    rewrites.push({ line, from: specifier, to, isMock });
    result += text.slice(done, start) + to;
    done = end;
  }
  return { text: result + text.slice(done), rewrites, left };
}

/** Says of mocks that move that some file still imports what they were for. */
function noteMocks(files: FileMigration[]): void {
  const importers = new Map<string, string>();
  for (const { path, left } of files)
    for (const { specifier, missing } of left) if (specifier && missing) importers.set(specifier, path);
  for (const { rewrites, left } of files)
    for (const { line, from, isMock } of rewrites) {
      const importer = isMock ? importers.get(from) : undefined;
      if (importer)
        left.push({ line, specifier: from, reason: `no longer mocked, but ${importer} imports it` });
    }
}

function* sourcesIn(folder: string): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) yield* sourcesIn(path);
    } else if (entry.isFile() && SOURCE.test(entry.name)) {
      yield path;
    }
  }
}

/** Puts a text in the place of a file, with the same mode. */
function replace(path: string, text: string): void {
  const temporary = `${path}.migrating`;
  writeFileSync(temporary, text, { mode: statSync(path).mode, flag: "wx" });
  renameSync(temporary, path);
}
