// Brings a session's entries to its file, and back.

import { basename } from "node:path";
import { keepAside, rewriteSession, SessionLog } from "../native.js";
import { hideSecrets } from "./secrets.js";
import { SessionBusy } from "./session-busy.js";
import {
  CURRENT_SESSION_VERSION,
  type FileEntry,
  isMessageOf,
  type SessionEntry,
  type SessionHeader,
} from "./session-entries.js";
import { newSessionId } from "./session-files.js";
import type { GuardOptions } from "./session-guard.js";
import { migrate, newEntryId } from "./session-lines.js";
import type { SessionManager } from "./session-manager.js";
import { type Durability, type LogSummary, SessionStore } from "./session-store.js";

/** How a session is kept. */
export interface SessionOptions {
  /** When what was appended reaches the disk itself; `batch` unless set. */
  durability?: Durability;
  /**
   * What happens when another writer has appended: its entries are taken in and the next one continues them (`follow`,
   * unless set), or nothing is written and `SessionBusy` is thrown until the file is opened again (`refuse`).
   */
  otherWriters?: "follow" | "refuse";
  /**
   * Whether calls are given their results and unusable messages refused, when they are written and when the context is
   * built; off unless set, as in Pi.
   */
  guard?: boolean | GuardOptions;
  /**
   * Whether strings over 64 KB (images, long outputs of tools) are kept outside of the file, each once, in a folder
   * `blobs` beside it; they are not unless set. Entries read back the same; Pi sees a short string that names the blob.
   */
  blobs?: boolean;
}

