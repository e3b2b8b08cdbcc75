// Sessions with Argent's options and names: Pi's sessions, which also go over to other files themselves.

import type { Agent } from "../pi-agent-core/agent.js";
import type { AgentMessage } from "../pi-agent-core/messages.js";
import { AgentSession } from "../pi-coding-agent/session/agent-session.js";
import { type CreateAgentSessionOptions, createSession } from "../pi-coding-agent/session/create.js";
import { textOf } from "../pi-coding-agent/session/transcript.js";
import type { AnyTool } from "../pi-coding-agent/session/types.js";
import type { SessionManager } from "../pi-coding-agent/session-manager.js";

/** A session's agent, with the methods that agents had before Pi 0.58. */
export interface ArgentSessionAgent extends Agent {
  setSystemPrompt(systemPrompt: string): void;
  getSystemPrompt(): string;
  replaceMessages(messages: AgentMessage[]): void;
  getMessages(): AgentMessage[];
}

/** A session as Argent's gateway knows it. */
export class ArgentAgentSession extends AgentSession {
  declare readonly agent: ArgentSessionAgent;

  /** Resolves when no run is going on. */
  waitForIdle(): Promise<void> {
    return this.agent.waitForIdle();
  }

  supportsXhighThinking(): boolean {
    return this.getAvailableThinkingLevels().includes("xhigh");
  }

  /** Begins a session in this one's place; `setup` may write into it. */
  async newSession(
    options: { parentSession?: string; setup?: (session: SessionManager) => Promise<void> } = {},
  ): Promise<boolean> {
    await this.leave();
    this.sessionManager.newSession(options);
    await options.setup?.(this.sessionManager);
    this.enter();
    return true;
  }

  /** Goes over to a session's file. */
  async switchSession(sessionPath: string): Promise<boolean> {
    await this.leave();
    this.sessionManager.setSessionFile(sessionPath);
    this.enter();
    return true;
  }

  /** Goes on before what a user said, in a session of its own; gives the text. */
  async fork(entryId: string): Promise<{ selectedText: string; cancelled: boolean }> {
    const entry = this.sessionManager.getEntry(entryId);
    if (entry?.type !== "message" || entry.message.role !== "user") {
      throw new Error("Invalid entry ID for forking");
    }
    await this.leave();
    if (entry.parentId) this.sessionManager.createBranchedSession(entry.parentId);
    else this.sessionManager.newSession({ parentSession: this.sessionFile });
    this.enter();
    return { selectedText: textOf(entry.message.content), cancelled: false };
  }

  private async leave(): Promise<void> {
    const wasRunning = this.isStreaming;
    await this.abort();
    if (wasRunning) await this.settled();
    this.clearQueue();
  }

  private enter(): void {
    this.agent.state.messages = this.sessionManager.buildSessionContext().messages;
    this.agent.sessionId = this.sessionId;
  }
}

/** What a session is made with. */
export interface CreateArgentAgentSessionOptions extends Omit<CreateAgentSessionOptions, "tools"> {
  /** The names of the only tools there are, or tools instead of those that are built in. */
  tools?: string[] | AnyTool[];
  /** The gateway's configuration; nothing of it is used here. */
  config?: unknown;
}

/** A session, and what came up while it was made. */
export interface CreateArgentAgentSessionResult {
  session: ArgentAgentSession;
  extensionsResult: { loaded: string[]; failed: string[] };
  modelFallbackMessage?: string | undefined;
}

/** Makes a session; see `createAgentSession` of `pi-coding-agent`. */
export async function createArgentAgentSession(
  options: CreateArgentAgentSessionOptions = {},
): Promise<CreateArgentAgentSessionResult> {
  const { tools = [], config: _, ...rest } = options;
  const names = tools.filter((tool) => typeof tool === "string");
  const own = tools.filter((tool) => typeof tool !== "string");
  const base = own.length > 0 ? Object.fromEntries(own.map((tool) => [tool.name, tool])) : undefined;
  const all = base && [...own, ...(rest.customTools ?? [])].map(({ name }) => name);
  const allowed = all ?? (options.tools && names);
  const asked = { ...rest, ...(allowed && { tools: allowed }) };
  const made = await createSession(asked, ArgentAgentSession, base);
  const { extensions, errors } = made.extensionsResult;
  const extensionsResult = {
    loaded: extensions.map(({ path }) => path),
    failed: errors.map(({ path }) => path),
  };
  nameOldMethods(made.session);
  return { ...made, extensionsResult };
}

function nameOldMethods(session: ArgentAgentSession): void {
  const { agent } = session;
  Object.assign(agent, {
    setSystemPrompt: (systemPrompt: string) => {
      session._baseSystemPrompt = systemPrompt;
      agent.state.systemPrompt = systemPrompt;
    },
    getSystemPrompt: () => agent.state.systemPrompt,
    replaceMessages: (messages: AgentMessage[]) => {
      agent.state.messages = messages;
    },
    getMessages: () => agent.state.messages,
  });
}
