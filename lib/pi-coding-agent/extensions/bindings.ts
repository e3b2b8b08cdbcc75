// How extensions reach the session that they belong to.

import type { ModelRegistry, ProviderConfigInput } from "../model-registry.js";
import type { SessionManager } from "../session-manager.js";
import type {
  ExtensionCommandContext,
  ExtensionCommandContextActions,
  ExtensionContext,
  ExtensionContextActions,
} from "./context.js";
import type { Extension, ExtensionError } from "./extension.js";
import { ExtensionRegistry } from "./registry.js";
import { type ExtensionActions, type ExtensionRuntime, STALE } from "./runtime.js";
import { type ExtensionUIContext, noUI } from "./ui.js";

/** Takes what goes wrong in extensions. */
export type ExtensionErrorListener = (error: ExtensionError) => void;

/** Takes providers in place of the model registry. */
export interface ProviderActions {
  registerProvider?: (name: string, config: ProviderConfigInput) => void;
  unregisterProvider?: (name: string) => void;
}

const UNBOUND: ExtensionContextActions = {
  getModel: () => undefined,
  isIdle: () => true,
  getSignal: () => undefined,
  abort: () => {},
  hasPendingMessages: () => false,
  shutdown: () => {},
  getContextUsage: () => undefined,
  compact: () => {},
  getSystemPrompt: () => "",
};

const NO_COMMANDS: ExtensionCommandContextActions = {
  waitForIdle: async () => {},
  newSession: async () => ({ cancelled: false }),
  fork: async () => ({ cancelled: false }),
  navigateTree: async () => ({ cancelled: false }),
  switchSession: async () => ({ cancelled: false }),
  reload: async () => {},
};

const ACTIONS = [
  "sendMessage",
  "sendUserMessage",
  "appendEntry",
  "setSessionName",
  "getSessionName",
  "setLabel",
  "getActiveTools",
  "getAllTools",
  "setActiveTools",
  "refreshTools",
  "getCommands",
  "setModel",
  "getThinkingLevel",
  "setThinkingLevel",
] as const satisfies (keyof ExtensionActions)[];

/** Extensions with their session, once they are bound to it. */
export class BoundExtensions extends ExtensionRegistry {
  protected readonly cwd: string;
  protected readonly sessionManager: SessionManager;
  protected readonly modelRegistry: ModelRegistry;
  private uiContext: ExtensionUIContext = noUI;
  private session: ExtensionContextActions = UNBOUND;
  private commands: ExtensionCommandContextActions = NO_COMMANDS;
  private errorListeners = new Set<ExtensionErrorListener>();
  private staleMessage: string | undefined;

  constructor(
    extensions: Extension[],
    runtime: ExtensionRuntime,
    cwd: string,
    sessionManager: SessionManager,
    modelRegistry: ModelRegistry,
  ) {
    super(extensions, runtime);
    this.cwd = cwd;
    this.sessionManager = sessionManager;
    this.modelRegistry = modelRegistry;
  }

  /** Gives extensions their session; the providers that they have registered meanwhile are taken in. */
  bindCore(
    actions: ExtensionActions,
    contextActions: ExtensionContextActions,
    providerActions?: ProviderActions,
  ): void {
    const { runtime } = this;
    for (const name of ACTIONS) Object.assign(runtime, { [name]: actions[name] });
    this.session = { ...contextActions };
    const register = (name: string, config: ProviderConfigInput) => {
      if (providerActions?.registerProvider) providerActions.registerProvider(name, config);
      else this.modelRegistry.registerProvider(name, config);
    };
    for (const { name, config, extensionPath } of runtime.pendingProviderRegistrations) {
      try {
        register(name, config);
      } catch (error) {
        this.failed(extensionPath, "register_provider", error);
      }
    }
    runtime.pendingProviderRegistrations = [];
    runtime.registerProvider = register;
    runtime.unregisterProvider = (name) => {
      if (providerActions?.unregisterProvider) providerActions.unregisterProvider(name);
      else this.modelRegistry.unregisterProvider(name);
    };
  }

  /** Gives commands what they may do; without it they may do nothing. */
  bindCommandContext(actions?: ExtensionCommandContextActions): void {
    this.commands = actions ? { ...actions } : NO_COMMANDS;
  }

  setUIContext(uiContext?: ExtensionUIContext): void {
    this.uiContext = uiContext ?? noUI;
  }

  getUIContext(): ExtensionUIContext {
    return this.uiContext;
  }

  hasUI(): boolean {
    return this.uiContext !== noUI;
  }

  shutdown(): void {
    this.session.shutdown();
  }

  /** From now on all that extensions hold of the session throws, with this message. */
  invalidate(message: string = STALE): void {
    if (this.staleMessage) return;
    this.staleMessage = message;
    this.runtime.invalidate(message);
  }

  protected assertActive(): void {
    if (this.staleMessage) throw new Error(this.staleMessage);
  }

  /** Returns what ends the listening. */
  onError(listener: ExtensionErrorListener): () => void {
    this.errorListeners.add(listener);
    return () => this.errorListeners.delete(listener);
  }

  emitError(error: ExtensionError): void {
    for (const listener of this.errorListeners) listener(error);
  }

  protected failed(extensionPath: string, event: string, thrown: unknown): void {
    const known = thrown instanceof Error;
    this.emitError({
      extensionPath,
      event,
      error: known ? thrown.message : String(thrown),
      stack: known ? thrown.stack : undefined,
    });
  }

  /** What handlers and tools are given: it says how things are when it is asked. */
  createContext(): ExtensionContext {
    const live = <T>(read: () => T): (() => T) => {
      return () => {
        this.assertActive();
        return read();
      };
    };
    const { getModel } = this.session;
    const context = {
      isIdle: live(() => this.session.isIdle()),
      abort: live(() => this.session.abort()),
      hasPendingMessages: live(() => this.session.hasPendingMessages()),
      shutdown: live(() => this.session.shutdown()),
      getContextUsage: live(() => this.session.getContextUsage()),
      compact: (options) => {
        this.assertActive();
        this.session.compact(options);
      },
      getSystemPrompt: live(() => this.session.getSystemPrompt()),
    } as ExtensionContext;
    const read = {
      ui: () => this.uiContext,
      hasUI: () => this.hasUI(),
      cwd: () => this.cwd,
      sessionManager: () => this.sessionManager,
      modelRegistry: () => this.modelRegistry,
      model: () => getModel(),
      signal: () => this.session.getSignal(),
    };
    for (const [name, get] of Object.entries<() => unknown>(read)) {
      Object.defineProperty(context, name, { get: live(get), enumerable: true, configurable: true });
    }
    return context;
  }

  /** What commands are given. */
  createCommandContext(): ExtensionCommandContext {
    const context = this.createContext() as ExtensionCommandContext;
    for (const name of Object.keys(NO_COMMANDS) as (keyof ExtensionCommandContextActions)[]) {
      Object.assign(context, {
        [name]: (...args: never[]) => {
          this.assertActive();
          return (this.commands[name] as (...args: never[]) => Promise<unknown>)(...args);
        },
      });
    }
    return context;
  }
}
