// Extensions: what hosts and users add to a session.

export type {
  AgentToolResult,
  AgentToolUpdateCallback,
  ToolExecutionMode,
} from "../../pi-agent-core/tool.js";
export type { ProviderConfigInput as ProviderConfig, ProviderModelConfig } from "../model-registry.js";
export type { ExtensionAPI, ExtensionFactory, ExtensionHandler } from "./api.js";
export type { ExtensionErrorListener, ProviderActions } from "./bindings.js";
export type * from "./context.js";
export { discoverAndLoadExtensions } from "./discovery.js";
export type * from "./events.js";
export type {
  Extension,
  ExtensionError,
  ExtensionFlag,
  ExtensionShortcut,
  MessageRenderer,
  MessageRenderOptions,
  RegisteredCommand,
  RegisteredTool,
  ResolvedCommand,
} from "./extension.js";
export { loadExtensionFromFactory, loadExtensions } from "./loader.js";
export { ExtensionRunner, emitSessionShutdownEvent } from "./runner.js";
export type * from "./runtime.js";
export { createExtensionRuntime } from "./runtime.js";
export type {
  AppKeybinding,
  KeybindingsConfig,
  KeybindingsManager,
  KeyId,
  ReadonlyFooterDataProvider,
} from "./terminal.js";
export {
  isBashToolResult,
  isEditToolResult,
  isFindToolResult,
  isGrepToolResult,
  isLsToolResult,
  isReadToolResult,
  isToolCallEventType,
  isWriteToolResult,
} from "./tool-events.js";
export type {
  AutocompleteProviderFactory,
  EditorFactory,
  ExtensionUIContext,
  ExtensionUIDialogOptions,
  ExtensionWidgetOptions,
  TerminalInputHandler,
  WidgetPlacement,
  WorkingIndicatorOptions,
} from "./ui.js";
export { wrapRegisteredTool, wrapRegisteredTools } from "./wrapper.js";
