// The keys and log-ins of a user.

import { findEnvKeys, getEnvApiKey } from "../pi-ai/env-api-keys.js";
import { cleanError } from "../pi-ai/oauth/secrets.js";
import type {
  OAuthCredentials,
  OAuthLoginCallbacks,
  OAuthProviderId,
  OAuthProviderInterface,
} from "../pi-ai/oauth/types.js";
import { getOAuthApiKey, getOAuthProvider, getOAuthProviders } from "../pi-ai/oauth.js";
import {
  type AuthStorageBackend,
  FileAuthStorageBackend,
  InMemoryAuthStorageBackend,
} from "./auth-backends.js";
import type { AuthCredential, AuthStatus, AuthStorageData, OAuthCredential } from "./auth-types.js";
import { resolveConfigValue } from "./resolve-config-value.js";
import { rememberSecret } from "./secrets.js";
import { isRecord } from "./settings-migration.js";

/** A key for requests, and the credentials that it is of. */
type Refreshed = { apiKey: string; newCredentials: OAuthCredentials };

/**
 * Stored credentials, and where else keys come from. What cannot be read is reported by `drainErrors` and never
 * overwritten; what cannot be written is kept in memory and goes out with the next change.
 */
export class AuthStorage {
  private data: AuthStorageData = {};
  private runtimeOverrides = new Map<string, string>();
  private fallbackResolver?: (provider: string) => string | undefined;
  private loadError: Error | null = null;
  private errors: Error[] = [];
  /** What was changed here and is not in the storage yet; `undefined` for what was removed. */
  private readonly unsaved = new Map<string, AuthCredential | undefined>();
  /** What was changed since its refresh began: the user may log in anew, or out, meanwhile. */
  private readonly changedNow = new Set<string>();
  private readonly refreshes = new Map<string, Promise<Refreshed | null>>();

  private constructor(private readonly storage: AuthStorageBackend) {
    this.reload();
  }

  /** The credentials in a file, `auth.json` of the agent's folder unless another is named. */
  static create(authPath?: string): AuthStorage {
    return new AuthStorage(new FileAuthStorageBackend(authPath));
  }

  /** The credentials in a storage of the host's. */
  static fromStorage(storage: AuthStorageBackend): AuthStorage {
    return new AuthStorage(storage);
  }

  /** Credentials that go with the process. */
  static inMemory(data: AuthStorageData = {}): AuthStorage {
    const storage = new InMemoryAuthStorageBackend();
    storage.withLock(() => ({ result: undefined, next: serialized(data) }));
    return AuthStorage.fromStorage(storage);
  }

  /** Sets a key that comes before all others and is not stored. */
  setRuntimeApiKey(provider: string, apiKey: string): void {
    this.runtimeOverrides.set(provider, apiKey);
  }

  /** Takes away what {@link setRuntimeApiKey} has set. */
  removeRuntimeApiKey(provider: string): void {
    this.runtimeOverrides.delete(provider);
  }

  /** Sets where to look for keys that are nowhere else. */
  setFallbackResolver(resolver: (provider: string) => string | undefined): void {
    this.fallbackResolver = resolver;
  }

  /** Reads the credentials anew. */
  reload(): void {
    try {
      this.storage.withLock((current) => {
        this.adopt(this.parseStorageData(current));
        return { result: undefined };
      });
    } catch (error) {
      this.loadError = asError(error);
      this.recordError(error);
    }
  }

  /** What is stored for a provider. */
  get(provider: string): AuthCredential | undefined {
    return this.has(provider) ? (this.data[provider] ?? undefined) : undefined;
  }

  /** Stores what is to be used for a provider. */
  set(provider: string, credential: AuthCredential): void {
    this.data[provider] = credential;
    this.persistProviderChange(provider, credential);
  }

  /** Removes what is stored for a provider. */
  remove(provider: string): void {
    delete this.data[provider];
    this.persistProviderChange(provider, undefined);
  }

  /** The providers that something is stored for. */
  list(): string[] {
    return Object.keys(this.data);
  }

  /** Whether something is stored for a provider. */
  has(provider: string): boolean {
    return Object.hasOwn(this.data, provider);
  }

