// Looks for a text in what sessions say, off the main thread.

import { SessionSearch } from "../native.js";
import { allSessionFolders, getDefaultSessionDir } from "./session-files.js";

/** What counts in a search. */
export interface SessionSearchOptions {
  /** Whose words count: `user`, `assistant`, `toolResult`, `bashExecution`, `custom`, `compactionSummary`, `branchSummary`; everybody's unless set. */
  role?: string | readonly string[];
  /** Whether upper and lower case are different; they are the same unless set. */
  caseSensitive?: boolean;
  /** Whether the query is a regular expression, in Rust's syntax. */
  regex?: boolean;
  /** The working directory whose sessions are searched; all sessions unless set. */
  cwd?: string;
  /** The folder whose sessions are searched. */
  sessionDir?: string;
  /** How many hits there are at most. */
  limit?: number;
  signal?: AbortSignal;
}

/** An entry that says what was looked for. */
export interface SessionSearchHit {
  /** The session's file. */
  path: string;
  sessionId?: string;
  entryId?: string;
  role: string;
  /** When the entry was written, as it says itself. */
  timestamp?: string;
  /** The text round the first match. */
  snippet: string;
  /** Where the matches in the snippet begin and end. */
  matches: [start: number, end: number][];
}

/** Finds entries in the sessions written last first; reads on as hits are taken. */
export async function* searchSessions(
  query: string,
  options: SessionSearchOptions = {},
): AsyncGenerator<SessionSearchHit, void, undefined> {
  const { role, cwd, sessionDir, limit = Number.POSITIVE_INFINITY, signal } = options;
  signal?.throwIfAborted();
  const own = sessionDir ?? (cwd === undefined ? undefined : getDefaultSessionDir(cwd));
  const folders = own === undefined ? await allSessionFolders() : [own];
  const roles = role === undefined ? [] : [role].flat();
  const { regex = false, caseSensitive = false } = options;
  const search = new SessionSearch(folders, query, regex, caseSensitive, roles);
  const abort = () => search.abort();
  signal?.addEventListener("abort", abort, { once: true });
  try {
    for (let found = 0; found < limit; ) {
      const hits: SessionSearchHit[] | null = JSON.parse(await search.next());
      signal?.throwIfAborted();
      if (!hits) return;
      for (const hit of hits.slice(0, limit - found)) {
        yield hit;
        signal?.throwIfAborted();
      }
      found += hits.length;
    }
  } finally {
    signal?.removeEventListener("abort", abort);
    abort();
  }
}
