// The tool that finds files by their names.

import { relative, sep } from "node:path";
import type { Static } from "typebox";
import { type Cancellation, findFiles } from "../../native.js";
import type { AgentTool, AgentToolResult } from "../../pi-agent-core/tool.js";
import { Type } from "../../pi-ai/typebox.js";
import { abortable } from "./abort.js";
import { once, type ToolDefinition, wrapToolDefinition } from "./definition.js";
import { type Head, headOf, listing, textResult } from "./listing.js";
import { answer, requestText } from "./native-call.js";
import { resolveToCwd } from "./paths.js";
import { DEFAULT_MAX_BYTES, type TruncationResult } from "./truncate.js";

const DEFAULT_LIMIT = 1000;

const findSchema = once(() =>
  Type.Object({
    pattern: Type.String({
      description: "Glob pattern to match files, e.g. '*.ts', '**/*.json', or 'src/**/*.spec.ts'",
    }),
    path: Type.Optional(Type.String({ description: "Directory to search in (default: current directory)" })),
    limit: Type.Optional(Type.Number({ description: "Maximum number of results (default: 1000)" })),
  }),
);

type FindSchema = ReturnType<typeof findSchema>;

/** What a model asks for. */
export type FindToolInput = Static<FindSchema>;

/** What is missing from a result. */
export interface FindToolDetails {
  /** The text was too long. */
  truncation?: TruncationResult;
  /** There may be more files than this. */
  resultLimitReached?: number;
}

/** What a host may do in place of this tool. */
export interface FindOperations {
  /** Whether a path exists. */
  exists: (absolutePath: string) => Promise<boolean> | boolean;
  /** Finds files; paths from the folder or from the root. */
  glob: (
    pattern: string,
    cwd: string,
    options: { ignore: string[]; limit: number },
  ) => Promise<string[]> | string[];
}

/** How the tool does its work. */
export interface FindToolOptions {
  /** What the host does itself. */
  operations?: FindOperations;
}

/** The tool `find`. */
export function createFindToolDefinition(
  cwd: string,
  options?: FindToolOptions,
): ToolDefinition<FindSchema, FindToolDetails | undefined> {
  const operations = options?.operations;
  return {
    name: "find",
    label: "find",
    description: `Search for files by glob pattern. Returns matching file paths relative to the search directory. Respects .gitignore. Output is truncated to ${DEFAULT_LIMIT} results or ${DEFAULT_MAX_BYTES / 1024}KB (whichever is hit first).`,
    promptSnippet: "Find files by glob pattern (respects .gitignore)",
    parameters: findSchema(),
    execute: (_toolCallId, input, signal) =>
      abortable(signal, (cancellation, aborted) =>
        operations?.glob ? findByHost(cwd, input, operations, aborted) : findNative(cwd, input, cancellation),
      ),
  };
}

async function findNative(
  cwd: string,
  { pattern, path, limit = DEFAULT_LIMIT }: FindToolInput,
  cancellation: Cancellation,
): Promise<AgentToolResult<FindToolDetails | undefined>> {
  const request = {
    pattern,
    path: resolveToCwd(path || ".", cwd),
    limit: limit > 0 ? Math.ceil(limit) : null,
  };
  const found = await answer<Head & { count: number }>(findFiles(requestText(request), cancellation));
  const advice = `. Use limit=${limit * 2} for more, or refine pattern`;
  return result(found, found.count, limit, advice);
}

async function findByHost(
  cwd: string,
  { pattern, path, limit = DEFAULT_LIMIT }: FindToolInput,
  operations: FindOperations,
  aborted: () => boolean,
): Promise<AgentToolResult<FindToolDetails | undefined>> {
  const root = resolveToCwd(path || ".", cwd);
  if (!(await operations.exists(root))) throw new Error(`Path not found: ${root}`);
  if (aborted()) return result(headOf(""), 0, limit, "");
  const ignore = ["**/node_modules/**", "**/.git/**"];
  const paths = await operations.glob(pattern, root, { ignore, limit });
  const shown = paths.map((found) =>
    (found.startsWith(root) ? found.slice(root.length + 1) : relative(root, found)).split(sep).join("/"),
  );
  return result(headOf(shown.join("\n")), shown.length, limit, "");
}

function result(found: Head, count: number, limit: number, advice: string) {
  if (count === 0) return textResult("No files found matching pattern", undefined);
  const limited = count >= limit && {
    text: `${limit} results limit reached${advice}`,
    details: { resultLimitReached: limit },
  };
  return listing<FindToolDetails>(found, [limited]);
}

/** The tool `find` for an agent loop. */
export function createFindTool(cwd: string, options?: FindToolOptions): AgentTool<FindSchema> {
  return wrapToolDefinition(createFindToolDefinition(cwd, options));
}
