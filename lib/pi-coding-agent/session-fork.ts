// Sessions that begin with the whole history of another.

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { copySession } from "../native.js";
import type { SessionHeader } from "./session-entries.js";
import { newSessionId, readHeader, sessionFileName } from "./session-files.js";

/**
 * Writes a session's file anew into `dir`, as one of another working directory.
 * @returns the new file.
 * @throws Error when the file is empty or has no header.
 */
export function forkFile(sourcePath: string, targetCwd: string, dir: string): string {
  const source = readHeader(sourcePath);
  if (!source) throw new Error(`Cannot fork: source session file is empty or invalid: ${sourcePath}`);
  if (!existsSync(dir)) mkdirSync(dir, { recursive: true });
  const id = newSessionId();
  const timestamp = new Date().toISOString();
  const path = join(dir, sessionFileName(timestamp, id));
  const header: SessionHeader = {
    type: "session",
    version: source.version ?? 1,
    id,
    timestamp,
    cwd: targetCwd,
    parentSession: sourcePath,
  };
  copySession(sourcePath, path, JSON.stringify(header));
  return path;
}
