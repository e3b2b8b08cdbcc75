// Which providers there are, and which of them serves a model.

import { ArgentStreamAdapter } from "./argent-stream-adapter.js";
import { StreamAdapter } from "./stream-adapter.js";
import type {
  ArgentStreamOptions,
  ModelConfig,
  ProviderLike,
  StreamEvent,
  TurnRequest,
  TurnResponse,
} from "./types.js";

/** How a provider is registered. */
export interface RegistrationOptions {
  /** Whose it is, for {@link ProviderRegistry.unregisterBySource}. */
  sourceId?: string;
  /** The stronger of two with one name stays; of equal ones the newer. Default 0. */
  priority?: number;
}

/** Providers by name. */
export class ProviderRegistry {
  private readonly providers = new Map<string, { provider: ProviderLike } & RegistrationOptions>();
  private readonly overrides = new Map<string, string>();

  /** Adds a provider, unless a stronger one has its name. */
  register(provider: ProviderLike, { sourceId, priority = 0 }: RegistrationOptions = {}): void {
    const name = provider.name ?? provider.id;
    if (!name) throw new TypeError("A provider needs a name or an id");
    if (priority < (this.providers.get(name)?.priority ?? priority)) return;
    this.providers.set(name, { provider, sourceId, priority });
  }

  /** Takes a provider away; tells whether there was one. */
  unregister(name: string): boolean {
    return this.providers.delete(name);
  }

  /** Takes all providers of a source away; tells how many there were. */
  unregisterBySource(sourceId: string): number {
    const theirs = [...this.providers].filter(([, entry]) => entry.sourceId === sourceId);
    for (const [name] of theirs) this.providers.delete(name);
    return theirs.length;
  }

  get(name: string): ProviderLike | undefined {
    return this.providers.get(name)?.provider;
  }

  has(name: string): boolean {
    return this.providers.has(name);
  }

  /** The names, in the order of registration. */
  list(): string[] {
    return [...this.providers.keys()];
  }

  get size(): number {
    return this.providers.size;
  }

  /** Forgets providers and overrides. */
  clear(): void {
    this.providers.clear();
    this.overrides.clear();
  }

  /** Has a model served by a provider, whatever is hinted. */
  setModelOverride(modelId: string, providerName: string): void {
    this.overrides.set(modelId, providerName);
  }

  /** Takes an override away; tells whether there was one. */
  removeModelOverride(modelId: string): boolean {
    return this.overrides.delete(modelId);
  }

  /** The provider for a model: that of its override, else the one hinted at, else none. */
  resolve(modelId: string, providerHint?: string): ProviderLike | undefined {
    const override = this.overrides.get(modelId);
    const byOverride = override === undefined ? undefined : this.get(override);
    return byOverride ?? (providerHint === undefined ? undefined : this.get(providerHint));
  }

  /** One response of the provider for a model. */
  async execute(providerName: string, request: TurnRequest, model: ModelConfig): Promise<TurnResponse> {
    const provider = this.require(providerName, model);
    const execute = provider.execute ?? provider.complete;
    if (!execute) throw new TypeError(`Provider ${providerName} can only stream`);
    return execute.call(provider, request, model);
  }

  /** The events of one response of the provider for a model. */
  stream(providerName: string, request: TurnRequest, model: ModelConfig): AsyncIterable<StreamEvent> {
    return this.require(providerName, model).stream(request, model);
  }

  /** As `stream`, in Pi's events. */
  streamAsMessages(
    providerName: string,
    request: TurnRequest,
    model: ModelConfig,
    api?: string,
  ): StreamAdapter {
    return new StreamAdapter(this.stream(providerName, request, model), providerName, model.id, api);
  }

  /** As `streamAsMessages`, with the events of an agent's life between them. */
  streamAsArgent(
    providerName: string,
    request: TurnRequest,
    model: ModelConfig,
    agentId: string,
    options?: ArgentStreamOptions,
    api?: string,
  ): ArgentStreamAdapter {
    const messages = this.streamAsMessages(providerName, request, model, api);
    return new ArgentStreamAdapter(messages, agentId, options);
  }

  private require(providerName: string, { id }: ModelConfig): ProviderLike {
    const provider = this.resolve(id, providerName);
    if (!provider) throw new Error(`No provider registered for model ${id} (provider: ${providerName})`);
    return provider;
  }
}

/** The registry that the parts of a program share. Empty at first. */
export const defaultRegistry = new ProviderRegistry();
