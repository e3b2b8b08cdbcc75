// Tells the extensions of a session what happens, and puts their answers together.

import type { AgentMessage } from "../../pi-agent-core/messages.js";
import type { ImageContent } from "../../pi-ai/types.js";
import type { ModelRegistry } from "../model-registry.js";
import type { SessionManager } from "../session-manager.js";
import type { BuildSystemPromptOptions } from "../system-prompt.js";
import { BoundExtensions } from "./bindings.js";
import type { ExtensionContext } from "./context.js";
import type * as Events from "./events.js";
import type { Extension } from "./extension.js";
import type { ExtensionRuntime } from "./runtime.js";

/** The events that have a method of their own. */
type Apart =
  | Events.ToolCallEvent
  | Events.ToolResultEvent
  | Events.UserBashEvent
  | Events.ContextEvent
  | Events.BeforeProviderRequestEvent
  | Events.BeforeAgentStartEvent
  | Events.MessageEndEvent
  | Events.ResourcesDiscoverEvent
  | Events.InputEvent;

/** The events of `emit`. */
export type RunnerEvent = Exclude<Events.ExtensionEvent, Apart>;

interface Answers {
  session_before_switch: Events.SessionBeforeSwitchResult;
  session_before_fork: Events.SessionBeforeForkResult;
  session_before_compact: Events.SessionBeforeCompactResult;
  session_before_tree: Events.SessionBeforeTreeResult;
}

/** What `emit` gives: the last answer of those that may be given. */
export type RunnerAnswer<T extends RunnerEvent> = T["type"] extends keyof Answers
  ? Answers[T["type"]] | undefined
  : undefined;

/** What handlers want of a run that is about to start. */
export interface BeforeAgentStartCombinedResult {
  messages?: NonNullable<Events.BeforeAgentStartEventResult["message"]>[];
  systemPrompt?: string;
}

/** Files and folders, each with the extension that named it. */
export interface DiscoveredPath {
  path: string;
  extensionPath: string;
}

/** The answer of a handler, taken in; `true` ends the asking. */
// biome-ignore lint/suspicious/noExplicitAny: a handler may answer anything
type Take = (answer: any, extension: Extension) => unknown;

/**
 * Tells extensions what happens. Handlers are awaited one after another in the order of the extensions; what one
 * throws goes to `onError` and the next is asked, except that `emitToolCall` rejects.
 */
export class ExtensionRunner extends BoundExtensions {
  // Of its own, so that hosts see how many arguments it takes.
  constructor(
    extensions: Extension[],
    runtime: ExtensionRuntime,
    cwd: string,
    sessionManager: SessionManager,
    modelRegistry: ModelRegistry,
  ) {
    super(extensions, runtime, cwd, sessionManager, modelRegistry);
  }

  private isSessionBeforeEvent(event: RunnerEvent): boolean {
    return event.type.startsWith("session_before_");
  }

  /** A `session_before_*` event gives the last answer, or the first that cancels. */
  async emit<T extends RunnerEvent>(event: T): Promise<RunnerAnswer<T>> {
    let result: { cancel?: boolean } | undefined;
    await this.ask(
      event.type,
      () => event,
      (answer) => {
        if (!answer || !this.isSessionBeforeEvent(event)) return;
        result = answer;
        return answer.cancel;
      },
    );
    return result as RunnerAnswer<T>;
  }

  /** The message that handlers made of it, each of the one before; `undefined` when none made one. */
  async emitMessageEnd(event: Events.MessageEndEvent): Promise<AgentMessage | undefined> {
    let message: AgentMessage | undefined;
    const current = () => message ?? event.message;
    await this.ask(
      "message_end",
      () => ({ ...event, message: current() }),
      (answer, extension) => {
        if (!answer?.message) return;
        if (answer.message.role === current().role) {
          message = answer.message;
          return;
        }
        this.emitError({
          extensionPath: extension.path,
          event: "message_end",
          error: "message_end handlers must return a message with the same role",
        });
      },
    );
    return message;
  }

  /** The result that handlers made of it, each of the one before; `undefined` when none changed it. */
  async emitToolResult(event: Events.ToolResultEvent): Promise<Events.ToolResultEventResult | undefined> {
    const current = { ...event };
    let changed = false;
    await this.ask(
      "tool_result",
      () => current,
      (answer) => {
        for (const part of ["content", "details", "isError"] as const) {
          if (!answer || answer[part] === undefined) continue;
          Object.assign(current, { [part]: answer[part] });
          changed = true;
        }
      },
    );
    const { content, details, isError } = current;
    return changed ? { content, details, isError } : undefined;
  }

  /** The last answer, or the first that blocks. Rejects when a handler does: a call that was not allowed must not run. */
  async emitToolCall(event: Events.ToolCallEvent): Promise<Events.ToolCallEventResult | undefined> {
    const ctx = this.createContext();
    let result: Events.ToolCallEventResult | undefined;
    for (const extension of this.extensions) {
      for (const handler of extension.handlers.get("tool_call") ?? []) {
        const answer = (await handler(event, ctx)) as Events.ToolCallEventResult | undefined;
        if (!answer) continue;
        if (answer.block) return answer;
        result = answer;
      }
    }
    return result;
  }

