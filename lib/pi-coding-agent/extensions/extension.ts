// An extension that was loaded, with all that it has registered.

import { dirname } from "node:path";
import type { CustomMessage } from "../messages.js";
import { createSyntheticSourceInfo, type SourceInfo } from "../source-info.js";
import type { ToolDefinition } from "../tools/definition.js";
import type { ExtensionCommandContext, ExtensionContext } from "./context.js";
import type { AutocompleteItem, Component, KeyId, Theme } from "./terminal.js";

/** A tool of an extension. */
export interface RegisteredTool {
  definition: ToolDefinition;
  sourceInfo: SourceInfo;
}

/** A command of an extension. */
export interface RegisteredCommand {
  name: string;
  sourceInfo: SourceInfo;
  description?: string;
  getArgumentCompletions?: (
    argumentPrefix: string,
  ) => AutocompleteItem[] | null | Promise<AutocompleteItem[] | null>;
  handler: (args: string, ctx: ExtensionCommandContext) => Promise<void>;
}

/** A command with the name that it is called by, which no other has. */
export interface ResolvedCommand extends RegisteredCommand {
  invocationName: string;
}

/** A switch that the host's command line takes. */
export interface ExtensionFlag {
  name: string;
  description?: string;
  type: "boolean" | "string";
  default?: boolean | string;
  extensionPath: string;
}

/** What keys do. */
export interface ExtensionShortcut {
  shortcut: KeyId;
  description?: string;
  handler: (ctx: ExtensionContext) => Promise<void> | void;
  extensionPath: string;
}

/** How a message is shown. */
export interface MessageRenderOptions {
  expanded: boolean;
}

/** Draws an extension's messages in the host's terminal. */
export type MessageRenderer<T = unknown> = (
  message: CustomMessage<T>,
  options: MessageRenderOptions,
  theme: Theme,
) => Component | undefined;

/** A handler of any event. */
export type HandlerFn = (...args: unknown[]) => Promise<unknown>;

/** An extension with all that it has registered. */
export interface Extension {
  /** As it was asked for; `<inline>` and its like for those that no file has. */
  path: string;
  resolvedPath: string;
  sourceInfo: SourceInfo;
  handlers: Map<string, HandlerFn[]>;
  tools: Map<string, RegisteredTool>;
  messageRenderers: Map<string, MessageRenderer>;
  commands: Map<string, RegisteredCommand>;
  flags: Map<string, ExtensionFlag>;
  shortcuts: Map<KeyId, ExtensionShortcut>;
}

/** What went wrong in an extension. */
export interface ExtensionError {
  extensionPath: string;
  event: string;
  error: string;
  stack?: string;
}

/** An extension that has registered nothing yet. */
export function createExtension(path: string, resolvedPath: string): Extension {
  const named = path.startsWith("<");
  const source = named && path.endsWith(">") ? path.slice(1, -1).split(":")[0] || "temporary" : "local";
  const baseDir = named ? undefined : dirname(resolvedPath);
  return {
    path,
    resolvedPath,
    sourceInfo: createSyntheticSourceInfo(path, { source, baseDir }),
    handlers: new Map(),
    tools: new Map(),
    messageRenderers: new Map(),
    commands: new Map(),
    flags: new Map(),
    shortcuts: new Map(),
  };
}
