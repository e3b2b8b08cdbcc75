// Lists of sessions: what is shown of each is read off the main thread and remembered from list to list.

import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { SessionFolder, sessionText } from "../native.js";
import { allSessionFolders } from "./session-files.js";

/** How many files are read between two reports of progress. */
const STEP = 64;

/** A session in a list. */
export interface SessionInfo {
  path: string;
  id: string;
  /** Where it was begun; empty where the file does not say. */
  cwd: string;
  /** What the user calls it. */
  name?: string;
  /** The file that it was forked from. */
  parentSessionPath?: string;
  created: Date;
  /** When the user or the model last said something. */
  modified: Date;
  messageCount: number;
  /** The first text of the user. */
  firstMessage: string;
  /** What the user and the model said. Read from the file when it is first asked for. */
  allMessagesText: string;
}

/** Told how many of how many files were read. */
export type SessionListProgress = (loaded: number, total: number) => void;

/** What the native side says of a session. */
interface Listed {
  path: string;
  modified: number;
  id: string;
  cwd: string;
  name?: string;
  parentSession?: string;
  created?: string;
  active?: number;
  oddTimes?: string[];
  messageCount: number;
  firstMessage: string;
}

/** The sessions of a folder, the last active first. */
export async function listFolder(dir: string, onProgress?: SessionListProgress): Promise<SessionInfo[]> {
  return sorted(await listFolders([dir], onProgress));
}

/** The sessions of all folders, the last active first. */
export async function listAllFolders(onProgress?: SessionListProgress): Promise<SessionInfo[]> {
  return sorted(await listFolders(await allSessionFolders(), onProgress));
}

async function listFolders(dirs: string[], onProgress?: SessionListProgress): Promise<SessionInfo[]> {
  const folders = await Promise.all(dirs.map(async (dir) => ({ dir, names: await sessionNames(dir) })));
  const total = folders.reduce((sum, { names }) => sum + names.length, 0);
  const sessions: SessionInfo[] = [];
  let loaded = 0;
  for (const { dir, names } of folders) {
    const folder = new SessionFolder(dir);
    for (let at = 0; at < names.length; at += STEP) {
      const some = names.slice(at, at + STEP);
      const listed: Listed[] = JSON.parse(await folder.sessions(some, at + STEP >= names.length));
      sessions.push(...listed.map(infoOf));
      for (const _ of some) onProgress?.(++loaded, total);
    }
  }
  return sessions;
}

async function sessionNames(dir: string): Promise<string[]> {
  if (!existsSync(dir)) return [];
  try {
    return (await readdir(dir)).filter((name) => name.endsWith(".jsonl"));
  } catch {
    return [];
  }
}

function infoOf(listed: Listed): SessionInfo {
  const { path, id, cwd, name, parentSession, created, active, oddTimes = [], messageCount } = listed;
  const begun = new Date(created as string);
  const times = [active ?? 0, ...oddTimes.map((time) => new Date(time).getTime())];
  const latest = Math.max(...times.filter((time) => !Number.isNaN(time)));
  const since = latest > 0 ? new Date(latest) : begun;
  return {
    path,
    id,
    cwd,
    name,
    parentSessionPath: parentSession,
    created: begun,
    modified: Number.isNaN(since.getTime()) ? new Date(listed.modified) : since,
    messageCount,
    firstMessage: listed.firstMessage || "(no messages)",
    get allMessagesText() {
      let value = "";
      try {
        value = sessionText(path);
      } catch {
        // The file has gone since it was listed.
      }
      Object.defineProperty(this, "allMessagesText", { value, enumerable: true, writable: true });
      return value;
    },
  };
}

function sorted(sessions: SessionInfo[]): SessionInfo[] {
  return sessions.sort((a, b) => b.modified.getTime() - a.modified.getTime());
}
