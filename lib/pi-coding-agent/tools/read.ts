// The tool that reads files.

import { constants } from "node:fs";
import { access } from "node:fs/promises";
import type { Static } from "typebox";
import { type FileContent, readBytes, readFile } from "../../native.js";
import type { AgentTool, AgentToolResult } from "../../pi-agent-core/tool.js";
import { Type } from "../../pi-ai/typebox.js";
import type { ExtensionContext } from "../extensions/context.js";
import { abortable, abortedError } from "./abort.js";
import { once, type ToolDefinition, wrapToolDefinition } from "./definition.js";
import { asBuffer, succeeded } from "./native-files.js";
import { resolveReadPath } from "./paths.js";
import {
  DEFAULT_MAX_BYTES,
  DEFAULT_MAX_LINES,
  formatSize,
  type TruncationResult,
  truncateHead,
} from "./truncate.js";

const schema = once(() =>
  Type.Object({
    path: Type.String({ description: "Path to the file to read (relative or absolute)" }),
    offset: Type.Optional(Type.Number({ description: "Line number to start reading from (1-indexed)" })),
    limit: Type.Optional(Type.Number({ description: "Maximum number of lines to read" })),
  }),
);

type ReadSchema = ReturnType<typeof schema>;

/** The arguments of `read`. */
export type ReadToolInput = Static<ReadSchema>;

/** What `read` tells besides its text. */
export interface ReadToolDetails {
  /** Where not everything is shown that was asked for. */
  truncation?: TruncationResult;
}

/** How files are read where they are not on this machine. */
export interface ReadOperations {
  /** Reads a whole file. */
  readFile: (absolutePath: string) => Promise<Buffer>;
  /** Throws if a file cannot be read. */
  access: (absolutePath: string) => Promise<void>;
  /** The media type of an image that models take. */
  detectImageMimeType?: (absolutePath: string) => Promise<string | null | undefined>;
}

/** What a host may set. */
export interface ReadToolOptions {
  /** Whether images are made to fit 2,000 pixels and 4.5 MB; they are unless this is `false`. */
  autoResizeImages?: boolean;
  /** In place of this machine's file system. */
  operations?: ReadOperations;
}

/** `read`, which reads a file in one pass and keeps only what it shows. */
export function createReadToolDefinition(
  cwd: string,
  options?: ReadToolOptions,
): ToolDefinition<ReadSchema, ReadToolDetails | undefined> {
  const operations = options?.operations;
  const resize = options?.autoResizeImages ?? true;
  return {
    name: "read",
    label: "read",
    description: `Read the contents of a file. Supports text files and images (jpg, png, gif, webp). Images are sent as attachments. For text files, output is truncated to ${DEFAULT_MAX_LINES} lines or ${DEFAULT_MAX_BYTES / 1024}KB (whichever is hit first). Use offset/limit for large files. When you need the full file, continue with offset until complete.`,
    promptSnippet: "Read file contents",
    promptGuidelines: ["Use read to examine files instead of cat or sed."],
    parameters: schema(),
    async execute(_toolCallId, input, signal, _onUpdate, ctx) {
      const absolutePath = resolveReadPath(input.path, cwd);
      return abortable(signal, async (cancellation, aborted) => {
        await (operations ? operations.access(absolutePath) : access(absolutePath, constants.R_OK));
        if (aborted()) throw abortedError();
        const look = operations ? await through(operations) : onDisk;
        const start = input.offset ? Math.max(0, input.offset - 1) : 0;
        let end = input.limit === undefined ? undefined : start + input.limit;
        // Counted from the end, as of an array.
        if (end !== undefined && Math.trunc(end) < 0) end = Math.trunc(end) + (await look(0, 0)).totalLines;
        const found = await look(start, end);
        return found.mimeType === undefined
          ? textOf(found, input, start)
          : imageOf(found, found.mimeType, ctx);

        function request(from: number, to?: number) {
          return { from, to, keep: DEFAULT_MAX_BYTES, resize };
        }

        async function onDisk(from: number, to?: number) {
          return succeeded(await readFile(absolutePath, request(from, to), cancellation));
        }

        async function through({ detectImageMimeType, readFile }: ReadOperations) {
          const mimeType = (await detectImageMimeType?.(absolutePath)) || undefined;
          const bytes = asBuffer(await readFile(absolutePath));
          return async (from: number, to?: number) =>
            succeeded(await readBytes(bytes, mimeType, request(from, to), cancellation));
        }
      });
    },
  };
}

