// The tool that searches the contents of files.

import { basename, relative, sep } from "node:path";
import type { Static } from "typebox";
import { type Cancellation, grepFiles } from "../../native.js";
import type { AgentTool, AgentToolResult } from "../../pi-agent-core/tool.js";
import { Type } from "../../pi-ai/typebox.js";
import { abortable } from "./abort.js";
import { once, type ToolDefinition, wrapToolDefinition } from "./definition.js";
import { type Head, headOf, listing, textResult } from "./listing.js";
import { answer, requestText } from "./native-call.js";
import { resolveToCwd } from "./paths.js";
import { DEFAULT_MAX_BYTES, GREP_MAX_LINE_LENGTH, type TruncationResult, truncateLine } from "./truncate.js";

const DEFAULT_LIMIT = 100;

const grepSchema = once(() =>
  Type.Object({
    pattern: Type.String({ description: "Search pattern (regex or literal string)" }),
    path: Type.Optional(
      Type.String({ description: "Directory or file to search (default: current directory)" }),
    ),
    glob: Type.Optional(
      Type.String({ description: "Filter files by glob pattern, e.g. '*.ts' or '**/*.spec.ts'" }),
    ),
    ignoreCase: Type.Optional(Type.Boolean({ description: "Case-insensitive search (default: false)" })),
    literal: Type.Optional(
      Type.Boolean({ description: "Treat pattern as literal string instead of regex (default: false)" }),
    ),
    context: Type.Optional(
      Type.Number({ description: "Number of lines to show before and after each match (default: 0)" }),
    ),
    limit: Type.Optional(Type.Number({ description: "Maximum number of matches to return (default: 100)" })),
  }),
);

type GrepSchema = ReturnType<typeof grepSchema>;

/** What a model asks for. */
export type GrepToolInput = Static<GrepSchema>;

/** What is missing from a result. */
export interface GrepToolDetails {
  /** The text was too long. */
  truncation?: TruncationResult;
  /** There may be more matches than this. */
  matchLimitReached?: number;
  /** Some lines were too long. */
  linesTruncated?: boolean;
  /** Why some files and folders could not be searched. */
  unreadable?: string[];
}

/** What a host may do in place of this tool. The search itself runs on this machine. */
export interface GrepOperations {
  /** Whether a path is a folder; throws where there is nothing. */
  isDirectory: (absolutePath: string) => Promise<boolean> | boolean;
  /** Reads a file for the lines round a match. */
  readFile: (absolutePath: string) => Promise<string> | string;
}

/** How the tool does its work. */
export interface GrepToolOptions {
  /** What the host does itself. */
  operations?: GrepOperations;
}

/** What the native side has found. */
interface Found extends Head {
  count: number;
  linesTruncated: boolean;
  places: [path: string, line: number][];
  errors: string[];
}

/** The tool `grep`. */
export function createGrepToolDefinition(
  cwd: string,
  options?: GrepToolOptions,
): ToolDefinition<GrepSchema, GrepToolDetails | undefined> {
  const operations = options?.operations;
  return {
    name: "grep",
    label: "grep",
    description: `Search file contents for a pattern. Returns matching lines with file paths and line numbers. Respects .gitignore. Output is truncated to ${DEFAULT_LIMIT} matches or ${DEFAULT_MAX_BYTES / 1024}KB (whichever is hit first). Long lines are truncated to ${GREP_MAX_LINE_LENGTH} chars.`,
    promptSnippet: "Search file contents for patterns (respects .gitignore)",
    parameters: grepSchema(),
    execute: (_toolCallId, input, signal) =>
      abortable(signal, (cancellation) => grep(cwd, input, operations, cancellation)),
  };
}

async function grep(
  cwd: string,
  input: GrepToolInput,
  operations: GrepOperations | undefined,
  cancellation: Cancellation,
): Promise<AgentToolResult<GrepToolDetails | undefined>> {
  const path = resolveToCwd(input.path || ".", cwd);
  const inFolder = operations !== undefined && (await isFolder(path, operations));
  const context = Math.floor(Math.max(0, input.context || 0));
  const limit = Math.max(1, input.limit ?? DEFAULT_LIMIT);
  const places = operations !== undefined && context > 0;
  const { pattern, glob, ignoreCase, literal } = input;
  const request = { pattern, glob, ignoreCase, literal, path, cwd, context, limit: Math.ceil(limit), places };
  const found = await answer<Found>(grepFiles(requestText(request), cancellation));
  if (found.count === 0) {
    if (found.errors.length > 0) throw new Error(found.errors.join("\n"));
    return textResult("No matches found", undefined);
  }
  if (places) await readLines(found, path, inFolder, context, operations);
  const limited = found.count >= limit && {
    text: `${limit} matches limit reached. Use limit=${limit * 2} for more, or refine pattern`,
    details: { matchLimitReached: limit },
  };
  const long = found.linesTruncated && {
    text: `Some lines truncated to ${GREP_MAX_LINE_LENGTH} chars. Use read tool to see full lines`,
    details: { linesTruncated: true },
  };
  const unreadable = found.errors.length > 0 && {
    text: `${found.errors.length} paths could not be searched`,
    details: { unreadable: found.errors },
  };
  return listing<GrepToolDetails>(found, [limited], [long, unreadable]);
}

async function isFolder(path: string, operations: GrepOperations): Promise<boolean> {
  try {
    return await operations.isDirectory(path);
  } catch {
    throw new Error(`Path not found: ${path}`);
  }
}

/** Puts the lines round the matches as the host reads them in the place of those that were found. */
async function readLines(
  found: Found,
  root: string,
  inFolder: boolean,
  context: number,
  operations: GrepOperations,
): Promise<void> {
  const files = new Map<string, string[]>();
  const shown: string[] = [];
  for (const [path, line] of found.places) {
    const name = inFolder ? relative(root, path).replaceAll(sep, "/") : basename(path);
    let lines = files.get(path);
    if (!lines) {
      lines = await linesOf(path, operations);
      files.set(path, lines);
    }
    if (lines.length === 0) shown.push(`${name}:${line}: (unable to read file)`);
    const last = Math.min(lines.length, line + context);
    for (let at = Math.max(1, line - context); at <= last; at++) {
      const { text, wasTruncated } = truncateLine(lines[at - 1] ?? "");
      found.linesTruncated ||= wasTruncated;
      shown.push(at === line ? `${name}:${at}: ${text}` : `${name}-${at}- ${text}`);
    }
  }
  Object.assign(found, headOf(shown.join("\n")));
}

async function linesOf(path: string, operations: GrepOperations): Promise<string[]> {
  try {
    return (await operations.readFile(path)).replace(/\r\n?/g, "\n").split("\n");
  } catch {
    return [];
  }
}

/** The tool `grep` for an agent loop. */
export function createGrepTool(cwd: string, options?: GrepToolOptions): AgentTool<GrepSchema> {
  return wrapToolDefinition(createGrepToolDefinition(cwd, options));
}
