// The models that a user can choose from, and what it takes to ask them.

import { join } from "node:path";
import { registerApiProvider } from "../pi-ai/api-registry.js";
import type { AssistantMessageEventStream } from "../pi-ai/event-stream.js";
import type { OAuthProviderInterface } from "../pi-ai/oauth/types.js";
import { registerOAuthProvider, resetOAuthProviders } from "../pi-ai/oauth.js";
import { resetApiProviders } from "../pi-ai/register-builtins.js";
import type { Api, Context, Model, SimpleStreamOptions } from "../pi-ai/types.js";
import type { AuthStorage } from "./auth-storage.js";
import type { AuthStatus } from "./auth-types.js";
import { builtInModels, definedModels, mergeModels } from "./model-lists.js";
import { checkProvider, type ModelsConfig, type RequestConfig, readModelsConfig } from "./models-config.js";
import { builtInProviderName } from "./provider-names.js";
import {
  resolveConfigValueOrThrow,
  resolveConfigValueUncached,
  resolveHeadersOrThrow,
} from "./resolve-config-value.js";
import { rememberSecret } from "./secrets.js";
import { getAgentDir } from "./session-files.js";

/** A model of a provider that an extension registers. */
export interface ProviderModelConfig {
  id: string;
  name: string;
  /** The provider's unless given. */
  api?: Api;
  /** The provider's unless given. */
  baseUrl?: string;
  reasoning: boolean;
  /** The provider's words for thinking levels; `null` for one that it does not have. */
  thinkingLevelMap?: Model<Api>["thinkingLevelMap"];
  input: ("text" | "image")[];
  /** US dollars for a million tokens. */
  cost: { input: number; output: number; cacheRead: number; cacheWrite: number };
  /** In tokens. */
  contextWindow: number;
  maxTokens: number;
  headers?: Record<string, string>;
  compat?: Model<Api>["compat"];
}

/** A provider that an extension registers. */
export interface ProviderConfigInput extends RequestConfig {
  /** Shown to users. */
  name?: string;
  /** Needed where there are models. */
  baseUrl?: string;
  api?: Api;
  /** Speaks `api`, in place of what does so now. */
  streamSimple?: (
    model: Model<Api>,
    context: Context,
    options?: SimpleStreamOptions,
  ) => AssistantMessageEventStream;
  /** How to log in. */
  oauth?: Omit<OAuthProviderInterface, "id">;
  /** These take the place of all that the provider has. */
  models?: ProviderModelConfig[];
}

/** What goes with a request, or why it cannot be made. */
export type ResolvedRequestAuth =
  | { ok: true; apiKey?: string; headers?: Record<string, string> }
  | { ok: false; error: string };

/** The models of the catalogue, of `models.json` and of extensions. */
export class ModelRegistry {
  private models: Model<Api>[] = [];
  private readonly providerRequestConfigs = new Map<string, RequestConfig>();
  private readonly modelRequestHeaders = new Map<string, Record<string, string>>();
  private readonly registeredProviders = new Map<string, ProviderConfigInput>();
  private loadError: string | undefined;

  private constructor(
    readonly authStorage: AuthStorage,
    private readonly modelsJsonPath: string | undefined,
  ) {
    this.loadModels();
  }

  /** With the models of a file, `models.json` of the agent's folder unless another is named. */
  static create(
    authStorage: AuthStorage,
    modelsJsonPath: string = join(getAgentDir(), "models.json"),
  ): ModelRegistry {
    return new ModelRegistry(authStorage, modelsJsonPath);
  }

  /** Without a file. */
  static inMemory(authStorage: AuthStorage): ModelRegistry {
    return new ModelRegistry(authStorage, undefined);
  }

  /** Reads the file anew, and registers what extensions have registered, and nothing else. */
  refresh(): void {
    resetApiProviders();
    resetOAuthProviders();
    this.loadModels();
    for (const [name, config] of this.registeredProviders) this.applyProviderConfig(name, config);
  }

  /** What is wrong with the file; then there are only the models of the catalogue. */
  getError(): string | undefined {
    return this.loadError;
  }

  /** All models. */
  getAll(): Model<Api>[] {
    return this.models;
  }

  /** The models that there is a key or a log-in for. */
  getAvailable(): Model<Api>[] {
    return this.models.filter((model) => this.hasConfiguredAuth(model));
  }

  /** A model by its provider and id. */
  find(provider: string, modelId: string): Model<Api> | undefined {
    return this.models.find((model) => model.provider === provider && model.id === modelId);
  }

