// The session that a host has open, and its going over to another one.

import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import {
  emitSessionShutdownEvent,
  type ReplacedSessionContext,
  type SessionBeforeForkEvent,
  type SessionBeforeSwitchEvent,
  type SessionShutdownEvent,
  type SessionStartEvent,
} from "../extensions/index.js";
import { assertSessionCwdExists } from "../session-cwd.js";
import { SessionManager } from "../session-manager.js";
import type { AgentSession } from "./agent-session.js";
import type { CreateAgentSessionResult } from "./create.js";
import type { AgentSessionRuntimeDiagnostic, AgentSessionServices } from "./services.js";
import { textOf } from "./transcript.js";

/** A session with its services. */
export interface CreateAgentSessionRuntimeResult extends CreateAgentSessionResult {
  services: AgentSessionServices;
  diagnostics: AgentSessionRuntimeDiagnostic[];
}

/** Which session to make. */
interface Target {
  cwd: string;
  agentDir: string;
  sessionManager: SessionManager;
  sessionStartEvent?: SessionStartEvent;
}

/** Makes a session with its services; called for each session that the host goes over to. */
export type CreateAgentSessionRuntimeFactory = (options: Target) => Promise<CreateAgentSessionRuntimeResult>;

type Reason = "new" | "resume" | "fork";
type WithSession = (context: ReplacedSessionContext) => Promise<void>;

/** A file that was to be imported is not there. */
export class SessionImportFileNotFoundError extends Error {
  override name = "SessionImportFileNotFoundError";

  constructor(readonly filePath: string) {
    super(`File not found: ${filePath}`);
  }
}

/**
 * Holds the current session. What goes over to another one ends the current session first; if the other one cannot be
 * made, that throws.
 */
export class AgentSessionRuntime {
  private rebindSession: ((session: AgentSession) => Promise<void>) | undefined;
  private beforeSessionInvalidate: (() => void) | undefined;

  constructor(
    private _session: AgentSession,
    private _services: AgentSessionServices,
    private readonly createRuntime: CreateAgentSessionRuntimeFactory,
    private _diagnostics: AgentSessionRuntimeDiagnostic[] = [],
    private _modelFallbackMessage?: string,
  ) {}

  get services(): AgentSessionServices {
    return this._services;
  }

  get session(): AgentSession {
    return this._session;
  }

  get cwd(): string {
    return this._services.cwd;
  }

  get diagnostics(): readonly AgentSessionRuntimeDiagnostic[] {
    return this._diagnostics;
  }

  get modelFallbackMessage(): string | undefined {
    return this._modelFallbackMessage;
  }

  /** Called with each session that was gone over to. */
  setRebindSession(rebindSession?: (session: AgentSession) => Promise<void>): void {
    this.rebindSession = rebindSession;
  }

  /** Called once extensions have heard of the end of a session, before it ends. */
  setBeforeSessionInvalidate(beforeSessionInvalidate?: () => void): void {
    this.beforeSessionInvalidate = beforeSessionInvalidate;
  }

  /** Opens a session's file. */
  async switchSession(
    sessionPath: string,
    options: { cwdOverride?: string; withSession?: WithSession } = {},
  ): Promise<{ cancelled: boolean }> {
    const asked = await this.emitBeforeSwitch("resume", sessionPath);
    if (asked.cancelled) return asked;
    await this.resume(SessionManager.open(sessionPath, undefined, options.cwdOverride), options.withSession);
    return { cancelled: false };
  }

  /** Begins a session; `setup` may write into it first. */
  async newSession(
    options: {
      parentSession?: string;
      setup?: (sessionManager: SessionManager) => Promise<void>;
      withSession?: WithSession;
    } = {},
  ): Promise<{ cancelled: boolean }> {
    const { parentSession, setup, withSession } = options;
    const asked = await this.emitBeforeSwitch("new");
    if (asked.cancelled) return asked;
    await this.replace("new", this.begin(parentSession), this.cwd);
    if (setup) {
      const { sessionManager, agent } = this.session;
      await setup(sessionManager);
      agent.state.messages = sessionManager.buildSessionContext().messages;
    }
    await this.finishSessionReplacement(withSession);
    return { cancelled: false };
  }

  /** Goes on from an entry in a session of its own: before a user's message, with its text, or at any entry. */
  async fork(
    entryId: string,
    options: { position?: "before" | "at"; withSession?: WithSession } = {},
  ): Promise<{ cancelled: boolean; selectedText?: string }> {
    const { position = "before", withSession } = options;
    const asked = await this.emitBeforeFork(entryId, { position });
    if (asked.cancelled) return asked;
    const { leafId, selectedText } = this.forkPoint(entryId, position);
    const session = this.branchOff(leafId);
    await this.replace("fork", session, session.isPersisted() ? session.getCwd() : this.cwd);
    await this.finishSessionReplacement(withSession);
    return { cancelled: false, selectedText } as { cancelled: boolean; selectedText?: string };
  }

