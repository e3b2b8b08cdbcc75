// Finds the files of packages and folders: extensions, skills, prompts, themes.

import { existsSync } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { Ignore } from "ignore";
import { extensionEntries, isExtensionFile } from "../extensions/discovery.js";
import { isUnderPath } from "../paths.js";
import { ignore } from "./library.js";
import { toPosixPath } from "./patterns.js";

/** What packages bring. */
export const RESOURCE_TYPES = ["extensions", "skills", "prompts", "themes"] as const;
export type ResourceType = (typeof RESOURCE_TYPES)[number];

const ENDINGS = { prompts: ".md", themes: ".json" };
const IGNORE_FILES = [".gitignore", ".ignore", ".fdignore"];

interface Entry {
  name: string;
  path: string;
  isDir: boolean;
  isFile: boolean;
}

/** A folder that is being gone through, with the rules of its ignore files and of those above. */
interface Walk {
  root: string;
  rules: Ignore;
}

/** Begins to go through a folder, or goes on in one below. */
async function enter(dir: string, above?: Walk): Promise<{ walk: Walk; entries: Entry[] }> {
  const walk = above ?? { root: dir, rules: ignore()() };
  await addRules(walk, dir);
  const entries = await list(dir);
  return { walk, entries: entries.filter((entry) => !ignored(walk, entry)) };
}

function ignored({ root, rules }: Walk, { path, isDir }: Entry): boolean {
  const name = toPosixPath(relative(root, path));
  return rules.ignores(isDir ? `${name}/` : name);
}

async function addRules({ root, rules }: Walk, dir: string): Promise<void> {
  const below = toPosixPath(relative(root, dir));
  const prefix = below ? `${below}/` : "";
  for (const name of IGNORE_FILES) {
    const text = await readFile(join(dir, name), "utf-8").catch(() => "");
    rules.add(text.split(/\r?\n/).flatMap((line) => prefixed(line, prefix)));
  }
}

/** A line of an ignore file as it would stand in the root's. */
function prefixed(line: string, prefix: string): string[] {
  const trimmed = line.trim();
  if (!trimmed || trimmed.startsWith("#")) return [];
  const negated = line.startsWith("!");
  const pattern = line.replace(/^(!|\\(?=!))/, "").replace(/^\//, "");
  return [`${negated ? "!" : ""}${prefix}${pattern}`];
}

/** What lies in a folder, but for hidden things and `node_modules`; links are what they lead to. */
async function list(dir: string): Promise<Entry[]> {
  const found = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const entries: Entry[] = [];
  for (const entry of found) {
    const { name } = entry;
    if (name.startsWith(".") || name === "node_modules") continue;
    const path = join(dir, name);
    const target = entry.isSymbolicLink() ? await followed(path, dir) : entry;
    if (target) entries.push({ name, path, isDir: target.isDirectory(), isFile: target.isFile() });
  }
  return entries;
}

/** What a link leads to; nothing when it leads to a folder that it is in, which would have no end. */
async function followed(path: string, dir: string) {
  try {
    const [target, real, from] = await Promise.all([stat(path), realpath(path), realpath(dir)]);
    return isUnderPath(from, real) ? undefined : target;
  } catch {
    return undefined;
  }
}

async function filesBelow(dir: string, ending: string, above?: Walk): Promise<string[]> {
  const { walk, entries } = await enter(dir, above);
  const files: string[] = [];
  for (const { name, path, isDir, isFile } of entries) {
    if (isDir) files.push(...(await filesBelow(path, ending, walk)));
    else if (isFile && name.endsWith(ending)) files.push(path);
  }
  return files;
}

/**
 * The skills in a folder and below it: each folder with a `SKILL.md`, and with `loose` also the other Markdown files of
 * the folder itself.
 */
export async function skillsIn(dir: string, loose: boolean, above?: Walk): Promise<string[]> {
  const { walk, entries } = await enter(dir, above);
  const own = entries.find(({ name, isFile }) => isFile && name === "SKILL.md");
  if (own) return [own.path];
  const skills: string[] = [];
  for (const { name, path, isDir, isFile } of entries) {
    if (isDir) skills.push(...(await skillsIn(path, loose, walk)));
    else if (loose && !above && isFile && name.endsWith(".md")) skills.push(path);
  }
  return skills;
}

/** The extensions in a folder: its own where it is one, else its files and the folders in it that are one. */
export async function extensionsIn(dir: string): Promise<string[]> {
  const own = extensionEntries(dir);
  if (own) return own;
  const { entries } = await enter(dir);
  return entries.flatMap(({ name, path, isDir, isFile }) => {
    if (isFile) return isExtensionFile(name) ? [path] : [];
    return (isDir && extensionEntries(path)) || [];
  });
}

/** The prompts or themes that lie in a folder itself. */
export async function filesIn(dir: string, type: keyof typeof ENDINGS): Promise<string[]> {
  const { entries } = await enter(dir);
  return entries.filter(({ name, isFile }) => isFile && name.endsWith(ENDINGS[type])).map(({ path }) => path);
}

/** What a package's folder has of a sort. */
export function resourceFiles(dir: string, type: ResourceType): Promise<string[]> {
  if (type === "skills") return skillsIn(dir, true);
  return type === "extensions" ? extensionsIn(dir) : filesBelow(dir, ENDINGS[type]);
}

/** The folders of skills that other agents keep: in a folder and those above it, up to the repository's. */
export function agentsSkillDirs(start: string): string[] {
  const dirs: string[] = [];
  for (let dir = resolve(start); dir !== dirs.at(-1); dir = dirname(dir)) dirs.push(dir);
  const root = dirs.findIndex((dir) => existsSync(join(dir, ".git")));
  return dirs.slice(0, root < 0 ? undefined : root + 1).map((dir) => join(dir, ".agents", "skills"));
}