/** As `createReadToolDefinition`, for an agent without a session. */
export function createReadTool(cwd: string, options?: ReadToolOptions): AgentTool<ReadSchema> {
  return wrapToolDefinition(createReadToolDefinition(cwd, options));
}

type Result = AgentToolResult<ReadToolDetails | undefined>;

/** @param start - the first line that was asked for, from 0. */
function textOf(found: FileContent, { path, offset, limit }: ReadToolInput, start: number): Result {
  const { totalLines, complete } = found;
  if (start >= totalLines)
    throw new Error(`Offset ${offset} is beyond end of file (${totalLines} lines total)`);
  const first = start + 1;
  const total = complete ? `${totalLines}` : `more than ${totalLines}`;
  const truncation = { ...truncateHead(found.text), totalLines: found.lines, totalBytes: found.bytes };
  const answer = (text: string, details?: ReadToolDetails): Result => ({
    content: [{ type: "text", text }],
    details,
  });
  if (truncation.firstLineExceedsLimit) {
    const limits = `exceeds ${formatSize(DEFAULT_MAX_BYTES)} limit`;
    const way = `Use bash: sed -n '${first}p' ${path} | head -c ${DEFAULT_MAX_BYTES}`;
    return answer(`[Line ${first} is ${formatSize(found.firstLine)}, ${limits}. ${way}]`, { truncation });
  }
  if (truncation.truncated) {
    const last = first + truncation.outputLines - 1;
    const size = truncation.truncatedBy === "lines" ? "" : ` (${formatSize(DEFAULT_MAX_BYTES)} limit)`;
    const note = `[Showing lines ${first}-${last} of ${total}${size}. Use offset=${last + 1} to continue.]`;
    return answer(`${truncation.content}\n\n${note}`, { truncation });
  }
  const shown = limit === undefined ? totalLines - start : Math.min(start + limit, totalLines) - start;
  if (start + shown >= totalLines) return answer(truncation.content);
  const more = `${complete ? "" : "more than "}${totalLines - (start + shown)} more lines in file`;
  return answer(`${truncation.content}\n\n[${more}. Use offset=${start + shown + 1} to continue.]`);
}

function imageOf(found: FileContent, mimeType: string, ctx: ExtensionContext | undefined): Result {
  const shownAs = found.newMimeType ?? mimeType;
  const notes = [`Read image file [${shownAs}]`];
  const [width = 0, height = 0, shownWidth = 1, shownHeight = 1] = found.sizes;
  if (found.data === undefined) {
    notes.push("[Image omitted: could not be resized below the inline image size limit.]");
  } else if (found.newMimeType !== undefined) {
    const shown = `original ${width}x${height}, displayed at ${shownWidth}x${shownHeight}`;
    const scale = (width / shownWidth).toFixed(2);
    notes.push(`[Image: ${shown}. Multiply coordinates by ${scale} to map to original image.]`);
  }
  if (ctx?.model && !ctx.model.input.includes("image")) {
    notes.push("[Current model does not support images. The image will be omitted from this request.]");
  }
  const text = { type: "text" as const, text: notes.join("\n") };
  if (found.data === undefined) return { content: [text], details: undefined };
  return { content: [text, { type: "image", data: found.data, mimeType: shownAs }], details: undefined };
}
