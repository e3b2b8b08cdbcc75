// Examines session files, and salvages what can be read of damaged ones.

import { resolve } from "node:path";
import { examineSession } from "../native.js";

/** What may be wrong with a session's file. */
export type SessionFault =
  | "header"
  | "second-header"
  | "version"
  | "torn"
  | "bad-line"
  | "encoding"
  | "no-id"
  | "duplicate-id"
  | "lost-parent"
  | "cycle"
  | "late-parent"
  | "lost-kept"
  | "lost-target"
  | "blob";

/** Something that is wrong with a session's file. */
export interface SessionProblem {
  kind: SessionFault;
  /** Where the line begins, in bytes. */
  offset: number;
  /** How long the line is, in bytes. */
  length: number;
  /** The entry's id, where it has one. */
  id?: string;
  /** What it means, in words. */
  text: string;
  /** The file that is missing, if that is the problem. */
  file?: string;
}

/** What the doctor found. */
export interface SessionReport {
  path: string;
  /** How long the file is, in bytes. */
  size: number;
  /** Whether nothing is lost or damaged. A sound file may have problems that are only odd. */
  isSound: boolean;
  sessionId?: string;
  version: number;
  /** How many entries there are, without the header. */
  entries: number;
  /** How many of them lead to the last one, itself included; absent in version 1, which has no branches. */
  onBranch?: number;
  /** In the order of the file; of very many the first ones. */
  problems: SessionProblem[];
  /** How many more problems there are. */
  unlisted: number;
}

/** What the doctor is to do besides looking. */
export interface DoctorOptions {
  /**
   * A new file to write what can be read to: every entry, under a header, each continuing one that is there. The
   * examined file is left as it is.
   */
  salvage?: string;
}

/**
 * Examines a session's file, off the main thread.
 * @throws an Error with a `code` when a file cannot be read or written, or when there is one to salvage to already.
 */
export async function doctor(path: string, options: DoctorOptions = {}): Promise<SessionReport> {
  const { salvage } = options;
  const { found, code, message } = JSON.parse(
    await examineSession(resolve(path), salvage === undefined ? undefined : resolve(salvage)),
  );
  if (!found) throw Object.assign(new Error(message), { code });
  return found;
}
