// The tool that lists a folder.

import { join } from "node:path";
import { getSystemErrorMap } from "node:util";
import type { Static } from "typebox";
import { type Cancellation, listFolder } from "../../native.js";
import type { AgentTool } from "../../pi-agent-core/tool.js";
import { Type } from "../../pi-ai/typebox.js";
import { abortable } from "./abort.js";
import { once, type ToolDefinition, wrapToolDefinition } from "./definition.js";
import { type Head, headOf, listing, textResult } from "./listing.js";
import { answer, requestText } from "./native-call.js";
import { resolveToCwd } from "./paths.js";
import { DEFAULT_MAX_BYTES, type TruncationResult } from "./truncate.js";

const DEFAULT_LIMIT = 500;

const lsSchema = once(() =>
  Type.Object({
    path: Type.Optional(Type.String({ description: "Directory to list (default: current directory)" })),
    limit: Type.Optional(Type.Number({ description: "Maximum number of entries to return (default: 500)" })),
  }),
);

type LsSchema = ReturnType<typeof lsSchema>;

/** What a model asks for. */
export type LsToolInput = Static<LsSchema>;

/** What is missing from a result. */
export interface LsToolDetails {
  /** The text was too long. */
  truncation?: TruncationResult;
  /** There are more entries than this. */
  entryLimitReached?: number;
}

/** What a host may do in place of this tool. */
export interface LsOperations {
  /** Whether a path exists. */
  exists: (absolutePath: string) => Promise<boolean> | boolean;
  /** What a path leads to; throws where that is nothing. */
  stat: (absolutePath: string) => Promise<{ isDirectory: () => boolean }> | { isDirectory: () => boolean };
  /** The names in a folder. */
  readdir: (absolutePath: string) => Promise<string[]> | string[];
}

/** How the tool does its work. */
export interface LsToolOptions {
  /** What the host does itself. */
  operations?: LsOperations;
}

/** The first entries of a folder, and whether there are more. */
interface Entries {
  head: Head;
  count: number;
  more: boolean;
}

/** What the native side has to say. */
interface Listed {
  sorted?: Head & { more: boolean };
  unsorted?: [name: string, folder: boolean | null][];
  errno?: number;
}

/** The tool `ls`. */
export function createLsToolDefinition(
  cwd: string,
  options?: LsToolOptions,
): ToolDefinition<LsSchema, LsToolDetails | undefined> {
  const operations = options?.operations;
  return {
    name: "ls",
    label: "ls",
    description: `List directory contents. Returns entries sorted alphabetically, with '/' suffix for directories. Includes dotfiles. Output is truncated to ${DEFAULT_LIMIT} entries or ${DEFAULT_MAX_BYTES / 1024}KB (whichever is hit first).`,
    promptSnippet: "List directory contents",
    parameters: lsSchema(),
    execute: (_toolCallId, input, signal) =>
      abortable(signal, async (cancellation) => {
        const path = resolveToCwd(input.path || ".", cwd);
        const limit = input.limit ?? DEFAULT_LIMIT;
        const entries = operations
          ? await listByHost(path, limit, operations)
          : await listNative(path, limit, cancellation);
        return result(entries, limit);
      }),
  };
}

async function listNative(path: string, limit: number, cancellation: Cancellation): Promise<Entries> {
  const request = requestText({ path, limit: Math.max(0, Math.ceil(limit)) });
  const { sorted, unsorted, errno } = await answer<Listed>(listFolder(request, cancellation));
  if (sorted) return { head: sorted, count: sorted.totalLines, more: sorted.more };
  if (!unsorted) throw new Error(`Cannot read directory: ${systemError(errno ?? 0)}, scandir '${path}'`);
  const folders = new Map(unsorted);
  return first(dictionaryOrder([...folders.keys()]), limit, (name) => folders.get(name) ?? undefined);
}

async function listByHost(path: string, limit: number, operations: LsOperations): Promise<Entries> {
  if (!(await operations.exists(path))) throw new Error(`Path not found: ${path}`);
  if (!(await operations.stat(path)).isDirectory()) throw new Error(`Not a directory: ${path}`);
  let names: string[];
  try {
    names = await operations.readdir(path);
  } catch (error) {
    throw new Error(`Cannot read directory: ${(error as Error).message}`);
  }
  return first(dictionaryOrder(names), limit, async (name) => {
    try {
      return (await operations.stat(join(path, name))).isDirectory();
    } catch {
      return undefined;
    }
  });
}

/** The first names, folders with a slash; those of which nothing is known lead nowhere and are left out. */
async function first(
  names: string[],
  limit: number,
  isFolder: (name: string) => boolean | undefined | Promise<boolean | undefined>,
): Promise<Entries> {
  const shown: string[] = [];
  const result = (more: boolean) => ({ head: headOf(shown.join("\n")), count: shown.length, more });
  for (const name of names) {
    if (shown.length >= limit) return result(true);
    const folder = await isFolder(name);
    if (folder !== undefined) shown.push(folder ? `${name}/` : name);
  }
  return result(false);
}

/** Names in the order of a dictionary of the user's language, capitals aside. */
function dictionaryOrder(names: string[]): string[] {
  return names.sort((a, b) => a.toLowerCase().localeCompare(b.toLowerCase()));
}

/** A system's error in Node's words. */
function systemError(errno: number): string {
  const [name, message] = getSystemErrorMap().get(-errno) ?? [`error ${errno}`, "unknown error"];
  return `${name}: ${message}`;
}

function result({ head, count, more }: Entries, limit: number) {
  if (count === 0) return textResult("(empty directory)", undefined);
  const limited = more && {
    text: `${limit} entries limit reached. Use limit=${limit * 2} for more`,
    details: { entryLimitReached: limit },
  };
  return listing<LsToolDetails>(head, [limited]);
}

/** The tool `ls` for an agent loop. */
export function createLsTool(cwd: string, options?: LsToolOptions): AgentTool<LsSchema> {
  return wrapToolDefinition(createLsToolDefinition(cwd, options));
}
