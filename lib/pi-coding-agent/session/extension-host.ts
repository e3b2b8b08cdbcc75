// What extensions can do with a session, and what the host gives them.

import type { ThinkingLevel } from "../../pi-agent-core/types.js";
import type { ImageContent, TextContent } from "../../pi-ai/types.js";
import type {
  CompactOptions,
  ExtensionRunner,
  ProviderConfig,
  ReplacedSessionContext,
} from "../extensions/index.js";
import type { SlashCommandInfo } from "../slash-commands.js";
import type { AgentSession } from "./agent-session.js";
import type { CustomDelivery, CustomParts } from "./custom-messages.js";
import { saying } from "./transcript.js";
import type { AnyModel, ExtensionBindings } from "./types.js";

/** A session's side of its extensions. */
export class ExtensionHost {
  #bindings: ExtensionBindings = {};
  #stopListening: (() => void) | undefined;

  constructor(private readonly session: AgentSession) {}

  get isBound(): boolean {
    return Object.keys(this.#bindings).length > 0;
  }

  /** Takes what a host gives; what it does not name stays. */
  take(bindings: ExtensionBindings): void {
    const given = Object.entries(bindings).filter(([, value]) => value !== undefined);
    Object.assign(this.#bindings, Object.fromEntries(given));
  }

  /** Gives a runner what the host gave. */
  apply(runner: ExtensionRunner): void {
    const { uiContext, commandContextActions, onError } = this.#bindings;
    runner.setUIContext(uiContext);
    runner.bindCommandContext(commandContextActions);
    this.#stopListening?.();
    this.#stopListening = onError && runner.onError(onError);
  }

  /** Gives a runner the session. */
  bind(runner: ExtensionRunner): void {
    const { session } = this;
    runner.bindCore(this.#actions(runner), this.#context(), {
      registerProvider: (name: string, config: ProviderConfig) => {
        session.modelRegistry.registerProvider(name, config);
        refreshModel(session);
      },
      unregisterProvider: (name: string) => {
        session.modelRegistry.unregisterProvider(name);
        refreshModel(session);
      },
    });
  }

  #actions(runner: ExtensionRunner) {
    const { session } = this;
    const told = (event: string, sending: Promise<void>) => {
      sending.catch((error) => runner.emitError({ extensionPath: "<runtime>", event, error: saying(error) }));
    };
    return {
      sendMessage: (message: CustomParts, options?: CustomDelivery) =>
        told("send_message", session.sendCustomMessage(message, options)),
      sendUserMessage: (
        content: string | (TextContent | ImageContent)[],
        options?: { deliverAs?: "steer" | "followUp" },
      ) => told("send_user_message", session.sendUserMessage(content, options)),
      appendEntry: (customType: string, data?: unknown) => {
        session.sessionManager.appendCustomEntry(customType, data);
      },
      setSessionName: (name: string) => session.setSessionName(name),
      getSessionName: () => session.sessionManager.getSessionName(),
      setLabel: (entryId: string, label: string | undefined) => {
        session.sessionManager.appendLabelChange(entryId, label);
      },
      getActiveTools: () => session.getActiveToolNames(),
      getAllTools: () => session.getAllTools(),
      setActiveTools: (names: string[]) => session.setActiveToolsByName(names),
      refreshTools: () => session.tools.refresh(),
      getCommands: () => commandsOf(session, runner),
      setModel: async (model: AnyModel) => {
        if (!session.modelRegistry.hasConfiguredAuth(model)) return false;
        await session.setModel(model);
        return true;
      },
      getThinkingLevel: () => session.thinkingLevel,
      setThinkingLevel: (level: ThinkingLevel) => session.setThinkingLevel(level),
    };
  }

  #context() {
    const { session } = this;
    return {
      getModel: () => session.model,
      isIdle: () => !session.isStreaming,
      getSignal: () => session.agent.signal,
      abort: () => session.abort(),
      hasPendingMessages: () => session.pendingMessageCount > 0,
      shutdown: () => this.#bindings.shutdownHandler?.(),
      getContextUsage: () => session.getContextUsage(),
      compact: (options?: CompactOptions) => {
        const failed = (error: unknown) =>
          options?.onError?.(error instanceof Error ? error : new Error(String(error)));
        session
          .compact(options?.customInstructions)
          .then((result) => options?.onComplete?.(result))
          .catch(failed);
      },
      getSystemPrompt: () => session.systemPrompt,
    };
  }
}

/** What can be typed after a `/`. */
function commandsOf(session: AgentSession, runner: ExtensionRunner): SlashCommandInfo[] {
  const { skills } = session.resourceLoader.getSkills();
  return [
    ...runner.getRegisteredCommands().map((one) => command("extension", one, one.invocationName)),
    ...session.promptTemplates.map((one) => command("prompt", one, one.name)),
    ...skills.map((one) => command("skill", one, `skill:${one.name}`)),
  ];
}

function command(
  source: SlashCommandInfo["source"],
  { description, sourceInfo }: { description?: string; sourceInfo: SlashCommandInfo["sourceInfo"] },
  name: string,
): SlashCommandInfo {
  return { name, description, source, sourceInfo };
}

/** Takes the current model as the registry now has it. */
function refreshModel({ model, modelRegistry, agent }: AgentSession): void {
  const found = model && modelRegistry.find(model.provider, model.id);
  if (found && found !== model) agent.state.model = found;
}

/** A session's command context, whose messages go to that session. */
export function replacedContext(session: AgentSession): ReplacedSessionContext {
  const context = session.extensionRunner.createCommandContext();
  const own = Object.defineProperties(
    {} as ReplacedSessionContext,
    Object.getOwnPropertyDescriptors(context),
  );
  own.sendMessage = (message, options) => session.sendCustomMessage(message, options);
  own.sendUserMessage = (content, options) => session.sendUserMessage(content, options);
  return own;
}