/** Something that was found wrong with a session's file. */
export interface SessionDiagnostic {
  /**
   * The beginning of a line whose writer died, which has been ended; a line that cannot be read; an entry that continues
   * another one than it says, because that was lost; a header that was missing or damaged; the first entry of a type
   * that this version does not know; a content outside of the file that is missing or damaged.
   */
  kind: "torn" | "bad-line" | "reattached" | "header" | "unknown" | "blob";
  path: string;
  /** Where it begins in the file, in bytes. */
  offset: number;
  /** How long it is, in bytes. */
  length: number;
  /** The copy of the file as it was, where the file itself was written anew. */
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
    const { log } = this.store();
    const path = this.session.sessionFile;
    if (!log || !path) return [...this.found];
    const { bad, adopted, unknown }: LogSummary = JSON.parse(log.summary());
    const torn = new Set(this.found.map(({ kind, offset }) => (kind === "torn" ? offset : undefined)));
    const rows = [
      ...rowsOf("bad-line", path, bad).filter(({ offset }) => !torn.has(offset)),
      ...rowsOf("reattached", path, adopted),
      ...rowsOf("unknown", path, unknown),
    ];
    return [...this.found, ...rows.sort((a, b) => a.offset - b.offset)];
  }

  /** Reads a file. What has no header gets one; what is of an older version is made into today's. */
  open(path: string): SessionStore {
    this.found = [];
    const log = this.log(path);
    let summary: LogSummary = JSON.parse(log.summary());
    if (summary.header !== 0 && (summary.count > 0 || summary.bad.length > 0)) {
      this.giveHeader(path, log, summary);
      summary = JSON.parse(log.summary());
    } else if (summary.torn) {
      this.found.push(...rowsOf("torn", path, [summary.torn]));
    }
    for (const [offset, length, missing] of JSON.parse(log.missingBlobs()) as [number, number, string][])
      this.found.push({ kind: "blob", path, offset, length, missing });
    const store = new SessionStore([], log, summary.labels);
    const isOld = summary.count > 0 && (summary.version ?? 1) < CURRENT_SESSION_VERSION;
    if (isOld || summary.irregular) store.detach();
    if (isOld) this.migrate(path, store);
    return store;
  }

  private migrate(path: string, store: SessionStore): void {
    const header = store.entries.find((entry): entry is SessionHeader => entry.type === "session");
    // Version 1 has no ids. Where there are some the version is wrong, and new ones would undo the tree.
    const isTree = store.entries.some((entry) => entry.type !== "session" && typeof entry.id === "string");
    if (header && isTree) header.version = 2;
    if (migrate(store.entries)) this.rewriteFrom(path, store, store.entries);
  }

  /** Puts a header before what has none; the file as it was is kept beside it. */
  private giveHeader(path: string, log: SessionLog, { count, bad }: LogSummary): void {
    const named = /_([0-9a-f-]{36})\.jsonl$/.exec(basename(path))?.[1];
    const [first, last]: Partial<SessionEntry>[] =
      count > 0 ? [0, count - 1].map((number) => JSON.parse(log.lines([number]))) : [];
    const header: SessionHeader = {
      type: "session",
      version: last && last.id === undefined ? 1 : CURRENT_SESSION_VERSION,
      id: named ?? newSessionId(),
      timestamp: first?.timestamp ?? new Date().toISOString(),
      cwd: this.session.cwd,
    };
    const kept = log.mend(JSON.stringify(header));
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

  /** Writes entries to a new file, or those that it lacks where another program has begun it. */
  private start(path: string, entries: FileEntry[]): void {
    const store = this.store();
    const log = this.log(path);
    const write = (some: FileEntry[]) => told(path, log, () => log.append(lines(some), log.count()));
    let missing = entries;
    while (missing.length > 0) {
      if (log.count() > 0) {
        store.detach();
        store.use(log);
        const others = store.unknown();
        if (others.length > 0) {
          this.refuse(path, log);
          missing = entries.filter((entry) => entry.type !== "session" && log.find(entry.id) < 0);
          const root = missing.find((entry) => entry.type !== "session" && entry.parentId === null);
          if (root) this.follow(root as SessionEntry, null, others);
        }
      }
      if (missing.length === 0 || write(missing)) break;
    }
    store.use(log);
  }

  private append(entry: SessionEntry, path: string): void {
    const store = this.store();
    while (true) {
      try {
        const log = store.log ?? this.reopen(path, entry);
        if (told(path, log, () => log.append(lineOf(entry), store.logged))) {
          store.logged++;
          if (log.count() !== store.logged) this.joined(entry, store, log);
          return;
        }
        this.refuse(path, log);
        const tail = store.last()?.id ?? null;
        this.follow(entry, tail, store.absorb());
      } catch (error) {
        if ((error as { code?: string }).code !== "SESSION_CHANGED") throw error;
        this.reopen(path, entry);
      }
    }
  }

  /** A program that knows no lock has appended at the same moment. */
  private joined(entry: SessionEntry, store: SessionStore, log: SessionLog): void {
    store.detach();
    store.use(log);
    for (const other of store.unknown(entry.id)) if (other.type === "label") this.session.noteLabel(other);
  }

  private refuse(path: string, log: SessionLog): void {
    if (this.options.otherWriters === "refuse") throw busy(path, log);
  }

  /** Others have appended: an entry that would have continued the last one continues theirs. */
  private follow(entry: SessionEntry, tail: string | null, others: FileEntry[]): void {
    const { session } = this;
    for (const other of others) if (other.type === "label") session.noteLabel(other);
    const last = others.findLast((other) => other.type !== "session");
    if (last && entry.parentId === tail) entry.parentId = last.id;
    const taken = session.byId.get(entry.id);
    if (taken && taken !== entry) entry.id = newEntryId(session.byId);
  }

  /** Another program has cut or replaced the file: what it is now is taken in, and what it lost is written again. */
  private reopen(path: string, entry: SessionEntry): SessionLog {
    const store = this.store();
    const tail = store.last()?.id ?? null;
    const log = this.log(path);
    if (log.count() > 0) this.refuse(path, log);
    store.detach();
    if (log.count() === 0) log.append(lines([...this.session.fileEntries]), 0);
    store.use(log);
    this.follow(entry, tail, store.unknown());
    return log;
  }

  /** Writes the whole file anew. */
  rewrite(path: string): void {
    this.rewriteFrom(path, this.store(), this.session.fileEntries);
  }

  private rewriteFrom(path: string, store: SessionStore, entries: FileEntry[]): void {
    if (!store.log || !this.replaced(path, store, store.log, entries)) {
      rewriteSession(path, `${lines([...entries])}\n`, this.options.blobs ?? false);
      store.use(this.log(path));
    }
  }

  /** Writes the file anew with what others have appended meanwhile; not when it is not the one that was read. */
  private replaced(path: string, store: SessionStore, log: SessionLog, entries: FileEntry[]): boolean {
    try {
      const { bad }: LogSummary = JSON.parse(log.summary());
      const kept = bad.length > 0 ? keepAside(path) : undefined;
      while (!told(path, log, () => log.replace(`${lines([...entries])}\n`, store.logged))) {
        this.refuse(path, log);
        const others = store.absorb();
        if (entries !== store.entries) entries.push(...others);
      }
      store.use(log);
      this.found.push(...rowsOf("bad-line", path, bad, kept));
      return true;
    } catch (error) {
      if ((error as { code?: string }).code !== "SESSION_CHANGED") throw error;
      return false;
    }
  }
}

/** Says who it is where another writer has the file. */
function told<T>(path: string, log: SessionLog, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw (error as { code?: string }).code === "SESSION_BUSY" ? busy(path, log) : error;
  }
}

function busy(path: string, log: SessionLog): SessionBusy {
  const [pid, since] = log.otherWriter() ?? [];
  return new SessionBusy(path, pid, since);
}

function rowsOf(
  kind: SessionDiagnostic["kind"],
  path: string,
  places: [offset: number, length: number][],
  kept?: string,
): SessionDiagnostic[] {
  return places.map(([offset, length]) => ({ kind, path, offset, length, ...(kept ? { kept } : {}) }));
}

function isConversation(entry: FileEntry): boolean {
  return isMessageOf(entry, "user") || isMessageOf(entry, "assistant");
}

function lines(entries: FileEntry[]): string {
  return entries.map(lineOf).join("\n");
}

function lineOf(entry: FileEntry): string {
  return hideSecrets(JSON.stringify(entry));
}
