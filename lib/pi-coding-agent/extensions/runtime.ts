// What the extensions of a session share: the session's deeds, once there is a session, and the values of flags.

import type { ThinkingLevel } from "../../pi-agent-core/types.js";
import type { Api, ImageContent, Model, TextContent } from "../../pi-ai/types.js";
import type { ProviderConfigInput } from "../model-registry.js";
import type { SlashCommandInfo } from "../slash-commands.js";
import type { SourceInfo } from "../source-info.js";
import type { ToolDefinition } from "../tools/definition.js";
import type { SendMessageOptions, SendUserMessageOptions, SentMessage } from "./context.js";
import type { Extension } from "./extension.js";

/** A tool of the session's. */
export type ToolInfo = Pick<ToolDefinition, "name" | "description" | "parameters"> & {
  sourceInfo: SourceInfo;
};

/** Says something in an extension's name. */
export type SendMessageHandler = <T = unknown>(message: SentMessage<T>, options?: SendMessageOptions) => void;
/** Says something in the user's name. */
export type SendUserMessageHandler = (
  content: string | (TextContent | ImageContent)[],
  options?: SendUserMessageOptions,
) => void;
/** Keeps something in the session's file that the model does not see. */
export type AppendEntryHandler = <T = unknown>(customType: string, data?: T) => void;
/** Names the session. */
export type SetSessionNameHandler = (name: string) => void;
/** The session's name. */
export type GetSessionNameHandler = () => string | undefined;
/** Marks an entry; `undefined` takes the mark away. */
export type SetLabelHandler = (entryId: string, label: string | undefined) => void;
/** The names of the tools that the model is offered. */
export type GetActiveToolsHandler = () => string[];
/** All tools, offered or not. */
export type GetAllToolsHandler = () => ToolInfo[];
/** Chooses the tools that the model is offered. */
export type SetActiveToolsHandler = (toolNames: string[]) => void;
/** Tells the session that a tool was registered. */
export type RefreshToolsHandler = () => void;
/** The commands that a user may type. */
export type GetCommandsHandler = () => SlashCommandInfo[];
/** Chooses the model; `false` where there is no key for it. */
export type SetModelHandler = (model: Model<Api>) => Promise<boolean>;
/** The thinking level. */
export type GetThinkingLevelHandler = () => ThinkingLevel;
/** Chooses the thinking level, as near as the model has it. */
export type SetThinkingLevelHandler = (level: ThinkingLevel) => void;

/** What a session does for its extensions. */
export interface ExtensionActions {
  sendMessage: SendMessageHandler;
  sendUserMessage: SendUserMessageHandler;
  appendEntry: AppendEntryHandler;
  setSessionName: SetSessionNameHandler;
  getSessionName: GetSessionNameHandler;
  setLabel: SetLabelHandler;
  getActiveTools: GetActiveToolsHandler;
  getAllTools: GetAllToolsHandler;
  setActiveTools: SetActiveToolsHandler;
  refreshTools: RefreshToolsHandler;
  getCommands: GetCommandsHandler;
  setModel: SetModelHandler;
  getThinkingLevel: GetThinkingLevelHandler;
  setThinkingLevel: SetThinkingLevelHandler;
}

/** A provider that was registered before there was a session. */
export interface PendingProvider {
  name: string;
  config: ProviderConfigInput;
  extensionPath: string;
}

/** What extensions share besides. */
export interface ExtensionRuntimeState {
  /** Those of the command line, else those that were registered. */
  flagValues: Map<string, boolean | string>;
  /** Taken in when there is a session. */
  pendingProviderRegistrations: PendingProvider[];
  /** Throws once the session has been replaced. */
  assertActive: () => void;
  /** From now on `assertActive` throws, with this message. */
  invalidate: (message?: string) => void;
  registerProvider: (name: string, config: ProviderConfigInput, extensionPath?: string) => void;
  unregisterProvider: (name: string, extensionPath?: string) => void;
}

/** All that extensions share. */
export interface ExtensionRuntime extends ExtensionRuntimeState, ExtensionActions {}

/** The extensions that were loaded and those that could not be. */
export interface LoadExtensionsResult {
  extensions: Extension[];
  errors: { path: string; error: string }[];
  runtime: ExtensionRuntime;
}

/** What a context says that has outlived its session. */
export const STALE =
  "This extension ctx is stale after session replacement or reload. Do not use a captured pi or command ctx after ctx.newSession(), ctx.fork(), ctx.switchSession(), or ctx.reload(). For newSession, fork, and switchSession, move post-replacement work into withSession and use the ctx passed to withSession. For reload, do not use the old ctx after await ctx.reload().";

function notYet(): never {
  throw new Error(
    "Extension runtime not initialized. Action methods cannot be called during extension loading.",
  );
}

/** What extensions share before there is a session: all of a session's deeds throw. */
export function createExtensionRuntime(): ExtensionRuntime {
  let stale: string | undefined;
  const runtime: ExtensionRuntime = {
    sendMessage: notYet,
    sendUserMessage: notYet,
    appendEntry: notYet,
    setSessionName: notYet,
    getSessionName: notYet,
    setLabel: notYet,
    getActiveTools: notYet,
    getAllTools: notYet,
    setActiveTools: notYet,
    // Tools are registered while extensions load, when there is nothing yet to tell of it.
    refreshTools: () => {},
    getCommands: notYet,
    setModel: () => Promise.reject(new Error("Extension runtime not initialized")),
    getThinkingLevel: notYet,
    setThinkingLevel: notYet,
    flagValues: new Map(),
    pendingProviderRegistrations: [],
    assertActive: () => {
      if (stale) throw new Error(stale);
    },
    invalidate: (message) => {
      stale ??= message ?? STALE;
    },
    registerProvider: (name, config, extensionPath = "<unknown>") => {
      runtime.pendingProviderRegistrations.push({ name, config, extensionPath });
    },
    unregisterProvider: (name) => {
      runtime.pendingProviderRegistrations = runtime.pendingProviderRegistrations.filter(
        (pending) => pending.name !== name,
      );
    },
  };
  return runtime;
}
