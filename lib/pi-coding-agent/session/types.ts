// The shapes round an agent session: its events, what it is made of, and the options and results of its methods.

import type { Agent } from "../../pi-agent-core/agent.js";
import type { AgentEvent, AgentTool, ThinkingLevel } from "../../pi-agent-core/types.js";
import type { Api, ImageContent, Model } from "../../pi-ai/types.js";
import type { CompactionResult } from "../compaction/index.js";
import type {
  ContextUsage,
  ExtensionCommandContextActions,
  ExtensionErrorListener,
  ExtensionRunner,
  ExtensionUIContext,
  InputSource,
  SessionStartEvent,
  ShutdownHandler,
} from "../extensions/index.js";
import type { ModelRegistry } from "../model-registry.js";
import type { ResourceLoader } from "../resource-loader.js";
import type { BranchSummaryEntry } from "../session-entries.js";
import type { SessionManager } from "../session-manager.js";
import type { SettingsManager } from "../settings-manager.js";
import type { BashOperations } from "../tools/index.js";
import type { ToolDef } from "../tools/sets.js";

/** Any model. */
// biome-ignore lint/suspicious/noExplicitAny: hosts pass models of any wire, as Pi lets them.
export type AnyModel = Model<any> | Model<Api>;

/** Any tool of the loop. */
// biome-ignore lint/suspicious/noExplicitAny: sets hold tools of different schemas.
export type AnyTool = AgentTool<any>;

/** Why a history is compacted: the host asks, it nears the window, or a request did not fit. */
export type CompactionReason = "manual" | "threshold" | "overflow";

/** What happens in a session: what happens in its agent's runs, and what the session does besides. */
export type AgentSessionEvent =
  | AgentEvent
  /** The texts that wait, after one came or went. */
  | { type: "queue_update"; steering: readonly string[]; followUp: readonly string[] }
  | { type: "compaction_start"; reason: CompactionReason }
  | {
      type: "compaction_end";
      reason: CompactionReason;
      /** Not there where nothing was compacted. */
      result: CompactionResult | undefined;
      aborted: boolean;
      /** Whether the request that did not fit is made again. */
      willRetry: boolean;
      errorMessage?: string;
    }
  | { type: "session_info_changed"; name: string | undefined }
  | { type: "thinking_level_changed"; level: ThinkingLevel }
  /** A request failed for a reason that may pass; it is made again after `delayMs`. */
  | { type: "auto_retry_start"; attempt: number; maxAttempts: number; delayMs: number; errorMessage: string }
  | { type: "auto_retry_end"; success: boolean; attempt: number; finalError?: string };

/** Hears of a session; nothing waits for it. */
export type AgentSessionEventListener = (event: AgentSessionEvent) => void;

/** A model that is cycled through, with the level that goes with it. */
export interface ScopedModel {
  model: AnyModel;
  thinkingLevel?: ThinkingLevel;
}

/** What a session is made of. */
export interface AgentSessionConfig {
  agent: Agent;
  sessionManager: SessionManager;
  settingsManager: SettingsManager;
  cwd: string;
  /** Models to cycle through, instead of all that have a key. */
  scopedModels?: ScopedModel[];
  resourceLoader: ResourceLoader;
  /** The host's tools. */
  customTools?: ToolDef[];
  modelRegistry: ModelRegistry;
  /** Tools that are on at first; `read`, `bash`, `edit` and `write` unless set. */
  initialActiveToolNames?: string[];
  /** If set, no other tool exists. */
  allowedToolNames?: string[];
  /** Instead of the tools that are built in, by name. */
  baseToolsOverride?: Record<string, AnyTool>;
  /** Where the session puts its current runner, for the agent's hooks. */
  extensionRunnerRef?: { current?: ExtensionRunner };
  /** What extensions are told when they are bound. */
  sessionStartEvent?: SessionStartEvent;
}

/** What a host gives extensions. */
export interface ExtensionBindings {
  uiContext?: ExtensionUIContext;
  commandContextActions?: ExtensionCommandContextActions;
  shutdownHandler?: ShutdownHandler;
  onError?: ExtensionErrorListener;
}

/** How a prompt is taken. */
export interface PromptOptions {
  /** Whether commands, skills and templates in the text are looked for; they are unless set. */
  expandPromptTemplates?: boolean;
  images?: ImageContent[];
  /** Which queue takes the text while the agent answers; without it that is an error. */
  streamingBehavior?: "steer" | "followUp";
  /** Who asks, for extensions; `interactive` unless set. */
  source?: InputSource;
  /** Hears, once, whether the prompt was accepted. */
  preflightResult?: (success: boolean) => void;
}

/** The model after cycling. */
export interface ModelCycleResult {
  model: AnyModel;
  thinkingLevel: ThinkingLevel;
  /** Whether it is one of the scoped models. */
  isScoped: boolean;
}

/** What a session has come to. */
export interface SessionStats {
  sessionFile: string | undefined;
  sessionId: string;
  userMessages: number;
  assistantMessages: number;
  toolCalls: number;
  toolResults: number;
  totalMessages: number;
  tokens: { input: number; output: number; cacheRead: number; cacheWrite: number; total: number };
  /** In dollars. */
  cost: number;
  contextUsage?: ContextUsage;
}

/** How a tree is navigated. */
export interface NavigateOptions {
  /** Whether the branch that is left is summarised where the conversation goes on. */
  summarize?: boolean;
  customInstructions?: string;
  /** Whether the instructions stand instead of the usual prompt. */
  replaceInstructions?: boolean;
  /** A label for the summary or, without one, the target. */
  label?: string;
}

/** Where navigation came to. */
export interface NavigateResult {
  /** The text of the user's message that was navigated to, to be written anew. */
  editorText?: string;
  cancelled: boolean;
  aborted?: boolean;
  summaryEntry?: BranchSummaryEntry;
}

/** How the user's own command is run and kept. */
export interface ExecuteBashOptions {
  /** Whether the model is not to see it. */
  excludeFromContext?: boolean;
  /** Instead of this machine's shell. */
  operations?: BashOperations;
}
