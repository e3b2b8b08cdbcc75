// What a model and a host see of a command's output, while it runs and at its end.

import { ShellOutput } from "../../native.js";
import type { AgentToolUpdateCallback } from "../../pi-agent-core/tool.js";
import {
  DEFAULT_MAX_BYTES,
  DEFAULT_MAX_LINES,
  formatSize,
  type TruncationResult,
  truncateTail,
} from "./truncate.js";

/** The least time between two updates, in milliseconds. */
const UPDATE_INTERVAL = 100;

/** What is missing from a result. */
export interface BashToolDetails {
  /** The output was too long. */
  truncation?: TruncationResult;
  /** The file with all of it. */
  fullOutputPath?: string;
}

/** What the native side knows of an output. */
interface Shown {
  text: string;
  totalLines: number;
  totalBytes: number;
  lastLineBytes: number;
  truncated: boolean;
  path: string | null;
  unsaved: string | null;
}

/** The output of one call. */
export class BashOutput {
  readonly #native: ShellOutput;
  readonly #onUpdate: AgentToolUpdateCallback<BashToolDetails | undefined> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #dirty = false;
  #finished = false;
  #updatedAt = 0;

  /** @param folder where a file with a long output comes */
  constructor(folder: string, onUpdate?: AgentToolUpdateCallback<BashToolDetails | undefined>) {
    this.#native = new ShellOutput(folder);
    this.#onUpdate = onUpdate;
    onUpdate?.({ content: [], details: undefined });
  }

  /** Where the native side puts output itself, and tells of it only if somebody wants to know. */
  get sink(): { output: ShellOutput; onNews?: () => void } {
    return { output: this.#native, onNews: this.#onUpdate && (() => this.#news()) };
  }

  /** Adds what a host's own shell says. */
  append(data: Buffer): void {
    if (this.#finished) throw new Error("Cannot append to a finished output accumulator");
    this.#native.append(data);
    this.#news();
  }

  /** Nothing more comes. Says the last that was not said. */
  finish(): void {
    this.#native.finish();
    if (this.#dirty || this.#native.news) this.#update();
    this.#finished = true;
    clearTimeout(this.#timer);
  }

  /** Removes the file, unless an update has named it. */
  discard(): void {
    if (!this.#onUpdate) this.#native.discard();
  }

  /** The text for the model; `empty` where there was no output. */
  result(empty: string): { text: string; details: BashToolDetails | undefined } {
    const { shown, truncation } = this.#look();
    const text = truncation.content || empty;
    if (!truncation.truncated) return { text, details: undefined };
    const { totalLines, outputLines } = truncation;
    const where = shown.path
      ? `Full output: ${shown.path}`
      : `Full output could not be saved: ${shown.unsaved}`;
    const lines = `Showing lines ${totalLines - outputLines + 1}-${totalLines} of ${totalLines}`;
    let what =
      truncation.truncatedBy === "lines" ? lines : `${lines} (${formatSize(DEFAULT_MAX_BYTES)} limit)`;
    if (truncation.lastLinePartial) {
      const line = `line ${totalLines} (line is ${formatSize(shown.lastLineBytes)})`;
      what = `Showing last ${formatSize(truncation.outputBytes)} of ${line}`;
    }
    const details = { truncation, fullOutputPath: shown.path ?? undefined };
    return { text: `${text}\n\n[${what}. ${where}]`, details };
  }

  #look(): { shown: Shown; truncation: TruncationResult } {
    const shown: Shown = JSON.parse(this.#native.shown());
    const { totalLines, totalBytes, truncated } = shown;
    const tail = truncateTail(shown.text);
    // The end alone may be within the limits.
    const limit = totalBytes > DEFAULT_MAX_BYTES ? "bytes" : "lines";
    const truncatedBy = truncated ? (tail.truncatedBy ?? limit) : null;
    const limits = { maxLines: DEFAULT_MAX_LINES, maxBytes: DEFAULT_MAX_BYTES };
    return { shown, truncation: { ...tail, truncated, truncatedBy, totalLines, totalBytes, ...limits } };
  }

  #news(): void {
    if (!this.#onUpdate || this.#finished) return;
    this.#dirty = true;
    const wait = UPDATE_INTERVAL - (Date.now() - this.#updatedAt);
    if (wait <= 0) this.#update();
    else this.#timer ??= setTimeout(() => this.#update(), wait);
  }

  #update(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#dirty = false;
    this.#updatedAt = Date.now();
    if (!this.#onUpdate) return;
    const { shown, truncation } = this.#look();
    this.#onUpdate({
      content: [{ type: "text", text: truncation.content }],
      details: {
        truncation: truncation.truncated ? truncation : undefined,
        fullOutputPath: shown.path ?? undefined,
      },
    });
  }
}
