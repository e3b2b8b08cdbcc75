// Folders, messages and sessions for tests of session files.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionEntry, SessionManager } from "argent-runtime/pi-coding-agent";
import { afterEach, beforeEach } from "vitest";

export type Message = Parameters<SessionManager["appendMessage"]>[0];

/** A folder of each test's own; its path when called. */
export function folder(): () => string {
  let dir = "";
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "session-"));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  return () => dir;
}

export const user = (content: string): Message => ({ role: "user", content, timestamp: 1 });

/** An answer of a text and of calls to `read`, by their ids. */
export const answer = (text: string, ...calls: string[]): Message =>
  ({
    role: "assistant",
    content: [
      ...(text ? [{ type: "text", text }] : []),
      ...calls.map((id) => ({ type: "toolCall", id, name: "read", arguments: { path: id } })),
    ],
    api: "anthropic-messages",
    provider: "anthropic",
    model: "claude",
    stopReason: calls.length > 0 ? "toolUse" : "stop",
    timestamp: 2,
  }) as unknown as Message;

export const result = (toolCallId: string, text = `result of ${toolCallId}`): Message => ({
  role: "toolResult",
  toolCallId,
  toolName: "read",
  content: [{ type: "text", text }],
  isError: false,
  timestamp: 3,
});

export const fileOf = (session: SessionManager) => session.getSessionFile() as string;

/** The lines of a session's file. */
export const linesOf = (path: string): Record<string, unknown>[] =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

/** Writes lines by hand, as other programs do. */
export function writeLines(path: string, ...lines: object[]): string {
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path;
}

/** What the model is shown, in short: texts, `call:` and `result:` with ids, `!` where a result is an error. */
export function shown(session: SessionManager): string[] {
  return session.buildSessionContext().messages.map((message) => {
    if (message.role === "toolResult") return `result:${message.toolCallId}${message.isError ? "!" : ""}`;
    const { content } = message as { content: string | { type: string; text?: string; id?: string }[] };
    if (typeof content === "string") return content;
    return content.map(({ type, text, id }) => (type === "toolCall" ? `call:${id}` : text)).join(" ");
  });
}

export const idOf = (session: SessionManager, at: number) => (session.getEntries()[at] as SessionEntry).id;