  /** Copies a session's file among the others and opens it. */
  async importFromJsonl(inputPath: string, cwdOverride?: string): Promise<{ cancelled: boolean }> {
    const source = resolve(inputPath);
    if (!existsSync(source)) throw new SessionImportFileNotFoundError(source);
    const folder = this.session.sessionManager.getSessionDir();
    mkdirSync(folder, { recursive: true });
    const path = join(folder, basename(source));
    const asked = await this.emitBeforeSwitch("resume", path);
    if (asked.cancelled) return asked;
    if (resolve(path) !== source) copyFileSync(source, path);
    await this.resume(SessionManager.open(path, folder, cwdOverride));
    return { cancelled: false };
  }

  /** Ends the session. */
  async dispose(): Promise<void> {
    await this.shutDown({ type: "session_shutdown", reason: "quit" });
  }

  private async emitBeforeSwitch(
    reason: "new" | "resume",
    targetSessionFile?: string,
  ): Promise<{ cancelled: boolean }> {
    return await this.ask({ type: "session_before_switch", reason, targetSessionFile });
  }

  private async emitBeforeFork(
    entryId: string,
    options: { position: "before" | "at" },
  ): Promise<{ cancelled: boolean }> {
    return await this.ask({ type: "session_before_fork", entryId, ...options });
  }

  private async ask(
    event: SessionBeforeSwitchEvent | SessionBeforeForkEvent,
  ): Promise<{ cancelled: boolean }> {
    const runner = this.session.extensionRunner;
    if (!runner.hasHandlers(event.type)) return { cancelled: false };
    const answer = await runner.emit(event);
    return { cancelled: answer?.cancel === true };
  }

  private async resume(sessionManager: SessionManager, withSession?: WithSession): Promise<void> {
    assertSessionCwdExists(sessionManager, this.cwd);
    await this.replace("resume", sessionManager, sessionManager.getCwd());
    await this.finishSessionReplacement(withSession);
  }

  private begin(parentSession: string | undefined): SessionManager {
    const sessionManager = SessionManager.create(this.cwd, this.session.sessionManager.getSessionDir());
    if (parentSession) sessionManager.newSession({ parentSession });
    return sessionManager;
  }

  private forkPoint(
    entryId: string,
    position: "before" | "at",
  ): { leafId: string | null; selectedText?: string } {
    const entry = this.session.sessionManager.getEntry(entryId);
    if (entry && position === "at") return { leafId: entry.id };
    if (entry?.type !== "message" || entry.message.role !== "user") {
      throw new Error("Invalid entry ID for forking");
    }
    return { leafId: entry.parentId, selectedText: textOf(entry.message.content) };
  }

  /** A session with what leads to an entry. One that is only in memory becomes it. */
  private branchOff(leafId: string | null): SessionManager {
    const { sessionManager: current, sessionFile: parentSession } = this.session;
    if (!current.isPersisted()) {
      if (leafId) current.createBranchedSession(leafId);
      else current.newSession({ parentSession } as { parentSession?: string });
      return current;
    }
    if (!parentSession) throw new Error("Persisted session is missing a session file");
    if (!leafId) return this.begin(parentSession);
    // It may not be in its file yet, so it is not opened again.
    const branched = SessionManager.open(parentSession, current.getSessionDir());
    if (!branched.createBranchedSession(leafId)) throw new Error("Failed to create forked session");
    return branched;
  }

  private async replace(reason: Reason, sessionManager: SessionManager, cwd: string): Promise<void> {
    const previousSessionFile = this.session.sessionFile;
    await this.teardownCurrent(reason, sessionManager.getSessionFile());
    const sessionStartEvent = { type: "session_start", reason, previousSessionFile } as SessionStartEvent;
    const { agentDir } = this.services;
    const made = await this.createRuntime({ cwd, agentDir, sessionManager, sessionStartEvent });
    this.apply(made);
  }

  private apply(made: CreateAgentSessionRuntimeResult): void {
    this._session = made.session;
    this._services = made.services;
    this._diagnostics = made.diagnostics;
    this._modelFallbackMessage = made.modelFallbackMessage;
  }

  private async teardownCurrent(reason: Reason, targetSessionFile: string | undefined): Promise<void> {
    await this.shutDown({ type: "session_shutdown", reason, targetSessionFile });
  }

  private async shutDown(event: SessionShutdownEvent): Promise<void> {
    await emitSessionShutdownEvent(this.session.extensionRunner, event);
    this.beforeSessionInvalidate?.();
    this.session.dispose();
  }

  private async finishSessionReplacement(withSession: WithSession | undefined): Promise<void> {
    await this.rebindSession?.(this.session);
    await withSession?.(this.session.createReplacedSessionContext());
  }
}

/** Makes the first session; the factory is kept for those that follow. */
export async function createAgentSessionRuntime(
  createRuntime: CreateAgentSessionRuntimeFactory,
  options: Target,
): Promise<AgentSessionRuntime> {
  assertSessionCwdExists(options.sessionManager, options.cwd);
  const { session, services, diagnostics, modelFallbackMessage } = await createRuntime(options);
  return new AgentSessionRuntime(session, services, createRuntime, diagnostics, modelFallbackMessage);
}
