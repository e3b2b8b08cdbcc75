// Brings a session's entries to its file, and back.

import { basename } from "node:path";
import { copySession, rewriteSession, SessionLog } from "../native.js";
import {
  CURRENT_SESSION_VERSION,
  type FileEntry,
  isMessageOf,
  type SessionEntry,
  type SessionHeader,
} from "./session-entries.js";
import { newSessionId } from "./session-files.js";
import { migrate, newEntryId } from "./session-lines.js";
import type { SessionManager } from "./session-manager.js";
import { type Durability, type LogSummary, SessionStore } from "./session-store.js";

/** How a session is kept. */
export interface SessionOptions {
  /** When what was appended reaches the disk itself; `batch` unless set. */
  durability?: Durability;
  /**
   * Whether strings over 64 KB (images, long outputs of tools) are kept outside of the file, each once, in a folder
   * `blobs` beside it; they are not unless set. Entries read back the same; Pi sees a short string that names the blob.
   */
  blobs?: boolean;
}

/** Something that was found wrong with a session's file. */
export interface SessionDiagnostic {
  /**
   * The beginning of a line whose writer died, a line that cannot be read, a header that was missing or damaged, a
   * content outside of the file that is missing or damaged.
   */
  kind: "torn" | "bad-line" | "header" | "blob";
  path: string;
  /** Where it begins in the file, in bytes. */
  offset: number;
  /** How long it is, in bytes. */
  length: number;
  /** The file that keeps what was set aside, if any. */
  kept?: string;
  /** The file that is missing, if that is the problem. */
  missing?: string;
}

/** Writes one session's file. */
export class SessionWriter {
  private found: SessionDiagnostic[] = [];

  constructor(
    private readonly session: SessionManager,
    private readonly store: () => SessionStore,
    private readonly options: SessionOptions,
  ) {}

  /** What was found wrong with the file. */
  diagnostics(): SessionDiagnostic[] {
    return [...this.found];
  }

  /** Reads a file. What has no header gets one; what is of an older version is made into today's. */
  open(path: string): SessionStore {
    this.found = [];
    let log = this.log(path);
    let summary: LogSummary = JSON.parse(log.summary());
    if (summary.header !== 0 && (summary.count > 0 || summary.bad.length > 0)) {
      this.giveHeader(path, log, summary);
      log = this.log(path);
      summary = JSON.parse(log.summary());
    }
    const { torn, bad } = summary;
    if (torn) this.found.push({ kind: "torn", path, offset: torn[0], length: torn[1] });
    for (const [offset, length] of bad) this.found.push({ kind: "bad-line", path, offset, length });
    for (const [offset, length, missing] of JSON.parse(log.missingBlobs()) as [number, number, string][])
      this.found.push({ kind: "blob", path, offset, length, missing });
    const store = new SessionStore([], log, summary.labels);
    const isOld = summary.count > 0 && (summary.version ?? 1) < CURRENT_SESSION_VERSION;
    if (isOld || summary.irregular) store.detach();
    if (isOld && migrate(store.entries)) this.rewriteFrom(path, store);
    return store;
  }

  /** Puts a header before what has none; the file as it was is kept beside it. */
  private giveHeader(path: string, log: SessionLog, { count, bad }: LogSummary): void {
    const named = /_([0-9a-f-]{36})\.jsonl$/.exec(basename(path))?.[1];
    const first = count > 0 ? (JSON.parse(log.lines([0])) as Partial<SessionEntry>) : {};
    const header: SessionHeader = {
      type: "session",
      version: first.id === undefined && count > 0 ? 1 : CURRENT_SESSION_VERSION,
      id: named ?? newSessionId(),
      timestamp: first.timestamp ?? new Date().toISOString(),
      cwd: this.session.cwd,
    };
    const kept = `${path}.damaged`;
    copySession(path, kept, "", true);
    copySession(kept, path, JSON.stringify(header), true);
    const [offset, length] = bad[0] ?? [0, 0];
    this.found.push({ kind: "header", path, offset, length, kept });
  }

  private log(path: string): SessionLog {
    return new SessionLog(path, this.options.durability ?? "batch", this.options.blobs ?? false);
  }

  /** Writes an entry, and with it all before it that is not in the file yet: from the first message on. */
  write(entry: SessionEntry, path: string): void {
    const { session } = this;
    if (session.flushed) {
      this.append(entry, path);
      return;
    }
    const entries = [...session.fileEntries, entry];
    if (!entries.some(isConversation)) return;
    this.start(path, entries);
    session.flushed = true;
  }

  /** Writes what there is, if it is a conversation already; whether it was written. */
  begin(path: string): boolean {
    const entries = [...this.session.fileEntries];
    if (!entries.some(isConversation)) return false;
    this.start(path, entries);
    return true;
  }

  /** Writes entries after what the file holds, at once and to the disk itself. */
  private start(path: string, entries: FileEntry[]): void {
    const store = this.store();
    const log = this.log(path);
    // A file that another program has begun is not the index's any more.
    if (log.count() > 0) store.detach();
    log.append(lines(entries), log.count());
    log.flush();
    store.use(log);
  }

  private append(entry: SessionEntry, path: string): void {
    const store = this.store();
    while (true) {
      try {
        const log = store.log ?? this.reopen(path, entry);
        if (log.append(JSON.stringify(entry), store.logged)) {
          store.logged++;
          return;
        }
        const tail = store.last()?.id ?? null;
        this.follow(entry, tail, store.absorb());
      } catch (error) {
        if ((error as { code?: string }).code !== "SESSION_CHANGED") throw error;
        this.reopen(path, entry);
      }
    }
  }

  /** Others have appended: an entry that would have continued the last one continues theirs. */
  private follow(entry: SessionEntry, tail: string | null, others: FileEntry[]): void {
    const { session } = this;
    for (const other of others) if (other.type === "label") session.noteLabel(other);
    const last = others.findLast((other) => other.type !== "session");
    if (last && entry.parentId === tail) entry.parentId = last.id;
    if (session.byId.has(entry.id)) entry.id = newEntryId(session.byId);
  }

  /** Another program has cut or replaced the file: what it is now is taken in, and what it lost is written again. */
  private reopen(path: string, entry: SessionEntry): SessionLog {
    const store = this.store();
    const tail = store.last()?.id ?? null;
    store.detach();
    const log = this.log(path);
    if (log.count() === 0) log.append(lines([...this.session.fileEntries]), 0);
    store.use(log);
    this.follow(entry, tail, store.unknown());
    return log;
  }

  /** Writes the whole file anew. */
  rewrite(path: string): void {
    this.rewriteFrom(path, this.store(), this.session.fileEntries);
  }

  private rewriteFrom(path: string, store: SessionStore, entries: FileEntry[] = store.entries): void {
    rewriteSession(path, `${lines([...entries])}\n`, this.options.blobs ?? false);
    store.use(this.log(path));
  }
}

function isConversation(entry: FileEntry): boolean {
  return isMessageOf(entry, "user") || isMessageOf(entry, "assistant");
}

function lines(entries: FileEntry[]): string {
  return entries.map((entry) => JSON.stringify(entry)).join("\n");
}
