// The tool that replaces texts in a file.

import { constants } from "node:fs";
import { access } from "node:fs/promises";
import type { Static } from "typebox";
import { editBytes, editFile, type FileEdit } from "../../native.js";
import type { AgentTool } from "../../pi-agent-core/tool.js";
import { Type } from "../../pi-ai/typebox.js";
import { abortable, abortedError } from "./abort.js";
import { once, type ToolDefinition, wrapToolDefinition } from "./definition.js";
import { withFileMutationQueue } from "./mutation-queue.js";
import { asBuffer, succeeded } from "./native-files.js";
import { resolveToCwd } from "./paths.js";

const schema = once(() =>
  Type.Object(
    {
      path: Type.String({ description: "Path to the file to edit (relative or absolute)" }),
      edits: Type.Array(
        Type.Object(
          {
            oldText: Type.String({
              description:
                "Exact text for one targeted replacement. It must be unique in the original file and must not overlap with any other edits[].oldText in the same call.",
            }),
            newText: Type.String({ description: "Replacement text for this targeted edit." }),
          },
          { additionalProperties: false },
        ),
        {
          description:
            "One or more targeted replacements. Each edit is matched against the original file, not incrementally. Do not include overlapping or nested edits. If two changes touch the same block or nearby lines, merge them into one edit instead.",
        },
      ),
    },
    { additionalProperties: false },
  ),
);

type EditSchema = ReturnType<typeof schema>;

/** The arguments of `edit`. */
export type EditToolInput = Static<EditSchema>;

/** What `edit` tells besides its text. */
export interface EditToolDetails {
  /** The change, line by line, with line numbers and context. */
  diff: string;
  /** The first line of the new file that changed. */
  firstChangedLine?: number;
}

/** How files are edited where they are not on this machine. */
export interface EditOperations {
  /** Reads a whole file. */
  readFile: (absolutePath: string) => Promise<Buffer>;
  /** Writes a whole file. */
  writeFile: (absolutePath: string, content: string) => Promise<void>;
  /** Throws if a file cannot be read and written. */
  access: (absolutePath: string) => Promise<void>;
}

/** What a host may set. */
export interface EditToolOptions {
  /** In place of this machine's file system. */
  operations?: EditOperations;
}

/** `edit`, which changes the bytes of the texts it finds and no others. */
export function createEditToolDefinition(
  cwd: string,
  options?: EditToolOptions,
): ToolDefinition<EditSchema, EditToolDetails | undefined> {
  const operations = options?.operations;
  return {
    name: "edit",
    label: "edit",
    description:
      "Edit a single file using exact text replacement. Every edits[].oldText must match a unique, non-overlapping region of the original file. If two changes affect the same block or nearby lines, merge them into one edit instead of emitting overlapping edits. Do not include large unchanged regions just to connect distant changes.",
    promptSnippet:
      "Make precise file edits with exact text replacement, including multiple disjoint edits in one call",
    promptGuidelines: [
      "Use edit for precise changes (edits[].oldText must match exactly)",
      "When changing multiple separate locations in one file, use one edit call with multiple entries in edits[] instead of multiple edit calls",
      "Each edits[].oldText is matched against the original file, not after earlier edits are applied. Do not emit overlapping or nested edits. Merge nearby changes into one edit.",
      "Keep edits[].oldText as small as possible while still being unique in the file. Do not pad with large unchanged regions.",
    ],
    parameters: schema(),
    renderShell: "self",
    prepareArguments,
    async execute(_toolCallId, { path, edits }, signal) {
      if (!Array.isArray(edits) || edits.length === 0) {
        throw new Error("Edit tool input is invalid. edits must contain at least one replacement.");
      }
      const absolutePath = resolveToCwd(path, cwd);
      return withFileMutationQueue(absolutePath, () =>
        abortable(signal, async (cancellation, aborted) => {
          const reachable = operations
            ? operations.access(absolutePath)
            : access(absolutePath, constants.R_OK | constants.W_OK);
          await reachable.catch((error) => {
            const reason =
              error instanceof Error && "code" in error ? `Error code: ${error.code}` : String(error);
            throw new Error(`Could not edit file: ${path}. ${reason}.`);
          });
          if (aborted()) throw abortedError();
          const { diff, firstChangedLine } = operations
            ? await editThrough(operations)
            : succeeded(await editFile(absolutePath, path, native(edits), cancellation));
          const text = `Successfully replaced ${edits.length} block(s) in ${path}.`;
          return { content: [{ type: "text", text }], details: { diff, firstChangedLine } };

          async function editThrough({ readFile, writeFile }: EditOperations) {
            const bytes = await readFile(absolutePath);
            if (aborted()) throw abortedError();
            const edited = succeeded(await editBytes(asBuffer(bytes), path, native(edits), cancellation));
            if (aborted()) throw abortedError();
            await writeFile(absolutePath, edited.content ?? "");
            return edited;
          }
        }),
      );
    },
  };
}

/** As `createEditToolDefinition`, for an agent without a session. */
export function createEditTool(cwd: string, options?: EditToolOptions): AgentTool<EditSchema> {
  return wrapToolDefinition(createEditToolDefinition(cwd, options));
}

/** Half a surrogate pair is in no file: where one is looked for, native code is told nothing to find. */
function native(edits: EditToolInput["edits"]): FileEdit[] {
  return edits.map(({ oldText, newText }) =>
    /\p{Surrogate}/u.test(oldText) ? { newText } : { oldText, newText },
  );
}

/** Takes what models send besides: the edits as JSON text, or one edit without a list. */
function prepareArguments(input: unknown): EditToolInput {
  if (!input || typeof input !== "object") return input as EditToolInput;
  const args = input as Record<string, unknown>;
  if (typeof args.edits === "string") {
    try {
      const edits = JSON.parse(args.edits);
      if (Array.isArray(edits)) args.edits = edits;
    } catch {
      // Left to validation.
    }
  }
  const { oldText, newText, ...rest } = args;
  if (typeof oldText !== "string" || typeof newText !== "string") return args as EditToolInput;
  const edits = Array.isArray(rest.edits) ? rest.edits : [];
  return { ...rest, edits: [...edits, { oldText, newText }] } as EditToolInput;
}