  /** Whether there is a key for a provider, from wherever. Nothing is refreshed. */
  hasAuth(provider: string): boolean {
    return (
      this.runtimeOverrides.has(provider) ||
      !!this.get(provider) ||
      !!getEnvApiKey(provider) ||
      !!this.fallbackResolver?.(provider)
    );
  }

  /** Where the key for a provider comes from, without the key. Nothing is refreshed. */
  getAuthStatus(provider: string): AuthStatus {
    if (this.get(provider)) return { configured: true, source: "stored" };
    if (this.runtimeOverrides.has(provider)) {
      return { configured: false, source: "runtime", label: "--api-key" };
    }
    const [variable] = findEnvKeys(provider) ?? [];
    if (variable) return { configured: false, source: "environment", label: variable };
    if (this.fallbackResolver?.(provider)) {
      return { configured: false, source: "fallback", label: "custom provider config" };
    }
    return { configured: false };
  }

  /** All that is stored. */
  getAll(): AuthStorageData {
    return { ...this.data };
  }

  /** What went wrong since the last call. */
  drainErrors(): Error[] {
    const drained = this.errors;
    this.errors = [];
    return drained;
  }

  /** Logs in, and stores what that gives. */
  async login(providerId: OAuthProviderId, callbacks: OAuthLoginCallbacks): Promise<void> {
    const provider = getOAuthProvider(providerId);
    if (!provider) throw new Error(`Unknown OAuth provider: ${providerId}`);
    const credentials = await provider.login(callbacks);
    this.set(providerId, { type: "oauth", ...credentials });
  }

  /** Forgets a log-in. */
  logout(provider: string): void {
    this.remove(provider);
  }

  /**
   * The key for a provider: one that was set for this process, else the stored one or that of the stored log-in, which
   * is refreshed when its time is up, else one from the environment, else one from the fallback. `undefined` if there is
   * none, or if the log-in cannot be refreshed.
   */
  async getApiKey(providerId: string, options?: { includeFallback?: boolean }): Promise<string | undefined> {
    const key = await this.findApiKey(providerId, options?.includeFallback !== false);
    rememberSecret(key);
    return key;
  }

  /** All providers that one can log in to. */
  getOAuthProviders(): OAuthProviderInterface[] {
    return getOAuthProviders();
  }

  private async findApiKey(providerId: string, includeFallback: boolean): Promise<string | undefined> {
    const runtimeKey = this.runtimeOverrides.get(providerId);
    if (runtimeKey) return runtimeKey;
    const credential = this.get(providerId);
    if (credential?.type === "api_key") return resolveConfigValue(credential.key);
    if (credential?.type === "oauth") {
      const provider = getOAuthProvider(providerId);
      if (!provider) return undefined;
      if (!hasExpired(credential)) return provider.getApiKey(credential);
      const key = await this.refreshedKey(provider, credential);
      if (key !== null) return key;
      const successor = this.get(providerId);
      if (successor && !(successor.type === "oauth" && hasExpired(successor))) {
        return this.findApiKey(providerId, includeFallback);
      }
    }
    const key = getEnvApiKey(providerId);
    if (key || !includeFallback) return key;
    return this.fallbackResolver?.(providerId) ?? undefined;
  }

  /**
   * The key of a log-in whose time is up; `null` if there is no such log-in any more. When the refresh fails, another
   * program may have been quicker: what it stored is taken, or refreshed in turn, once.
   */
  private async refreshedKey(
    provider: OAuthProviderInterface,
    credential: OAuthCredential,
    isLast = false,
  ): Promise<string | null | undefined> {
    const { id } = provider;
    try {
      return (await this.refreshOAuthTokenWithLock(id))?.apiKey ?? null;
    } catch (error) {
      this.recordError(error);
    }
    const tried = this.oauth(id) ?? credential;
    this.reload();
    const stored = this.oauth(id);
    if (!stored) return undefined;
    if (!hasExpired(stored)) return provider.getApiKey(stored);
    if (isLast || stored.refresh === tried.refresh) return undefined;
    return this.refreshedKey(provider, stored, true);
  }

