// Prompt templates: Markdown files that a user calls for by name.

import { basename, dirname, join, normalize, resolve } from "node:path";
import { findPromptTemplates } from "../native.js";
import { parseYamlValues } from "./frontmatter.js";
import { CONFIG_DIR_NAME, isUnderPath, resolveUserPath } from "./paths.js";
import { createSyntheticSourceInfo, type SourceInfo } from "./source-info.js";

/** How long the line may be that stands for a description. */
const SHOWN = 60;

/** A prompt template. */
export interface PromptTemplate {
  /** Its file's name without `.md`. */
  name: string;
  /** What it says of itself, else its first line. */
  description: string;
  /** What it says of its arguments. */
  argumentHint?: string;
  content: string;
  sourceInfo: SourceInfo;
  filePath: string;
}

/** Which places to look in. */
export interface LoadPromptTemplatesOptions {
  /** The project's folder. */
  cwd: string;
  /** The agent's folder. */
  agentDir: string;
  /** Files and folders besides. */
  promptPaths: string[];
  /** Whether to look in the user's and the project's own folders. */
  includeDefaults: boolean;
}

/** What the native side says of a template. */
interface Found {
  path: string;
  description: unknown;
  hint: unknown;
  body: string;
}

/** The templates of all places; two of one name are both there. */
export function loadPromptTemplates(options: LoadPromptTemplatesOptions): PromptTemplate[] {
  const { cwd, agentDir, promptPaths, includeDefaults } = options;
  const user = agentDir ? join(agentDir, "prompts") : agentDir;
  const project = resolve(cwd, CONFIG_DIR_NAME, "prompts");
  const named = promptPaths.map((path) => resolveUserPath(path, cwd));
  const own = includeDefaults ? [user, project].filter(Boolean).map((path) => findIn(path, false)) : [];
  const found = [...own, ...named.map((path) => findIn(path, true))].flat();
  return found.map((template) => templateOf(template, sourceOf(template.path, user, project)));
}

function findIn(path: string, file: boolean): Found[] {
  return parseYamlValues(findPromptTemplates(path, normalize(path), file));
}

function sourceOf(path: string, user: string, project: string): SourceInfo {
  const local = { source: "local" };
  if (isUnderPath(path, user))
    return createSyntheticSourceInfo(path, { ...local, scope: "user", baseDir: user });
  if (isUnderPath(path, project)) {
    return createSyntheticSourceInfo(path, { ...local, scope: "project", baseDir: project });
  }
  return createSyntheticSourceInfo(path, { ...local, baseDir: dirname(path) });
}

function templateOf({ path, description, hint, body }: Found, sourceInfo: SourceInfo): PromptTemplate {
  return {
    name: basename(path).replace(/\.md$/, ""),
    description: (description as string) || firstLine(body),
    ...(hint ? { argumentHint: hint as string } : {}),
    content: body,
    sourceInfo,
    filePath: path,
  };
}

function firstLine(body: string): string {
  const line = body.split("\n").find((line) => line.trim()) ?? "";
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}...` : line;
}

/** The arguments of a command, as in a shell: blanks part them, quotes of either sort keep blanks. */
export function parseCommandArgs(text: string): string[] {
  const args: string[] = [];
  let current = "";
  let quote: string | undefined;
  for (const unit of text) {
    if (quote) {
      if (unit === quote) quote = undefined;
      else current += unit;
    } else if (unit === '"' || unit === "'") {
      quote = unit;
    } else if (unit === " " || unit === "\t") {
      if (current) args.push(current);
      current = "";
    } else {
      current += unit;
    }
  }
  if (current) args.push(current);
  return args;
}

/**
 * A template's text with its arguments: `$1`, `$2` and so on, `$@` and `$ARGUMENTS` for all, `${@:2}` for those from the
 * second on, `${@:2:3}` for three of them. What an argument holds is never taken for a placeholder.
 */
export function substituteArgs(content: string, args: string[]): string {
  const placeholder = /\$(\d+)|\$\{@:(\d+)(?::(\d+))?\}|\$ARGUMENTS|\$@/g;
  return content.replace(placeholder, (_whole, place?: string, from?: string, count?: string) => {
    if (place !== undefined) return args[Number(place) - 1] ?? "";
    const start = Math.max(0, Number(from ?? 1) - 1);
    return args.slice(start, count === undefined ? undefined : start + Number(count)).join(" ");
  });
}

/** What a user means with `/name arguments`: the template of that name with its arguments, else the text as it is. */
export function expandPromptTemplate(text: string, templates: PromptTemplate[]): string {
  if (!text.startsWith("/")) return text;
  const [name, rest = ""] = splitOnce(text.slice(1), " ");
  const template = templates.find((one) => one.name === name);
  return template ? substituteArgs(template.content, parseCommandArgs(rest)) : text;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
