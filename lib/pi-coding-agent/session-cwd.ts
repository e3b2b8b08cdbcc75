// Whether the folder that a session worked in is still there.

import { existsSync } from "node:fs";
import type { SessionManager } from "./session-manager.js";

/** A folder that is gone. */
export interface SessionCwdIssue {
  sessionFile?: string;
  sessionCwd: string;
  /** Where the session could go on instead. */
  fallbackCwd: string;
}

/** A session cannot go on where it was. */
export class MissingSessionCwdError extends Error {
  override name = "MissingSessionCwdError";

  constructor(readonly issue: SessionCwdIssue) {
    const { sessionFile, sessionCwd, fallbackCwd } = issue;
    const file = sessionFile ? `\nSession file: ${sessionFile}` : "";
    super(
      `Stored session working directory does not exist: ${sessionCwd}${file}\nCurrent working directory: ${fallbackCwd}`,
    );
  }
}

/** Throws `MissingSessionCwdError` if a kept session's folder is gone. */
export function assertSessionCwdExists(session: SessionManager, fallbackCwd: string): void {
  const sessionFile = session.getSessionFile();
  const sessionCwd = session.getCwd();
  if (!sessionFile || !sessionCwd || existsSync(sessionCwd)) return;
  throw new MissingSessionCwdError({ sessionFile, sessionCwd, fallbackCwd });
}
