// Pi's session manager: a conversation as a tree of entries in an append-only file. The file is read through a native
// index; session-store.ts makes its entries the objects that hosts know, session-writer.ts brings new ones to the disk.

import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { AgentMessage } from "../pi-agent-core/messages.js";
import type { ImageContent, Message, TextContent } from "../pi-ai/types.js";
import type { BashExecutionMessage, CustomMessage } from "./messages.js";
import { buildSessionContext, contextOf, pathTo } from "./session-context.js";
import { editOf } from "./session-edits.js";
import {
  type ContextEditEntry,
  CURRENT_SESSION_VERSION,
  type FileEntry,
  type LabelEntry,
  type NewSessionOptions,
  type SessionContext,
  type SessionEntry,
  type SessionHeader,
  type SessionTreeNode,
} from "./session-entries.js";
import {
  findMostRecentSession,
  getDefaultSessionDir,
  newSessionId,
  readHeader,
  sessionFileName,
} from "./session-files.js";
import { forkFile } from "./session-fork.js";
import { Guard } from "./session-guard.js";
import { newEntryId } from "./session-lines.js";
import { listAllFolders, listFolder, type SessionInfo, type SessionListProgress } from "./session-list.js";
import { paired } from "./session-pairs.js";
import { type SessionSearchHit, type SessionSearchOptions, searchSessions } from "./session-search.js";
import { SessionStore } from "./session-store.js";
import { branchAlone, treeOf } from "./session-tree.js";
import { type SessionDiagnostic, type SessionOptions, SessionWriter } from "./session-writer.js";

/** What is not for hosts; not enumerable, and seen through a Proxy. */
const STORE = Symbol("store");
const WRITER = Symbol("writer");
const GUARD = Symbol("guard");

/** A conversation. */
export class SessionManager {
  sessionId = "";
  sessionFile: string | undefined;
  sessionDir: string;
  cwd: string;
  persist: boolean;
  flushed = false;
  fileEntries: FileEntry[] = [];
  byId: Map<string, SessionEntry> = new Map();
  labelsById: Map<string, string> = new Map();
  labelTimestampsById: Map<string, string> = new Map();
  leafId: string | null = null;
  /** @internal */
  declare [STORE]: SessionStore;
  /** @internal */
  declare [WRITER]: SessionWriter;
  /** @internal */
  declare [GUARD]: Guard | undefined;

  /** Use the static functions. */
  constructor(
    cwd: string,
    sessionDir: string,
    sessionFile: string | undefined,
    persist: boolean,
    options: SessionOptions = {},
  ) {
    Object.defineProperty(this, STORE, { writable: true });
    Object.defineProperty(this, WRITER, { value: new SessionWriter(this, () => this[STORE], options) });
    const guard =
      options.guard &&
      new Guard(this, options.guard === true ? {} : options.guard, (message) => this.append(message));
    Object.defineProperty(this, GUARD, { value: guard || undefined });
    this.cwd = cwd;
    this.sessionDir = sessionDir;
    this.persist = persist;
    if (persist && sessionDir && !existsSync(sessionDir)) mkdirSync(sessionDir, { recursive: true });
    if (sessionFile) this.setSessionFile(sessionFile);
    else this.newSession();
  }

  /** Goes over to another file; one that does not exist yet is made when there is something to write. */
  setSessionFile(sessionFile: string): void {
    const path = resolve(sessionFile);
    this.sessionFile = path;
    const store = existsSync(path) ? this[WRITER].open(path) : undefined;
    if (store && store.count > 0) {
      this.take(store);
      this.sessionId = this.getHeader()?.id ?? newSessionId();
      this.flushed = true;
      return;
    }
    this.newSession();
    this.sessionFile = path;
    if (store) this._rewriteFile();
  }

  /** Begins a new session; the file that it will have. */
  newSession(options?: NewSessionOptions): string | undefined {
    this.sessionId = options?.id ?? newSessionId();
    const timestamp = new Date().toISOString();
    const header = this.header(this.sessionId, timestamp, options?.parentSession);
    this.take(new SessionStore([header], undefined));
    this.flushed = false;
    if (this.persist)
      this.sessionFile = join(this.getSessionDir(), sessionFileName(timestamp, this.sessionId));
    return this.sessionFile;
  }