  /** The first answer. */
  async emitUserBash(event: Events.UserBashEvent): Promise<Events.UserBashEventResult | undefined> {
    let result: Events.UserBashEventResult | undefined;
    await this.ask(
      "user_bash",
      () => event,
      (answer) => {
        result = answer || undefined;
        return result;
      },
    );
    return result;
  }

  /** What handlers made of a copy of the messages. */
  async emitContext(messages: AgentMessage[]): Promise<AgentMessage[]> {
    let current = structuredClone(messages);
    await this.ask(
      "context",
      () => ({ type: "context", messages: current }),
      (answer) => {
        if (answer?.messages) current = answer.messages;
      },
    );
    return current;
  }

  /** What handlers made of the payload. */
  async emitBeforeProviderRequest(payload: unknown): Promise<unknown> {
    let current = payload;
    const type = "before_provider_request";
    await this.ask(
      type,
      () => ({ type, payload: current }),
      (answer) => {
        if (answer !== undefined) current = answer;
      },
    );
    return current;
  }

  /** The messages to add, and the system prompt that handlers made of it; `undefined` when neither. */
  async emitBeforeAgentStart(
    prompt: string,
    images: ImageContent[] | undefined,
    systemPrompt: string,
    systemPromptOptions: BuildSystemPromptOptions,
  ): Promise<BeforeAgentStartCombinedResult | undefined> {
    const messages: BeforeAgentStartCombinedResult["messages"] = [];
    let current = systemPrompt;
    let changed = false;
    const ctx = this.createContext();
    ctx.getSystemPrompt = () => {
      this.assertActive();
      return current;
    };
    const type = "before_agent_start";
    const event = () => ({ type, prompt, images, systemPrompt: current, systemPromptOptions });
    await this.ask(
      type,
      event,
      (answer) => {
        if (answer?.message) messages.push(answer.message);
        if (!answer || answer.systemPrompt === undefined) return;
        current = answer.systemPrompt;
        changed = true;
      },
      ctx,
    );
    if (messages.length === 0 && !changed) return undefined;
    return {
      messages: messages.length > 0 ? messages : undefined,
      systemPrompt: changed ? current : undefined,
    };
  }

  /** The files and folders that extensions name. */
  async emitResourcesDiscover(
    cwd: string,
    reason: Events.ResourcesDiscoverEvent["reason"],
  ): Promise<Record<"skillPaths" | "promptPaths" | "themePaths", DiscoveredPath[]>> {
    const found = {
      skillPaths: [] as DiscoveredPath[],
      promptPaths: [] as DiscoveredPath[],
      themePaths: [] as DiscoveredPath[],
    };
    const type = "resources_discover";
    await this.ask(
      type,
      () => ({ type, cwd, reason }),
      (answer, extension) => {
        for (const sort of ["skillPaths", "promptPaths", "themePaths"] as const) {
          if (!answer?.[sort]?.length) continue;
          const paths: string[] = answer[sort];
          found[sort].push(...paths.map((path) => ({ path, extensionPath: extension.path })));
        }
      },
    );
    return found;
  }

  /** What handlers made of the text, each of what the one before did; the first that handles it ends the asking. */
  async emitInput(
    text: string,
    images: ImageContent[] | undefined,
    source: Events.InputSource,
  ): Promise<Events.InputEventResult> {
    const current = { text, images };
    let handled: Events.InputEventResult | undefined;
    await this.ask(
      "input",
      () => ({ type: "input", ...current, source }),
      (answer) => {
        if (answer?.action === "handled") {
          handled = answer;
          return true;
        }
        if (answer?.action !== "transform") return;
        current.text = answer.text;
        current.images = answer.images ?? current.images;
      },
    );
    if (handled) return handled;
    const changed = current.text !== text || current.images !== images;
    return changed ? { action: "transform", ...current } : { action: "continue" };
  }

  /** Asks the handlers of an event one after another, until `take` has enough. */
  private async ask(
    type: string,
    event: () => unknown,
    take: Take,
    ctx: ExtensionContext = this.createContext(),
  ): Promise<void> {
    for (const extension of this.extensions) {
      for (const handler of extension.handlers.get(type) ?? []) {
        try {
          if (take(await handler(event(), ctx), extension)) return;
        } catch (error) {
          this.failed(extension.path, type, error);
        }
      }
    }
  }
}

/** Tells extensions that they are about to be put away; gives whether there was anyone to tell. */
export async function emitSessionShutdownEvent(
  runner: ExtensionRunner,
  event: Events.SessionShutdownEvent,
): Promise<boolean> {
  const heard = runner.hasHandlers(event.type);
  if (heard) await runner.emit(event);
  return heard;
}
