// Providers by name, with keys from wherever there are any.

import { descriptions } from "./descriptions.js";
import { getEnvApiKey } from "./env-keys.js";
import { getProviderKey } from "./keys.js";
import { NativeProvider } from "./provider.js";
import type { ProviderConfig } from "./types.js";

/**
 * A provider with the key that the host gives.
 * @throws Error when there is no such provider, or no key.
 */
export function createProvider(name: string, config: ProviderConfig): NativeProvider {
  const provider = new NativeProvider(name, config);
  if (!config?.apiKey && !config?.oauthToken) throw new Error(`No API key for provider: ${name}`);
  return provider;
}

/** The host's key, else that of the dashboard's key store, else the environment's. */
async function withKey(name: string, config: ProviderConfig): Promise<NativeProvider> {
  const given = config.apiKey || config.oauthToken;
  const apiKey = given ? config.apiKey : ((await getProviderKey(name)) ?? getEnvApiKey(name));
  if (!given && !apiKey) {
    const variables = descriptions().get(name)?.keys.join(" or ");
    throw new Error(`No API key for provider: ${name}. Add one in the dashboard, or set ${variables}.`);
  }
  return new NativeProvider(name, { ...config, apiKey });
}

/** Makes a provider; rejects where no key is found. */
export type ProviderFactory = (config?: ProviderConfig) => Promise<NativeProvider>;

/** Anthropic, over its Messages API. */
export const createAnthropic: ProviderFactory = (config = {}) => withKey("anthropic", config);

/** OpenAI, or a server that imitates it, over chat completions. */
export const createOpenAI: ProviderFactory = (config = {}) => withKey("openai", config);

/** OpenAI, over its Responses API. */
export const createOpenAIResponses: ProviderFactory = (config = {}) => withKey("openai-responses", config);

/** OpenAI's Codex models, over its Responses API; with the plan `chatgpt` over a subscription. */
export const createOpenAICodex: ProviderFactory = (config = {}) => withKey("openai-codex", config);

/** Inception, over chat completions. */
export const createInception: ProviderFactory = (config = {}) => withKey("inception", config);

/** Google, over its Gemini API. */
export const createGoogle: ProviderFactory = (config = {}) => withKey("google", config);

/** xAI, over chat completions. */
export const createXAI: ProviderFactory = (config = {}) => withKey("xai", config);

/** MiniMax, over its Messages API; with the plan `chat` over chat completions. */
export const createMiniMax: ProviderFactory = (config = {}) => withKey("minimax", config);

/** Z.AI, over chat completions at the door of the coding plan; with the plan `standard` at the usual one. */
export const createZAI: ProviderFactory = (config = {}) =>
  withKey(config.plan === "coding" ? "zai-coding" : "zai", config);