  private header(id: string, timestamp: string, parentSession: string | undefined): SessionHeader {
    return { type: "session", version: CURRENT_SESSION_VERSION, id, timestamp, cwd: this.cwd, parentSession };
  }

  /** Makes a store's entries this session's. */
  private take(store: SessionStore): void {
    this[STORE] = store;
    this.fileEntries = store.entries;
    this.byId = store.byId;
    if (store.detached) {
      this._buildIndex();
      return;
    }
    this.labelsById.clear();
    this.labelTimestampsById.clear();
    for (const entry of store.labels()) this.noteLabel(entry);
    this.leafId = store.last()?.id ?? null;
  }

  /** Reads `fileEntries` into the maps anew. */
  _buildIndex(): void {
    this.byId.clear();
    this.labelsById.clear();
    this.labelTimestampsById.clear();
    this.leafId = null;
    for (const entry of this.fileEntries) {
      if (entry.type === "session") continue;
      this.byId.set(entry.id, entry);
      this.leafId = entry.id;
      if (entry.type === "label") this.noteLabel(entry);
    }
  }

  /** @internal Notes what a label's entry says. */
  noteLabel({ targetId, label, timestamp }: LabelEntry): void {
    if (label) {
      this.labelsById.set(targetId, label);
      this.labelTimestampsById.set(targetId, timestamp);
    } else {
      this.labelsById.delete(targetId);
      this.labelTimestampsById.delete(targetId);
    }
  }

  /** Writes the whole file anew, from `fileEntries`. */
  _rewriteFile(): void {
    if (!this.persist || !this.sessionFile) return;
    this[WRITER].rewrite(this.sessionFile);
    this.flushed = true;
  }

  isPersisted(): boolean {
    return this.persist;
  }

  getCwd(): string {
    return this.cwd;
  }

  getSessionDir(): string {
    return this.sessionDir;
  }

  getSessionId(): string {
    return this.sessionId;
  }

  getSessionFile(): string | undefined {
    return this.sessionFile;
  }

  /**
   * Brings an entry to the file, and with it all before it that is not there yet: from the first message on.
   * @throws an Error with a `code` when it cannot; the file is then as it was.
   */
  _persist(entry: SessionEntry): void {
    if (this.persist && this.sessionFile) this[WRITER].write(entry, this.sessionFile);
  }

  /** The entry is on the disk before it is in memory. */
  private _appendEntry(entry: SessionEntry): string {
    this._persist(entry);
    const store = this[STORE];
    if (this.isIndexed()) {
      store.push(entry);
    } else {
      this.fileEntries.push(entry);
      this.byId.set(entry.id, entry);
    }
    this.leafId = entry.id;
    return entry.id;
  }

  /** Whether the file's index says what the session is, and not a host's own writes. */
  private isIndexed(): boolean {
    const store = this[STORE];
    return this.fileEntries === store.entries && this.byId === store.byId && !store.detached;
  }

  private base<T extends string>(type: T) {
    const timestamp = new Date().toISOString();
    return { type, id: newEntryId(this.byId), parentId: this.leafId, timestamp };
  }

  /**
   * Appends a message; the id of its entry. Summaries have functions of their own. A guard may refuse the message, and
   * then there is no id: `undefined`, which Pi's type does not foresee.
   */
  appendMessage(message: Message | CustomMessage | BashExecutionMessage): string {
    const guard = this[GUARD];
    return guard ? (guard.append(message) as string) : this.append(message);
  }

  private append(message: AgentMessage): string {
    return this._appendEntry({ ...this.base("message"), message });
  }

  appendThinkingLevelChange(thinkingLevel: string): string {
    return this._appendEntry({ ...this.base("thinking_level_change"), thinkingLevel });
  }

  appendModelChange(provider: string, modelId: string): string {
    return this._appendEntry({ ...this.base("model_change"), provider, modelId });
  }

  /** Appends a summary of all history before `firstKeptEntryId`. */
  appendCompaction<T = unknown>(
    summary: string,
    firstKeptEntryId: string,
    tokensBefore: number,
    details?: T,
    fromHook?: boolean,
  ): string {
    const parts = { summary, firstKeptEntryId, tokensBefore, details, fromHook };
    return this._appendEntry({ ...this.base("compaction"), ...parts });
  }

  /** Appends data of an extension, which the model does not see. */
  appendCustomEntry(customType: string, data?: unknown): string {
    const { type, ...base } = this.base("custom");
    return this._appendEntry({ type, customType, data, ...base });
  }

