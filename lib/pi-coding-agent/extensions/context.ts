// What handlers, commands and tools of extensions know of the session and may do with it.

import type { Api, ImageContent, Model, TextContent } from "../../pi-ai/types.js";
import type { CompactionResult } from "../compaction/index.js";
import type { CustomMessage } from "../messages.js";
import type { ModelRegistry } from "../model-registry.js";
import type { SessionManager } from "../session-manager.js";
import type { ExtensionUIContext } from "./ui.js";

/** The parts of a session's file that extensions read. */
export type ReadonlySessionManager = Pick<
  SessionManager,
  | "getCwd"
  | "getSessionDir"
  | "getSessionId"
  | "getSessionFile"
  | "getLeafId"
  | "getLeafEntry"
  | "getEntry"
  | "getLabel"
  | "getBranch"
  | "getHeader"
  | "getEntries"
  | "getTree"
  | "getSessionName"
>;

/** How full the model's window is. */
export interface ContextUsage {
  /** Not known right after a compaction. */
  tokens: number | null;
  contextWindow: number;
  /** Of the window; not known when the tokens are not. */
  percent: number | null;
}

/** How a compaction is asked for. */
export interface CompactOptions {
  customInstructions?: string;
  onComplete?: (result: CompactionResult) => void;
  onError?: (error: Error) => void;
}

/** What an extension knows of the session. All of it throws once the session has been replaced. */
export interface ExtensionContext {
  ui: ExtensionUIContext;
  /** Whether there is somebody to ask. */
  hasUI: boolean;
  cwd: string;
  sessionManager: ReadonlySessionManager;
  modelRegistry: ModelRegistry;
  model: Model<Api> | undefined;
  isIdle(): boolean;
  /** That of the agent's run; not there when it rests. */
  signal: AbortSignal | undefined;
  abort(): void;
  hasPendingMessages(): boolean;
  shutdown(): void;
  getContextUsage(): ContextUsage | undefined;
  /** Does not wait for it. */
  compact(options?: CompactOptions): void;
  getSystemPrompt(): string;
}

/** Whether something did not come about. */
export interface Cancellable {
  cancelled: boolean;
}

/** Works on the session that took the place of another. */
export interface SessionSwitchOptions {
  withSession?: (ctx: ReplacedSessionContext) => Promise<void>;
}

/** How a new session begins. */
export interface NewSessionHandlerOptions extends SessionSwitchOptions {
  parentSession?: string;
  setup?: (sessionManager: SessionManager) => Promise<void>;
}

/** Where a fork begins. */
export interface ForkHandlerOptions extends SessionSwitchOptions {
  position?: "before" | "at";
}

/** What becomes of what is left behind. */
export interface NavigateTreeOptions {
  summarize?: boolean;
  customInstructions?: string;
  replaceInstructions?: boolean;
  label?: string;
}

/** Puts a new session in the place of this one. */
export type NewSessionHandler = (options?: NewSessionHandlerOptions) => Promise<Cancellable>;
/** Puts a fork of the session in its place. */
export type ForkHandler = (entryId: string, options?: ForkHandlerOptions) => Promise<Cancellable>;
/** Goes on elsewhere in the tree. */
export type NavigateTreeHandler = (targetId: string, options?: NavigateTreeOptions) => Promise<Cancellable>;
/** Puts the session of a file in the place of this one. */
export type SwitchSessionHandler = (
  sessionPath: string,
  options?: SessionSwitchOptions,
) => Promise<Cancellable>;
/** Loads extensions, skills, prompts and themes anew. */
export type ReloadHandler = () => Promise<void>;
/** Ends the host. */
export type ShutdownHandler = () => void;

/** What a command may do with the session besides. */
export interface ExtensionCommandContextActions {
  waitForIdle: () => Promise<void>;
  newSession: NewSessionHandler;
  fork: ForkHandler;
  navigateTree: NavigateTreeHandler;
  switchSession: SwitchSessionHandler;
  /** Loads extensions, skills, prompts and themes anew. */
  reload: ReloadHandler;
}

/** What a command knows of the session and may do with it. */
export interface ExtensionCommandContext extends ExtensionContext, ExtensionCommandContextActions {}

/** What an extension says in its own name. */
export type SentMessage<T = unknown> = Pick<
  CustomMessage<T>,
  "customType" | "content" | "display" | "details"
>;

/** When it is said. */
export interface SendMessageOptions {
  triggerTurn?: boolean;
  deliverAs?: "steer" | "followUp" | "nextTurn";
}

/** When what the user says is said, while the agent works. */
export interface SendUserMessageOptions {
  deliverAs?: "steer" | "followUp";
}

/** The same for the session that took the place of another. */
export interface ReplacedSessionContext extends ExtensionCommandContext {
  sendMessage<T = unknown>(message: SentMessage<T>, options?: SendMessageOptions): Promise<void>;
  sendUserMessage(
    content: string | (TextContent | ImageContent)[],
    options?: SendUserMessageOptions,
  ): Promise<void>;
}

/** What a session answers to those who ask it for a context. */
export interface ExtensionContextActions {
  getModel: () => Model<Api> | undefined;
  isIdle: () => boolean;
  getSignal: () => AbortSignal | undefined;
  abort: () => void;
  hasPendingMessages: () => boolean;
  shutdown: () => void;
  getContextUsage: () => ContextUsage | undefined;
  compact: (options?: CompactOptions) => void;
  getSystemPrompt: () => string;
}