  /** Whether there is a key or a log-in for a model. Nothing is refreshed or run. */
  hasConfiguredAuth(model: Model<Api>): boolean {
    return this.authStorage.hasAuth(model.provider) || this.configuredKey(model.provider) !== undefined;
  }

  /** What goes with a request to a model. */
  async getApiKeyAndHeaders(model: Model<Api>): Promise<ResolvedRequestAuth> {
    const { provider, id } = model;
    try {
      const config = this.providerRequestConfigs.get(provider);
      const apiKey =
        (await this.authStorage.getApiKey(provider, { includeFallback: false })) ??
        (config?.apiKey
          ? resolveConfigValueOrThrow(config.apiKey, `API key for provider "${provider}"`)
          : undefined);
      rememberSecret(apiKey);
      const headers = {
        ...model.headers,
        ...resolveHeadersOrThrow(config?.headers, `provider "${provider}"`),
        ...resolveHeadersOrThrow(
          this.modelRequestHeaders.get(this.getModelRequestKey(provider, id)),
          `model "${provider}/${id}"`,
        ),
      };
      if (config?.authHeader) {
        if (!apiKey) return { ok: false, error: `No API key found for "${provider}"` };
        headers.Authorization = `Bearer ${apiKey}`;
      }
      return { ok: true, apiKey, headers: Object.keys(headers).length > 0 ? headers : undefined };
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Where a provider's key comes from, without the key. Nothing is refreshed or run. */
  getProviderAuthStatus(provider: string): AuthStatus {
    const status = this.authStorage.getAuthStatus(provider);
    const key = this.configuredKey(provider);
    if (status.source || !key) return status;
    if (key.startsWith("!")) return { configured: true, source: "models_json_command" };
    if (process.env[key]) return { configured: true, source: "environment", label: key };
    return { configured: true, source: "models_json_key" };
  }

  /** What users know a provider by. */
  getProviderDisplayName(provider: string): string {
    const registered = this.registeredProviders.get(provider);
    const login = this.authStorage.getOAuthProviders().find(({ id }) => id === provider);
    return (
      registered?.name ?? registered?.oauth?.name ?? login?.name ?? builtInProviderName(provider) ?? provider
    );
  }

  /** The key for a provider. */
  async getApiKeyForProvider(provider: string): Promise<string | undefined> {
    const key = await this.authStorage.getApiKey(provider, { includeFallback: false });
    if (key !== undefined) return key;
    const configured = this.configuredKey(provider);
    const value = configured ? resolveConfigValueUncached(configured) : undefined;
    rememberSecret(value);
    return value;
  }

  /** Whether requests to a model go with a log-in. */
  isUsingOAuth(model: Model<Api>): boolean {
    return this.authStorage.get(model.provider)?.type === "oauth";
  }

  /**
   * Registers a provider, or changes one: its models take the place of those that it has; without models it only gets
   * another address, keys and headers.
   *
   * @throws Error if it lacks what it takes to ask it.
   */
  registerProvider(providerName: string, config: ProviderConfigInput): void {
    this.validateProviderConfig(providerName, config);
    this.applyProviderConfig(providerName, config);
    this.upsertRegisteredProvider(providerName, config);
  }

  /** Takes back what was registered for a provider. */
  unregisterProvider(providerName: string): void {
    if (this.registeredProviders.delete(providerName)) this.refresh();
  }

  private loadModels(): void {
    this.providerRequestConfigs.clear();
    this.modelRequestHeaders.clear();
    const config = this.modelsJsonPath ? this.loadCustomModels(this.modelsJsonPath) : { providers: {} };
    this.loadError = config.error;
    this.models = this.mergeCustomModels(this.loadBuiltInModels(config), this.parseModels(config));
    for (const provider of this.authStorage.getOAuthProviders()) this.modifyModels(provider.id, provider);
  }

  private loadCustomModels(path: string): ModelsConfig {
    const config = readModelsConfig(path, (read) => this.validateConfig(read));
    for (const [name, entry] of Object.entries(config.providers)) {
      this.storeProviderRequestConfig(name, entry);
      for (const [id, { headers }] of Object.entries(entry.modelOverrides ?? {})) {
        this.storeModelHeaders(name, id, headers);
      }
    }
    return config;
  }

  private validateConfig({ providers }: ModelsConfig): void {
    for (const [name, entry] of Object.entries(providers)) checkProvider(name, entry);
  }

  private loadBuiltInModels({ providers }: ModelsConfig): Model<Api>[] {
    return builtInModels(providers);
  }

  private parseModels({ providers }: ModelsConfig): Model<Api>[] {
    for (const [name, { models = [] }] of Object.entries(providers)) {
      for (const { id, headers } of models) this.storeModelHeaders(name, id, headers);
    }
    return definedModels(providers);
  }

  private mergeCustomModels(builtIn: Model<Api>[], custom: Model<Api>[]): Model<Api>[] {
    return mergeModels(builtIn, custom);
  }

  /** Lets a provider of log-ins change the models, such as their addresses, if the user is logged in. */
  private modifyModels(id: string, provider: Pick<OAuthProviderInterface, "modifyModels">): void {
    const login = this.authStorage.get(id);
    if (login?.type !== "oauth" || !provider.modifyModels) return;
    this.models = provider.modifyModels(this.models, login);
  }

  private configuredKey(provider: string): string | undefined {
    return this.providerRequestConfigs.get(provider)?.apiKey;
  }

  private storeProviderRequestConfig(provider: string, config: RequestConfig): void {
    const { apiKey, headers, authHeader } = config;
    if (apiKey || headers || authHeader) {
      this.providerRequestConfigs.set(provider, { apiKey, headers, authHeader });
    }
  }

  private storeModelHeaders(provider: string, id: string, headers?: Record<string, string>): void {
    const key = this.getModelRequestKey(provider, id);
    if (headers && Object.keys(headers).length > 0) this.modelRequestHeaders.set(key, headers);
    else this.modelRequestHeaders.delete(key);
  }

  private getModelRequestKey(provider: string, id: string): string {
    return `${provider}:${id}`;
  }

  private upsertRegisteredProvider(name: string, config: ProviderConfigInput): void {
    const given = Object.entries(config).filter(([, value]) => value !== undefined);
    this.registeredProviders.set(name, {
      ...this.registeredProviders.get(name),
      ...Object.fromEntries(given),
    });
  }

  private validateProviderConfig(name: string, config: ProviderConfigInput): void {
    const { api, apiKey, baseUrl, oauth, streamSimple, models = [] } = config;
    if (streamSimple && !api) {
      throw new Error(`Provider ${name}: "api" is required when registering streamSimple.`);
    }
    if (models.length === 0) return;
    if (!baseUrl) throw new Error(`Provider ${name}: "baseUrl" is required when defining models.`);
    if (!apiKey && !oauth) {
      throw new Error(`Provider ${name}: "apiKey" or "oauth" is required when defining models.`);
    }
    const mute = models.find((model) => !model.api && !api);
    if (mute) throw new Error(`Provider ${name}, model ${mute.id}: no "api" specified.`);
  }

  private applyProviderConfig(provider: string, config: ProviderConfigInput): void {
    const { api, baseUrl, headers, oauth, streamSimple, models = [] } = config;
    if (oauth) registerOAuthProvider({ ...oauth, id: provider });
    if (streamSimple) {
      registerApiProvider(
        {
          api: api as Api,
          stream: (model, context, options) => streamSimple(model, context, options),
          streamSimple,
        },
        `provider:${provider}`,
      );
    }
    this.storeProviderRequestConfig(provider, config);
    if (models.length > 0) {
      const others = this.models.filter((model) => model.provider !== provider);
      this.models = [...others, ...models.map((model) => registeredModel(provider, config, model))];
      for (const { id, headers } of models) this.storeModelHeaders(provider, id, headers);
      if (oauth) this.modifyModels(provider, oauth);
    } else if (baseUrl || headers) {
      this.models = this.models.map((model) =>
        model.provider === provider ? { ...model, baseUrl: baseUrl ?? model.baseUrl } : model,
      );
    }
  }
}

function registeredModel(
  provider: string,
  config: ProviderConfigInput,
  model: ProviderModelConfig,
): Model<Api> {
  return {
    id: model.id,
    name: model.name,
    api: (model.api || config.api) as Api,
    provider,
    baseUrl: (model.baseUrl ?? config.baseUrl) as string,
    reasoning: model.reasoning,
    thinkingLevelMap: model.thinkingLevelMap,
    input: model.input,
    cost: model.cost,
    contextWindow: model.contextWindow,
    maxTokens: model.maxTokens,
    headers: undefined,
    compat: model.compat,
  };
}
