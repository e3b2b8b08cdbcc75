// Lines of JSON as entries, and entries of older versions as today's.

import { randomUUID } from "node:crypto";
import { CURRENT_SESSION_VERSION, type FileEntry, type SessionHeader } from "./session-entries.js";

/** The entries of a file's text; lines that are no JSON are passed over. */
export function parseSessionEntries(content: string): FileEntry[] {
  const entries: FileEntry[] = [];
  for (const line of content.trim().split("\n")) {
    if (!line.trim()) continue;
    try {
      entries.push(JSON.parse(line));
    } catch {
      // A line that was cut off, or that is none of ours.
    }
  }
  return entries;
}

/** An id that is not taken: eight hexadecimal digits. */
export function newEntryId(taken: { has(id: string): boolean }): string {
  for (let tries = 0; tries < 100; tries++) {
    const id = randomUUID().slice(0, 8);
    if (!taken.has(id)) return id;
  }
  return randomUUID();
}

/** Makes entries of older versions into those of today, in place. */
export function migrateSessionEntries(entries: FileEntry[]): void {
  migrate(entries);
}

/** As `migrateSessionEntries`; whether there was anything to do. */
export function migrate(entries: FileEntry[]): boolean {
  const header = entries.find((entry): entry is SessionHeader => entry.type === "session");
  const version = header?.version ?? 1;
  if (version >= CURRENT_SESSION_VERSION) return false;
  if (version < 2) linkUp(entries);
  for (const entry of entries) {
    if (entry.type === "session") entry.version = CURRENT_SESSION_VERSION;
    else if (entry.type === "message" && (entry.message?.role as string) === "hookMessage")
      (entry.message as { role: string }).role = "custom";
  }
  return true;
}

/** Version 1 is a list: each entry continues the one before it, and compactions count lines. */
function linkUp(entries: FileEntry[]): void {
  const ids = new Set<string>();
  let last: string | null = null;
  for (const entry of entries) {
    if (entry.type === "session") {
      entry.version = 2;
      continue;
    }
    entry.id = newEntryId(ids);
    entry.parentId = last;
    last = entry.id;
    if (entry.type === "compaction") {
      const counting = entry as typeof entry & { firstKeptEntryIndex?: number };
      if (typeof counting.firstKeptEntryIndex === "number") {
        const kept = entries[counting.firstKeptEntryIndex];
        if (kept && kept.type !== "session") counting.firstKeptEntryId = kept.id;
        delete counting.firstKeptEntryIndex;
      }
    }
  }
}
