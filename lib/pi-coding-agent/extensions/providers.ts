// Providers that extensions bring.

import type { AssistantMessageEventStream } from "../../pi-ai/event-stream.js";
import type { Api, Context, Model, SimpleStreamOptions } from "../../pi-ai/types.js";
import type { OAuthCredentials, OAuthLoginCallbacks } from "./oauth.js";

/** What an extension says of a provider. */
export interface ProviderConfig {
  /** For people. */
  name?: string;
  /** Needed with `models`; without them it is the new address of the models that are known. */
  baseUrl?: string;
  /** The key, or the name of the environment variable that has it; needed with `models` unless there is `oauth`. */
  apiKey?: string;
  /** Needed with `models` unless each has its own. */
  api?: Api;
  /** Asks the provider, for an API of the extension's own. */
  streamSimple?: (
    model: Model<Api>,
    context: Context,
    options?: SimpleStreamOptions,
  ) => AssistantMessageEventStream;
  headers?: Record<string, string>;
  /** Whether the key is also sent as `Authorization: Bearer`. */
  authHeader?: boolean;
  /** In place of all that the provider had. */
  models?: ProviderModelConfig[];
  /** How to log in. */
  oauth?: {
    name: string;
    login(callbacks: OAuthLoginCallbacks): Promise<OAuthCredentials>;
    refreshToken(credentials: OAuthCredentials): Promise<OAuthCredentials>;
    getApiKey(credentials: OAuthCredentials): string;
    modifyModels?(models: Model<Api>[], credentials: OAuthCredentials): Model<Api>[];
  };
}

/** What an extension says of a model. */
export interface ProviderModelConfig {
  id: string;
  /** For people. */
  name: string;
  api?: Api;
  baseUrl?: string;
  /** Whether it can think. */
  reasoning: boolean;
  thinkingLevelMap?: Model<Api>["thinkingLevelMap"];
  input: ("text" | "image")[];
  /** Dollars for a million tokens. */
  cost: { input: number; output: number; cacheRead: number; cacheWrite: number };
  /** Tokens. */
  contextWindow: number;
  /** Tokens of an answer. */
  maxTokens: number;
  headers?: Record<string, string>;
  compat?: Model<Api>["compat"];
}

/** What knows the models and their keys, as far as extensions add to it. */
export interface ModelRegistry {
  registerProvider(name: string, config: ProviderConfig): void;
  unregisterProvider(name: string): void;
}
