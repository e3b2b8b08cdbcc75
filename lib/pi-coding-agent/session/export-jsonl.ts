// Writes a branch of a session as a session's file of its own.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { withoutSecrets } from "../../pi-ai/secrets.js";
import { CURRENT_SESSION_VERSION } from "../session-entries.js";
import type { SessionManager } from "../session-manager.js";

/** Writes the current branch, each entry after the one before; returns the path, by default one in the current folder. */
export function exportBranchToJsonl(session: SessionManager, outputPath?: string): string {
  const timestamp = new Date().toISOString();
  const path = resolve(outputPath ?? `session-${timestamp.replace(/[:.]/g, "-")}.jsonl`);
  const header = {
    type: "session",
    version: CURRENT_SESSION_VERSION,
    id: session.getSessionId(),
    timestamp,
    cwd: session.getCwd(),
  };
  const branch = session.getBranch();
  const entries = branch.map((entry, at) => ({ ...entry, parentId: branch[at - 1]?.id ?? null }));
  const lines = [header, ...entries].map((entry) => `${JSON.stringify(entry)}\n`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, withoutSecrets(lines.join(""), "sessions"));
  return path;
}
