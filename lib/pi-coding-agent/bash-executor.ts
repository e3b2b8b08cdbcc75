// Runs a user's command, for a person to see and a conversation to keep: as clean text, its end if it is long.

import { randomBytes } from "node:crypto";
import { createWriteStream, type WriteStream } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { BashOperations } from "./tools/index.js";
import { DEFAULT_MAX_BYTES, truncateTail } from "./tools/truncate.js";

/** What came of a command. */
export interface BashResult {
  /** Standard output and errors as they came, their end if they are long. */
  output: string;
  /** Not there if the command was ended. */
  exitCode: number | undefined;
  cancelled: boolean;
  truncated: boolean;
  /** The file with all of a long output. */
  fullOutputPath?: string;
}

/** Who hears of the output, and who may end it. */
export interface BashExecutorOptions {
  onChunk?: ((chunk: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** What a terminal would act on or could not show. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are meant
const UNSHOWABLE = /[\0-\x08\x0b-\x1f\ufff9-\ufffb]/g;

/** Runs a command by a host's operations or the local shell's. */
export async function executeBashWithOperations(
  command: string,
  cwd: string,
  operations: BashOperations,
  options: BashExecutorOptions = {},
): Promise<BashResult> {
  const { onChunk, signal } = options;
  const output = new RollingOutput();
  const decoder = new TextDecoder();
  const onData = (data: Buffer) => {
    const text = stripVTControlCharacters(decoder.decode(data, { stream: true })).replace(UNSHOWABLE, "");
    output.add(text, data.length);
    onChunk?.(text);
  };
  try {
    const { exitCode } = await operations.exec(command, cwd, { onData, ...(signal && { signal }) });
    return output.result(exitCode ?? undefined, signal?.aborted ?? false);
  } catch (error) {
    if (signal?.aborted) return output.result(undefined, true);
    output.end();
    throw error;
  }
}

/** The end of an output, with all of it in a file once it is long. */
class RollingOutput {
  #chunks: string[] = [];
  #kept = 0;
  #bytes = 0;
  #file: { path: string; stream: WriteStream } | undefined;

  add(text: string, bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > DEFAULT_MAX_BYTES) this.#save();
    this.#file?.stream.write(text);
    this.#chunks.push(text);
    this.#kept += text.length;
    while (this.#kept > 2 * DEFAULT_MAX_BYTES && this.#chunks.length > 1) {
      this.#kept -= this.#chunks.shift()?.length ?? 0;
    }
  }

  end(): void {
    this.#file?.stream.end();
  }

  result(exitCode: number | undefined, cancelled: boolean): BashResult {
    const kept = this.#chunks.join("");
    const { truncated, content } = truncateTail(kept);
    if (truncated) this.#save();
    this.end();
    const fullOutputPath = this.#file?.path;
    const output = truncated ? content : kept;
    return {
      output,
      exitCode: cancelled ? undefined : exitCode,
      cancelled,
      truncated,
      fullOutputPath: fullOutputPath as string,
    };
  }

  #save(): void {
    if (this.#file) return;
    const path = join(tmpdir(), `pi-bash-${randomBytes(8).toString("hex")}.log`);
    const stream = createWriteStream(path, { mode: 0o600 });
    // A full disk loses the file, not the command.
    stream.on("error", () => {});
    this.#file = { path, stream };
    for (const chunk of this.#chunks) stream.write(chunk);
  }
}
