// Sessions for tests, in a folder of their own.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SessionManager, type SessionOptions } from "argent-runtime/pi-coding-agent";
import { afterEach, beforeEach } from "vitest";

/** A folder for each test, gone after it. */
export function temporaryFolder(): { path: string } {
  const folder = { path: "" };
  beforeEach(() => {
    folder.path = mkdtempSync(join(tmpdir(), "session-"));
  });
  afterEach(() => rmSync(folder.path, { recursive: true }));
  return folder;
}

export const user = (content: string) => ({ role: "user" as const, content, timestamp: 1 });

export const assistant = (text: string) =>
  ({
    role: "assistant",
    content: [{ type: "text", text }],
    api: "anthropic-messages",
    provider: "anthropic",
    model: "claude",
    stopReason: "stop",
    timestamp: 2,
  }) as unknown as ReturnType<typeof user>;

/** A session in which these things are said, by the user first. */
export function talk(dir: string, says: string[], options?: SessionOptions): SessionManager {
  const session = SessionManager.create("/work", dir, options);
  for (const [at, text] of says.entries()) session.appendMessage(at % 2 ? assistant(text) : user(text));
  return session;
}

export const fileOf = (session: SessionManager) => session.getSessionFile() as string;