  /** Refreshes a log-in, unless that is being done. */
  private refreshOAuthTokenWithLock(providerId: string): Promise<Refreshed | null> {
    const running = this.refreshes.get(providerId);
    if (running) return running;
    const refresh = this.refresh(providerId).finally(() => {
      this.refreshes.delete(providerId);
      this.save();
    });
    this.refreshes.set(providerId, refresh);
    return refresh;
  }

  private async refresh(providerId: string): Promise<Refreshed | null> {
    const provider = getOAuthProvider(providerId);
    if (!provider) return null;
    let fresh: Refreshed | null = null;
    let written: [string, AuthCredential | undefined][] = [];
    try {
      await this.storage.withLockAsync(async (current) => {
        const stored = this.parseStorageData(current);
        this.adopt(stored);
        const credential = this.oauth(providerId);
        if (!credential) return { result: undefined };
        if (!hasExpired(credential)) {
          fresh = { apiKey: provider.getApiKey(credential), newCredentials: credential };
          return { result: undefined };
        }
        this.changedNow.delete(providerId);
        const refreshed = await getOAuthApiKey(providerId, this.logins());
        if (!refreshed || this.changedNow.has(providerId)) return { result: undefined };
        fresh = refreshed;
        const renewed = { ...credential, ...refreshed.newCredentials };
        rememberLogin(renewed);
        this.data[providerId] = renewed;
        this.unsaved.set(providerId, renewed);
        written = [...this.unsaved];
        return { result: undefined, next: serialized(this.changed(stored)) };
      });
      for (const [id, credential] of written) {
        if (this.unsaved.get(id) === credential) this.unsaved.delete(id);
      }
    } catch (error) {
      // What was refreshed counts, and is saved when it can be: the old token may be spent.
      if (!fresh) throw error;
      this.recordError(error);
    }
    return fresh;
  }

  private oauth(provider: string): OAuthCredential | undefined {
    const credential = this.get(provider);
    return credential?.type === "oauth" ? credential : undefined;
  }

  private logins(): Record<string, OAuthCredential> {
    const all = Object.entries(this.data);
    return Object.fromEntries(
      all.filter((entry): entry is [string, OAuthCredential] => entry[1]?.type === "oauth"),
    );
  }

  private recordError(error: unknown): void {
    const secrets = Object.values(this.data).flatMap((credential) => Object.values(credential ?? {}));
    const texts = secrets.filter((secret) => typeof secret === "string");
    this.errors.push(cleanError(asError(error), texts) as Error);
  }

  private parseStorageData(text: string | undefined): AuthStorageData {
    if (!text) return {};
    const data: unknown = JSON.parse(text);
    if (!isRecord(data)) throw new Error("Credentials must be a JSON object");
    return data as AuthStorageData;
  }

  /** Takes over what is stored; what is not saved yet stays. */
  private adopt(stored: AuthStorageData): void {
    this.data = this.changed(stored);
    for (const login of Object.values(this.logins())) rememberLogin(login);
    this.loadError = null;
  }

  private changed(stored: AuthStorageData): AuthStorageData {
    const data = { ...stored };
    for (const [provider, credential] of this.unsaved) {
      if (credential) data[provider] = credential;
      else delete data[provider];
    }
    return data;
  }

  private persistProviderChange(provider: string, credential: AuthCredential | undefined): void {
    this.unsaved.set(provider, credential);
    this.changedNow.add(provider);
    if (credential?.type === "oauth") rememberLogin(credential);
    this.save();
  }

  /** Brings what was changed to the storage. A refresh holds its lock, so that waits for the end of that. */
  private save(): void {
    if (this.loadError || this.refreshes.size > 0 || this.unsaved.size === 0) return;
    try {
      this.storage.withLock((current) => ({
        result: undefined,
        next: serialized(this.changed(this.parseStorageData(current))),
      }));
      this.unsaved.clear();
    } catch (error) {
      this.recordError(error);
    }
  }
}

function hasExpired(credential: OAuthCredential): boolean {
  return Date.now() >= credential.expires;
}

function rememberLogin({ refresh, access }: OAuthCredentials): void {
  rememberSecret(refresh);
  rememberSecret(access);
}

function serialized(data: AuthStorageData): string {
  return JSON.stringify(data, null, 2);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
