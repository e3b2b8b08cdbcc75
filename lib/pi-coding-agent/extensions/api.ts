// What an extension's factory is given.

import type { TSchema } from "typebox";
import type { ImageContent, TextContent } from "../../pi-ai/types.js";
import type { EventBus } from "../event-bus.js";
import { type ExecOptions, type ExecResult, execCommand } from "../exec.js";
import type { ProviderConfigInput } from "../model-registry.js";
import type { ToolDefinition } from "../tools/definition.js";
import type { ExtensionContext, SendMessageOptions, SendUserMessageOptions, SentMessage } from "./context.js";
import type * as Events from "./events.js";
import type {
  Extension,
  ExtensionFlag,
  ExtensionShortcut,
  HandlerFn,
  MessageRenderer,
  RegisteredCommand,
} from "./extension.js";
import type { ExtensionActions, ExtensionRuntime } from "./runtime.js";
import type { KeyId } from "./terminal.js";

/** Handles an event; what it returns, if anything, is its answer. */
export type ExtensionHandler<E, R = undefined> = (
  event: E,
  ctx: ExtensionContext,
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler need not return
) => Promise<R | void> | R | void;

/** The events with what a handler may answer. */
interface Handled {
  resources_discover: [Events.ResourcesDiscoverEvent, Events.ResourcesDiscoverResult];
  session_start: [Events.SessionStartEvent];
  session_before_switch: [Events.SessionBeforeSwitchEvent, Events.SessionBeforeSwitchResult];
  session_before_fork: [Events.SessionBeforeForkEvent, Events.SessionBeforeForkResult];
  session_before_compact: [Events.SessionBeforeCompactEvent, Events.SessionBeforeCompactResult];
  session_compact: [Events.SessionCompactEvent];
  session_shutdown: [Events.SessionShutdownEvent];
  session_before_tree: [Events.SessionBeforeTreeEvent, Events.SessionBeforeTreeResult];
  session_tree: [Events.SessionTreeEvent];
  context: [Events.ContextEvent, Events.ContextEventResult];
  before_provider_request: [Events.BeforeProviderRequestEvent, Events.BeforeProviderRequestEventResult];
  after_provider_response: [Events.AfterProviderResponseEvent];
  before_agent_start: [Events.BeforeAgentStartEvent, Events.BeforeAgentStartEventResult];
  agent_start: [Events.AgentStartEvent];
  agent_end: [Events.AgentEndEvent];
  turn_start: [Events.TurnStartEvent];
  turn_end: [Events.TurnEndEvent];
  message_start: [Events.MessageStartEvent];
  message_update: [Events.MessageUpdateEvent];
  message_end: [Events.MessageEndEvent, Events.MessageEndEventResult];
  tool_execution_start: [Events.ToolExecutionStartEvent];
  tool_execution_update: [Events.ToolExecutionUpdateEvent];
  tool_execution_end: [Events.ToolExecutionEndEvent];
  model_select: [Events.ModelSelectEvent];
  thinking_level_select: [Events.ThinkingLevelSelectEvent];
  tool_call: [Events.ToolCallEvent, Events.ToolCallEventResult];
  tool_result: [Events.ToolResultEvent, Events.ToolResultEventResult];
  user_bash: [Events.UserBashEvent, Events.UserBashEventResult];
  input: [Events.InputEvent, Events.InputEventResult];
}

/** The handler of an event. */
type HandlerOf<Name extends keyof Handled> = Handled[Name] extends [infer Event, infer Result]
  ? ExtensionHandler<Event, Result>
  : ExtensionHandler<Handled[Name][0]>;

