// What users can set. Every field may be missing; unknown ones are kept.

import type { Transport } from "../pi-ai/types.js";

/** When and how much of a conversation is summarised. */
export interface CompactionSettings {
  /** Default: true. */
  enabled?: boolean;
  /** Tokens that are kept free for the prompt and the answer. Default: 16384. */
  reserveTokens?: number;
  /** Tokens of the latest messages that stay as they are. Default: 20000. */
  keepRecentTokens?: number;
}

/** How branches that are left are summarised. */
export interface BranchSummarySettings {
  /** Tokens that are kept free for the prompt and the answer. Default: 16384. */
  reserveTokens?: number;
  /** Whether the user is not asked. Default: false. */
  skipPrompt?: boolean;
}

/** How one request is retried. */
export interface ProviderRetrySettings {
  timeoutMs?: number;
  maxRetries?: number;
  /** The longest wait that a provider may ask for. Default: 60000. */
  maxRetryDelayMs?: number;
}

/** How a turn that failed is retried. */
export interface RetrySettings {
  /** Default: true. */
  enabled?: boolean;
  /** Default: 3. */
  maxRetries?: number;
  /** The first wait; each is twice the one before. Default: 2000. */
  baseDelayMs?: number;
  provider?: ProviderRetrySettings;
}

/** What the terminal shows. */
export interface TerminalSettings {
  /** Default: true. */
  showImages?: boolean;
  /** Default: 60. */
  imageWidthCells?: number;
  /** Default: whether `PI_CLEAR_ON_SHRINK` is 1. */
  clearOnShrink?: boolean;
  /** Default: false. */
  showTerminalProgress?: boolean;
}

/** What becomes of images. */
export interface ImageSettings {
  /** Default: true. */
  autoResize?: boolean;
  /** Whether no image goes to a provider. Default: false. */
  blockImages?: boolean;
  /** Argent's name for `blockImages`. */
  blocked?: boolean;
}

/** Tokens for each thinking level. */
export interface ThinkingBudgetsSettings {
  minimal?: number;
  low?: number;
  medium?: number;
  high?: number;
}

/** How Markdown is shown. */
export interface MarkdownSettings {
  /** Default: two spaces. */
  codeBlockIndent?: string;
}

/** Which warnings are shown. */
export interface WarningSettings {
  anthropicExtraUsage?: boolean;
}

/** How requests reach providers that offer more than one way. */
export type TransportSetting = Transport;

/** A package of resources: all of it, or what is named. */
export type PackageSource =
  | string
  | {
      source: string;
      extensions?: string[];
      skills?: string[];
      prompts?: string[];
      themes?: string[];
    };

/** Everything that users can set. */
export interface Settings {
  lastChangelogVersion?: string;
  defaultProvider?: string;
  defaultModel?: string;
  defaultThinkingLevel?: "off" | "minimal" | "low" | "medium" | "high" | "xhigh";
  transport?: TransportSetting;
  steeringMode?: "all" | "one-at-a-time";
  followUpMode?: "all" | "one-at-a-time";
  theme?: string;
  compaction?: CompactionSettings;
  branchSummary?: BranchSummarySettings;
  retry?: RetrySettings;
  hideThinkingBlock?: boolean;
  shellPath?: string;
  quietStartup?: boolean;
  shellCommandPrefix?: string;
  npmCommand?: string[];
  collapseChangelog?: boolean;
  enableInstallTelemetry?: boolean;
  packages?: PackageSource[];
  extensions?: string[];
  skills?: string[];
  prompts?: string[];
  themes?: string[];
  enableSkillCommands?: boolean;
  terminal?: TerminalSettings;
  images?: ImageSettings;
  enabledModels?: string[];
  doubleEscapeAction?: "fork" | "tree" | "none";
  treeFilterMode?: "default" | "no-tools" | "user-only" | "labeled-only" | "all";
  thinkingBudgets?: ThinkingBudgetsSettings;
  editorPaddingX?: number;
  autocompleteMaxVisible?: number;
  showHardwareCursor?: boolean;
  markdown?: MarkdownSettings;
  warnings?: WarningSettings;
  sessionDir?: string;
}

/** Whose settings: the user's, or the project's, which come first. */
export type SettingsScope = "global" | "project";

/** Where settings are kept. */
export interface SettingsStorage {
  /** Hands the text of a scope to `fn`, and keeps what it returns, all while nobody else can change it. */
  withLock(scope: SettingsScope, fn: (current: string | undefined) => string | undefined): void;
}

/** Why settings could not be read or written. */
export interface SettingsError {
  scope: SettingsScope;
  error: Error;
}