  /** Names the session; an empty name takes it away. */
  appendSessionInfo(name: string): string {
    return this._appendEntry({ ...this.base("session_info"), name: name.trim() });
  }

  getSessionName(): string | undefined {
    const found = this.isIndexed()
      ? this[STORE].name()
      : this.fileEntries.findLast(({ type }) => type === "session_info");
    return (found?.type === "session_info" && found.name?.trim()) || undefined;
  }

  /** Appends a message of an extension, which the model sees. */
  appendCustomMessageEntry<T = unknown>(
    customType: string,
    content: string | (TextContent | ImageContent)[],
    display: boolean,
    details?: T,
  ): string {
    this[GUARD]?.settle();
    const { type, ...base } = this.base("custom_message");
    return this._appendEntry({ type, customType, content, display, details, ...base });
  }

  /**
   * Replaces what the model is shown of an entry of the current branch or, with `null`, takes it out; the id of the edit's
   * entry. The entry itself stays in the file.
   * @throws Error when there is no such entry, it is on another branch, or the model is shown nothing of it.
   */
  appendContextEdit(targetId: string, replacement: ContextEditEntry["replacement"]): string {
    this.mustHave(targetId);
    const edit = { ...this.base("context_edit"), ...editOf(targetId, replacement, this.getBranch()) };
    return this._appendEntry(edit as unknown as SessionEntry);
  }

  getLeafId(): string | null {
    return this.leafId;
  }

  getLeafEntry(): SessionEntry | undefined {
    return this.leafId ? this.byId.get(this.leafId) : undefined;
  }

  getEntry(id: string): SessionEntry | undefined {
    return this.byId.get(id);
  }

  /** The entries that continue one. */
  getChildren(parentId: string): SessionEntry[] {
    const found = this.isIndexed() ? this[STORE].children(parentId) : undefined;
    return found ?? [...this.byId.values()].filter((entry) => entry.parentId === parentId);
  }

  getLabel(id: string): string | undefined {
    return this.labelsById.get(id);
  }

  /**
   * Labels an entry; without a label takes it away.
   * @throws Error when there is no such entry.
   */
  appendLabelChange(targetId: string, label: string | undefined): string {
    this.mustHave(targetId);
    const entry = { ...this.base("label"), targetId, label };
    this._appendEntry(entry);
    this.noteLabel(entry);
    return entry.id;
  }

  private mustHave(id: string): void {
    if (!this.byId.has(id)) throw new Error(`Entry ${id} not found`);
  }

  /** An entry, the current one unless given, and those that it continues, the first one first. */
  getBranch(fromId?: string): SessionEntry[] {
    const leaf = fromId ?? this.leafId;
    const found = leaf && this.isIndexed() ? this[STORE].branch(leaf) : undefined;
    return found ?? pathTo(leaf ? this.byId.get(leaf) : undefined, this.byId);
  }

  /** What the model is shown. */
  buildSessionContext(): SessionContext {
    const { leafId } = this;
    const found = leafId && this.isIndexed() ? this[STORE].context(leafId) : undefined;
    const context = found
      ? contextOf(found.settings, found.counting)
      : buildSessionContext(this.getEntries(), leafId, this.byId);
    return this[GUARD] ? { ...context, messages: paired(context.messages) } : context;
  }

  getHeader(): SessionHeader | null {
    return this.fileEntries.find((entry): entry is SessionHeader => entry.type === "session") ?? null;
  }

  /** All entries, without the header. */
  getEntries(): SessionEntry[] {
    return this.fileEntries.filter((entry): entry is SessionEntry => entry.type !== "session");
  }

  getTree(): SessionTreeNode[] {
    return treeOf(this.getEntries(), this.labelsById, this.labelTimestampsById);
  }

  /**
   * Goes back to an entry; what is appended next continues it.
   * @throws Error when there is no such entry.
   */
  branch(branchFromId: string): void {
    this.mustHave(branchFromId);
    this.leafId = branchFromId;
  }

  /** Goes back to before the first entry. */
  resetLeaf(): void {
    this.leafId = null;
  }

