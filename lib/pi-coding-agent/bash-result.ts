// What a command of the user's came to.

/** What a command that the user ran came to. */
export interface BashResult {
  /** What it wrote, perhaps cut. */
  output: string;
  /** Not there when it was ended before it was done. */
  exitCode: number | undefined;
  cancelled: boolean;
  truncated: boolean;
  /** The file with all it wrote, when that was cut. */
  fullOutputPath?: string;
}
