// Names of the terminal interface in the types of extensions. What they stand for is the host's own.

/** A component that the host's terminal library draws. */
// biome-ignore lint/suspicious/noExplicitAny: the host's terminal library decides what it is
export type Component = any;
/** The host's terminal. */
// biome-ignore lint/suspicious/noExplicitAny: the host's terminal library decides what it is
export type TUI = any;
/** The colours of the host's terminal. */
// biome-ignore lint/suspicious/noExplicitAny: the host's terminal library decides what it is
export type Theme = any;
/** The colours of the host's editor. */
// biome-ignore lint/suspicious/noExplicitAny: the host's terminal library decides what it is
export type EditorTheme = any;
/** The host's editor. */
// biome-ignore lint/suspicious/noExplicitAny: the host's terminal library decides what it is
export type EditorComponent = any;
/** What completes words in the host's editor. */
// biome-ignore lint/suspicious/noExplicitAny: the host's terminal library decides what it is
export type AutocompleteProvider = any;
/** Where the host puts an overlay. */
// biome-ignore lint/suspicious/noExplicitAny: the host's terminal library decides what it is
export type OverlayOptions = any;
/** An overlay of the host's that is shown. */
// biome-ignore lint/suspicious/noExplicitAny: the host's terminal library decides what it is
export type OverlayHandle = any;
/** Which keys do what in the host's terminal. */
// biome-ignore lint/suspicious/noExplicitAny: the host's terminal library decides what it is
export type KeybindingsManager = any;

/** A word that completes what was typed. */
export interface AutocompleteItem {
  value: string;
  label: string;
  description?: string;
}

/** A key with its modifiers: `ctrl+shift+x`. */
export type KeyId = string;

/** What keys do what: the name of a deed and its keys. */
export type KeybindingsConfig = Record<string, KeyId | KeyId[] | undefined>;

/** A deed of the application that keys are bound to. */
export type AppKeybinding = `app.${string}`;

/** What a footer may show that a session does not know. */
export interface ReadonlyFooterDataProvider {
  /** The branch of the project's repository; `detached` when there is none, `null` outside a repository. */
  getGitBranch(): string | null;
  /** What extensions say of themselves. */
  getExtensionStatuses(): ReadonlyMap<string, string>;
  getAvailableProviderCount(): number;
  onBranchChange(callback: () => void): () => void;
}
