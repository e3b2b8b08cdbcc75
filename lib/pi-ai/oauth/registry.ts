// The providers of log-ins by their ids, and keys for requests from stored credentials.

import { anthropicOAuthProvider } from "./anthropic.js";
import { githubCopilotOAuthProvider } from "./github-copilot.js";
import { openaiCodexOAuthProvider } from "./openai-codex.js";
import { cleanError } from "./secrets.js";
import { shareFlight } from "./single-flight.js";
import type {
  OAuthCredentials,
  OAuthProviderId,
  OAuthProviderInfo,
  OAuthProviderInterface,
} from "./types.js";

const builtIn = [anthropicOAuthProvider, githubCopilotOAuthProvider, openaiCodexOAuthProvider];
const providers = new Map<string, OAuthProviderInterface>();
resetOAuthProviders();

/** The provider of an id. */
export function getOAuthProvider(id: OAuthProviderId): OAuthProviderInterface | undefined {
  return providers.get(id);
}

/** Adds a provider, in the place of one with the same id. */
export function registerOAuthProvider(provider: OAuthProviderInterface): void {
  providers.set(provider.id, provider);
}

/** Takes a provider away; one that stood in the place of a built-in gives it back. */
export function unregisterOAuthProvider(id: string): void {
  const original = builtIn.find((provider) => provider.id === id);
  if (original) providers.set(id, original);
  else providers.delete(id);
}

/** Leaves only the built-in providers. */
export function resetOAuthProviders(): void {
  providers.clear();
  for (const provider of builtIn) providers.set(provider.id, provider);
}

/** All providers, in the order in which they came. */
export function getOAuthProviders(): OAuthProviderInterface[] {
  return [...providers.values()];
}

/** @deprecated Use {@link getOAuthProviders}. */
export function getOAuthProviderInfoList(): OAuthProviderInfo[] {
  return getOAuthProviders().map(({ id, name }) => ({ id, name, available: true }));
}

/**
 * New credentials from a provider. Calls for one account at the same time are one.
 * @deprecated Use {@link getOAuthProvider} and its `refreshToken`.
 * @throws "Unknown OAuth provider: ...", or what the provider throws.
 */
export async function refreshOAuthToken(
  providerId: OAuthProviderId,
  credentials: OAuthCredentials,
): Promise<OAuthCredentials> {
  return refresh(knownProvider(providerId), credentials);
}

/**
 * The key for requests with an account, and the credentials to store, which are new ones if the old had expired; `null`
 * if there are no credentials for the provider.
 * @throws "Unknown OAuth provider: ...", or "Failed to refresh OAuth token for ..." whose `cause` says why.
 */
export async function getOAuthApiKey(
  providerId: OAuthProviderId,
  credentials: Record<string, OAuthCredentials>,
): Promise<{ newCredentials: OAuthCredentials; apiKey: string } | null> {
  const provider = knownProvider(providerId);
  let newCredentials = credentials[providerId];
  if (!newCredentials) return null;
  if (Date.now() >= newCredentials.expires) {
    const { refresh: token, access } = newCredentials;
    try {
      newCredentials = await refresh(provider, newCredentials);
    } catch (error) {
      const cause = cleanError(error, [token, access]);
      throw new Error(`Failed to refresh OAuth token for ${providerId}`, { cause });
    }
  }
  return { newCredentials, apiKey: provider.getApiKey(newCredentials) };
}

function knownProvider(id: OAuthProviderId): OAuthProviderInterface {
  const provider = providers.get(id);
  if (!provider) throw new Error(`Unknown OAuth provider: ${id}`);
  return provider;
}

function refresh(provider: OAuthProviderInterface, credentials: OAuthCredentials): Promise<OAuthCredentials> {
  // What else is stored says which account it is, and what a provider makes of it.
  const { access: _, expires: __, ...account } = credentials;
  return shareFlight(provider, JSON.stringify(account), async () => provider.refreshToken(credentials));
}
