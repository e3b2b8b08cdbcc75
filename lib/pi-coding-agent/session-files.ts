// Where sessions are.

import { randomBytes } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { SessionHeader } from "./session-entries.js";

/** The folder of the agent's settings and sessions; read from the environment at every call. */
export function getAgentDir(): string {
  const own = process.env.PI_CODING_AGENT_DIR;
  if (!own) return join(homedir(), ".pi", "agent");
  if (own === "~") return homedir();
  return own.startsWith("~/") ? homedir() + own.slice(1) : own;
}

/** The folder of all sessions. */
export function getSessionsDir(): string {
  return join(getAgentDir(), "sessions");
}

/** The folders of all working directories' sessions. */
export async function allSessionFolders(): Promise<string[]> {
  const all = getSessionsDir();
  try {
    const folders = await readdir(all, { withFileTypes: true });
    return folders.filter((folder) => folder.isDirectory()).map(({ name }) => join(all, name));
  } catch {
    return [];
  }
}

/** The folder of a working directory's sessions, made if there is none. */
export function getDefaultSessionDir(cwd: string, agentDir: string = getAgentDir()): string {
  const name = cwd.replace(/^[/\\]/, "").replace(/[/\\:]/g, "-");
  const dir = join(agentDir, "sessions", `--${name}--`);
  if (!existsSync(dir)) mkdirSync(dir, { recursive: true });
  return dir;
}

/** The file of a session that begins at `timestamp`. */
export function sessionFileName(timestamp: string, id: string): string {
  return `${timestamp.replace(/[:.]/g, "-")}_${id}.jsonl`;
}

/** A session's id: a UUID of version 7, so that ids sort by time. */
export function newSessionId(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | ((bytes[6] as number) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The session of a folder that was written last. */
export function findMostRecentSession(sessionDir: string): string | null {
  try {
    const files = readdirSync(sessionDir)
      .filter((name) => name.endsWith(".jsonl"))
      .map((name) => join(sessionDir, name))
      .filter((path) => readHeader(path))
      .map((path) => ({ path, written: statSync(path).mtime.getTime() }));
    files.sort((a, b) => b.written - a.written);
    return files[0]?.path ?? null;
  } catch {
    return null;
  }
}

/** A session's header, however long; `undefined` where a file does not begin with one. */
export function readHeader(path: string): SessionHeader | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return undefined;
  }
  try {
    const pieces: Buffer[] = [];
    for (let ended = false; !ended; ) {
      const piece = Buffer.alloc(4096);
      const count = readSync(file, piece);
      pieces.push(piece.subarray(0, count));
      ended = count === 0 || piece.includes(10);
    }
    const header = JSON.parse(Buffer.concat(pieces).toString().split("\n", 1)[0] as string);
    return header.type === "session" && typeof header.id === "string" ? header : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}