  /**
   * Goes back to an entry, and says what the branch that is left was about.
   * @throws Error when there is no such entry.
   */
  branchWithSummary(
    branchFromId: string | null,
    summary: string,
    details?: unknown,
    fromHook?: boolean,
  ): string {
    if (branchFromId !== null) this.mustHave(branchFromId);
    this.leafId = branchFromId;
    const parts = { fromId: branchFromId ?? "root", summary, details, fromHook };
    return this._appendEntry({ ...this.base("branch_summary"), ...parts });
  }

  /**
   * Makes a session of the way to an entry, and goes over to it. Its file, unless it is kept in memory only.
   * @throws Error when there is no such entry.
   */
  createBranchedSession(leafId: string): string | undefined {
    const branch = this.getBranch(leafId);
    if (branch.length === 0) throw new Error(`Entry ${leafId} not found`);
    const id = newSessionId();
    const timestamp = new Date().toISOString();
    const header = this.header(id, timestamp, this.persist ? this.sessionFile : undefined);
    const entries = branchAlone(branch, this.labelsById, this.labelTimestampsById);
    const store = new SessionStore([header, ...entries], undefined);
    this.sessionId = id;
    if (!this.persist) {
      this.take(store);
      return undefined;
    }
    this.sessionFile = join(this.getSessionDir(), sessionFileName(timestamp, id));
    this.take(store);
    this.flushed = this[WRITER].begin(this.sessionFile);
    return this.sessionFile;
  }

  /**
   * Brings what was appended to the disk itself.
   * @throws an Error with the code `SESSION_IO` when the disk refuses, or has refused an earlier commit.
   */
  flush(): void {
    this[STORE].log?.flush();
  }

  /** Ends the work with the session: calls that a guard finds without a result get one, and all is on the disk. */
  dispose(): void {
    this[GUARD]?.settle();
    this.flush();
  }

  /** What was found wrong with the file, and what was done about it. */
  getDiagnostics(): SessionDiagnostic[] {
    return this[WRITER].diagnostics();
  }

  /** Begins a session of a working directory. */
  static create(cwd: string, sessionDir?: string, options: SessionOptions = {}): SessionManager {
    return new SessionManager(cwd, sessionDir ?? getDefaultSessionDir(cwd), undefined, true, options);
  }

  /** Opens a session's file; new sessions go into `sessionDir`, its own folder unless given. */
  static open(
    path: string,
    sessionDir?: string,
    cwdOverride?: string,
    options: SessionOptions = {},
  ): SessionManager {
    const cwd = cwdOverride ?? readHeader(path)?.cwd ?? process.cwd();
    return new SessionManager(cwd, sessionDir ?? resolve(path, ".."), path, true, options);
  }

  /** Opens the session of a working directory that was written last, or begins one. */
  static continueRecent(cwd: string, sessionDir?: string, options: SessionOptions = {}): SessionManager {
    const dir = sessionDir ?? getDefaultSessionDir(cwd);
    return new SessionManager(cwd, dir, findMostRecentSession(dir) ?? undefined, true, options);
  }

  /** Begins a session that is kept in memory only. */
  static inMemory(cwd: string = process.cwd(), options: SessionOptions = {}): SessionManager {
    return new SessionManager(cwd, "", undefined, false, options);
  }

  /**
   * Begins a session of a working directory with the whole history of another.
   * @throws Error when the other is empty or has no header.
   */
  static forkFrom(
    sourcePath: string,
    targetCwd: string,
    sessionDir?: string,
    options: SessionOptions = {},
  ): SessionManager {
    const dir = sessionDir ?? getDefaultSessionDir(targetCwd);
    return new SessionManager(targetCwd, dir, forkFile(sourcePath, targetCwd, dir), true, options);
  }

  /** The sessions of a working directory, the last active first. */
  static async list(
    cwd: string,
    sessionDir?: string,
    onProgress?: SessionListProgress,
  ): Promise<SessionInfo[]> {
    return listFolder(sessionDir ?? getDefaultSessionDir(cwd), onProgress);
  }

  /** The sessions of all working directories, the last active first. */
  static async listAll(onProgress?: SessionListProgress): Promise<SessionInfo[]> {
    return listAllFolders(onProgress);
  }

  /**
   * Looks for a text in what all sessions say, or those that the options name; the sessions written last first. Reads on,
   * off the main thread, as hits are taken.
   * @throws at the first step an Error with the code `SESSION_QUERY` for what should be a regular expression and is none.
   */
  static search(query: string, options?: SessionSearchOptions): AsyncIterable<SessionSearchHit> {
    return searchSessions(query, options);
  }
}
