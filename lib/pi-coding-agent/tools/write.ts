// The tool that writes files.

import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Static } from "typebox";
import { writeFile } from "../../native.js";
import type { AgentTool } from "../../pi-agent-core/tool.js";
import { Type } from "../../pi-ai/typebox.js";
import { abortable, abortedError } from "./abort.js";
import { once, type ToolDefinition, wrapToolDefinition } from "./definition.js";
import { withFileMutationQueue } from "./mutation-queue.js";
import { succeeded } from "./native-files.js";
import { resolveToCwd } from "./paths.js";

const schema = once(() =>
  Type.Object({
    path: Type.String({ description: "Path to the file to write (relative or absolute)" }),
    content: Type.String({ description: "Content to write to the file" }),
  }),
);

type WriteSchema = ReturnType<typeof schema>;

/** The arguments of `write`. */
export type WriteToolInput = Static<WriteSchema>;

/** How files are written where they are not on this machine. */
export interface WriteOperations {
  /** Writes a whole file. */
  writeFile: (absolutePath: string, content: string) => Promise<void>;
  /** Makes a folder and those above it. */
  mkdir: (dir: string) => Promise<void>;
}

/** What a host may set. */
export interface WriteToolOptions {
  /** In place of this machine's file system. */
  operations?: WriteOperations;
}

/** `write`, which writes files whole: a reader sees the old one or the new one. */
export function createWriteToolDefinition(
  cwd: string,
  options?: WriteToolOptions,
): ToolDefinition<WriteSchema, undefined> {
  const operations = options?.operations;
  return {
    name: "write",
    label: "write",
    description:
      "Write content to a file. Creates the file if it doesn't exist, overwrites if it does. Automatically creates parent directories.",
    promptSnippet: "Create or overwrite files",
    promptGuidelines: ["Use write only for new files or complete rewrites."],
    parameters: schema(),
    async execute(_toolCallId, { path, content }, signal) {
      const absolutePath = resolveToCwd(path, cwd);
      return withFileMutationQueue(absolutePath, () =>
        abortable(signal, async (cancellation, aborted) => {
          const dir = dirname(absolutePath);
          await (operations ? operations.mkdir(dir) : mkdir(dir, { recursive: true }));
          if (aborted()) throw abortedError();
          if (operations) await operations.writeFile(absolutePath, content);
          else succeeded(await writeFile(absolutePath, content, cancellation));
          const text = `Successfully wrote ${content.length} bytes to ${path}`;
          return { content: [{ type: "text", text }], details: undefined };
        }),
      );
    },
  };
}

/** As `createWriteToolDefinition`, for an agent without a session. */
export function createWriteTool(cwd: string, options?: WriteToolOptions): AgentTool<WriteSchema> {
  return wrapToolDefinition(createWriteToolDefinition(cwd, options));
}
