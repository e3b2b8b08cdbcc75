// What an extension may ask of the host's user interface, and the interface of a host that has none.

import type {
  AutocompleteProvider,
  Component,
  EditorComponent,
  EditorTheme,
  KeybindingsManager,
  OverlayHandle,
  OverlayOptions,
  ReadonlyFooterDataProvider,
  Theme,
  TUI,
} from "./terminal.js";

/** How a dialogue may end by itself. */
export interface ExtensionUIDialogOptions {
  signal?: AbortSignal;
  /** Milliseconds. */
  timeout?: number;
}

/** Where a widget stands. */
export type WidgetPlacement = "aboveEditor" | "belowEditor";

/** How a widget is shown. */
export interface ExtensionWidgetOptions {
  /** Above the editor when not set. */
  placement?: WidgetPlacement;
}

/** Sees what is typed before anything else does; may change or swallow it. */
export type TerminalInputHandler = (data: string) => { consume?: boolean; data?: string } | undefined;

/** What moves while a model answers. */
export interface WorkingIndicatorOptions {
  /** None at all hide it. */
  frames?: string[];
  /** Milliseconds. */
  intervalMs?: number;
}

/** Puts something round what completes words. */
export type AutocompleteProviderFactory = (current: AutocompleteProvider) => AutocompleteProvider;

/** Makes an editor. */
export type EditorFactory = (
  tui: TUI,
  theme: EditorTheme,
  keybindings: KeybindingsManager,
) => EditorComponent;

type Disposable = Component & { dispose?(): void };
type WidgetFactory = (tui: TUI, theme: Theme) => Disposable;

/** The host's user interface. */
export interface ExtensionUIContext {
  select(title: string, options: string[], opts?: ExtensionUIDialogOptions): Promise<string | undefined>;
  confirm(title: string, message: string, opts?: ExtensionUIDialogOptions): Promise<boolean>;
  input(title: string, placeholder?: string, opts?: ExtensionUIDialogOptions): Promise<string | undefined>;
  notify(message: string, type?: "info" | "warning" | "error"): void;
  /** Returns what ends the listening. */
  onTerminalInput(handler: TerminalInputHandler): () => void;
  /** `undefined` takes the text away; so it is with all that is set below. */
  setStatus(key: string, text: string | undefined): void;
  setWorkingMessage(message?: string): void;
  setWorkingVisible(visible: boolean): void;
  setWorkingIndicator(options?: WorkingIndicatorOptions): void;
  setHiddenThinkingLabel(label?: string): void;
  setWidget(key: string, content: string[] | undefined, options?: ExtensionWidgetOptions): void;
  setWidget(key: string, content: WidgetFactory | undefined, options?: ExtensionWidgetOptions): void;
  setFooter(
    factory: ((tui: TUI, theme: Theme, footerData: ReadonlyFooterDataProvider) => Disposable) | undefined,
  ): void;
  setHeader(factory: WidgetFactory | undefined): void;
  setTitle(title: string): void;
  /** Shows a component until it calls `done`. */
  custom<T>(
    factory: (
      tui: TUI,
      theme: Theme,
      keybindings: KeybindingsManager,
      done: (result: T) => void,
    ) => Disposable | Promise<Disposable>,
    options?: {
      overlay?: boolean;
      overlayOptions?: OverlayOptions | (() => OverlayOptions);
      onHandle?: (handle: OverlayHandle) => void;
    },
  ): Promise<T>;
  pasteToEditor(text: string): void;
  setEditorText(text: string): void;
  getEditorText(): string;
  /** Has the user edit a text of several lines. */
  editor(title: string, prefill?: string): Promise<string | undefined>;
  addAutocompleteProvider(factory: AutocompleteProviderFactory): void;
  setEditorComponent(factory: EditorFactory | undefined): void;
  getEditorComponent(): EditorFactory | undefined;
  readonly theme: Theme;
  getAllThemes(): { name: string; path: string | undefined }[];
  getTheme(name: string): Theme | undefined;
  setTheme(theme: string | Theme): { success: boolean; error?: string };
  getToolsExpanded(): boolean;
  setToolsExpanded(expanded: boolean): void;
}

/** Under this name Pi's terminal interface keeps its theme. */
const THEME = Symbol.for("@mariozechner/pi-coding-agent:theme");

const sharedTheme: Theme = new Proxy(
  {},
  {
    get(_target, name) {
      const theme = (globalThis as Record<symbol, Theme>)[THEME];
      if (!theme) throw new Error("Theme not initialized. Call initTheme() first.");
      return theme[name];
    },
  },
);

const nothing = () => {};

/** The interface of a host that has none: it takes everything and answers nothing. */
export const noUI: ExtensionUIContext = {
  select: async () => undefined,
  confirm: async () => false,
  input: async () => undefined,
  notify: nothing,
  onTerminalInput: () => nothing,
  setStatus: nothing,
  setWorkingMessage: nothing,
  setWorkingVisible: nothing,
  setWorkingIndicator: nothing,
  setHiddenThinkingLabel: nothing,
  setWidget: nothing,
  setFooter: nothing,
  setHeader: nothing,
  setTitle: nothing,
  custom: async () => undefined as never,
  pasteToEditor: nothing,
  setEditorText: nothing,
  getEditorText: () => "",
  editor: async () => undefined,
  addAutocompleteProvider: nothing,
  setEditorComponent: nothing,
  getEditorComponent: () => undefined,
  get theme() {
    return sharedTheme;
  },
  getAllThemes: () => [],
  getTheme: () => undefined,
  setTheme: () => ({ success: false, error: "UI not available" }),
  getToolsExpanded: () => false,
  setToolsExpanded: nothing,
};