/** What an extension's factory is given. All of it throws once the session has been replaced. */
export interface ExtensionAPI extends Omit<ExtensionActions, "refreshTools" | "sendMessage" | "appendEntry"> {
  /** Handlers of an event run one after another, in the order of the extensions. */
  on<Name extends keyof Handled>(event: Name, handler: HandlerOf<Name>): void;
  /** The first extension that registers a name has it. */
  // biome-ignore lint/suspicious/noExplicitAny: Pi's own default
  registerTool<TParams extends TSchema = TSchema, TDetails = unknown, TState = any>(
    tool: ToolDefinition<TParams, TDetails, TState>,
  ): void;
  /** Commands of one name are called by it and their number: `name:1`, `name:2`. */
  registerCommand(name: string, options: Omit<RegisteredCommand, "name" | "sourceInfo">): void;
  registerShortcut(shortcut: KeyId, options: Omit<ExtensionShortcut, "shortcut" | "extensionPath">): void;
  registerFlag(name: string, options: Omit<ExtensionFlag, "name" | "extensionPath">): void;
  /** The value of a flag that this extension registered. */
  getFlag(name: string): boolean | string | undefined;
  registerMessageRenderer<T = unknown>(customType: string, renderer: MessageRenderer<T>): void;
  sendMessage<T = unknown>(message: SentMessage<T>, options?: SendMessageOptions): void;
  /** Always starts a turn; while the agent works, `deliverAs` says when it is said. */
  sendUserMessage(content: string | (TextContent | ImageContent)[], options?: SendUserMessageOptions): void;
  /** Keeps something in the session's file that the model does not see. */
  appendEntry<T = unknown>(customType: string, data?: T): void;
  /** Runs a program, in the session's folder unless `cwd` is set. */
  exec(command: string, args: string[], options?: ExecOptions): Promise<ExecResult>;
  /** Adds a provider or changes one; while extensions load it waits for the session. */
  registerProvider(name: string, config: ProviderConfigInput): void;
  /** Takes a provider away; what it stood in place of is back. */
  unregisterProvider(name: string): void;
  /** Shared by all extensions. */
  events: EventBus;
}

/** Registers all that an extension brings. */
export type ExtensionFactory = (pi: ExtensionAPI) => void | Promise<void>;

/** What a session does that an extension may have done, and how many arguments each deed takes. */
const ACTIONS = {
  sendMessage: 2,
  sendUserMessage: 2,
  appendEntry: 2,
  setSessionName: 1,
  getSessionName: 0,
  setLabel: 2,
  getActiveTools: 0,
  getAllTools: 0,
  setActiveTools: 1,
  getCommands: 0,
  setModel: 1,
  getThinkingLevel: 0,
  setThinkingLevel: 1,
} as const satisfies Partial<Record<keyof ExtensionActions, number>>;

type Action = keyof typeof ACTIONS;

/** What the factory of `extension` is given. */
export function createExtensionAPI(
  extension: Extension,
  runtime: ExtensionRuntime,
  cwd: string,
  events: EventBus,
): ExtensionAPI {
  const { path: extensionPath } = extension;
  // The session puts its deeds into the runtime later, so that they are looked up at every call.
  const call = (name: Action, args: never[]): unknown => {
    runtime.assertActive();
    const result = (runtime[name] as (...args: never[]) => unknown)(...args.slice(0, ACTIONS[name]));
    return name.startsWith("get") || name === "setModel" ? result : undefined;
  };
  const acts = (Object.keys(ACTIONS) as Action[]).map((name) => [
    name,
    (...args: never[]) => call(name, args),
  ]);
  const own: Omit<ExtensionAPI, Action> = {
    on(event, handler) {
      runtime.assertActive();
      const handlers = extension.handlers.get(event) ?? [];
      handlers.push(handler as HandlerFn);
      extension.handlers.set(event, handlers);
    },
    registerTool(tool) {
      runtime.assertActive();
      const definition = tool as ToolDefinition;
      extension.tools.set(tool.name, { definition, sourceInfo: extension.sourceInfo });
      runtime.refreshTools();
    },
    registerCommand(name, options) {
      runtime.assertActive();
      extension.commands.set(name, { name, sourceInfo: extension.sourceInfo, ...options });
    },
    registerShortcut(shortcut, options) {
      runtime.assertActive();
      extension.shortcuts.set(shortcut, { shortcut, extensionPath, ...options });
    },
    registerFlag(name, options) {
      runtime.assertActive();
      extension.flags.set(name, { name, extensionPath, ...options });
      const { flagValues } = runtime;
      if (options.default !== undefined && !flagValues.has(name)) flagValues.set(name, options.default);
    },
    getFlag(name) {
      runtime.assertActive();
      return extension.flags.has(name) ? runtime.flagValues.get(name) : undefined;
    },
    registerMessageRenderer(customType, renderer) {
      runtime.assertActive();
      extension.messageRenderers.set(customType, renderer as MessageRenderer);
    },
    exec(command, args, options) {
      runtime.assertActive();
      return execCommand(command, args, options?.cwd ?? cwd, options);
    },
    registerProvider(name, config) {
      runtime.assertActive();
      runtime.registerProvider(name, config, extensionPath);
    },
    unregisterProvider(name) {
      runtime.assertActive();
      runtime.unregisterProvider(name, extensionPath);
    },
    events,
  };
  return { ...own, ...Object.fromEntries(acts) };
}
