// The file in which Argent's dashboard keeps the keys of services.

import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { openSealed } from "../native.js";

/** One key of the file. */
export interface StoredKey {
  id: string;
  name: string;
  /** The environment variable that it stands for. */
  variable: string;
  value: string;
  service: string;
  category?: string;
  enabled?: boolean;
  createdAt?: string;
  updatedAt?: string;
}

/** Turns a value that only refers to a key, such as `op://...`, into the key; `undefined` if it cannot. */
export type KeyResolver = (value: string) => string | undefined | Promise<string | undefined>;

const SERVICES = new Map([
  ["anthropic", "Anthropic"],
  ["openai", "OpenAI"],
  ["openai-responses", "OpenAI"],
  ["openai-codex", "OpenAI"],
  ["google", "Google"],
  ["google-vertex", "Google"],
  ["google-gemini-cli", "Google"],
  ["zai", "Z.AI"],
  ["zai-coding", "Z.AI"],
  ["xai", "xAI"],
  ["groq", "Groq"],
  ["mistral", "Mistral"],
  ["minimax", "MiniMax"],
  ["perplexity", "Perplexity"],
  ["deepseek", "DeepSeek"],
  ["inception", "Inception"],
]);

/** Variables that go before whatever else a service has. */
const FIRST = new Map([
  ["inception", "INCEPTION_API_KEY"],
  ["zai-coding", "ZAI_CODING_API_KEY"],
]);

/** How long what was read counts, in milliseconds. */
const FRESH = 60_000;

/** Reads the keys. Disabled ones are invisible; a file that is not there has none. */
export class KeyManager {
  private cached: { at: number; keys: Promise<StoredKey[]> } | undefined;

  /**
   * @param path - the file; `~/.argentos/service-keys.json` unless given.
   * @param resolver - for values that are encrypted or refer to another store. Without one, values that the dashboard
   * has encrypted are read with its `.master-key` beside the file, if it is there.
   */
  constructor(
    private readonly path?: string,
    private readonly resolver?: KeyResolver,
  ) {}

  /** The key for a variable; `null` if there is none. */
  async getKey(variable: string): Promise<string | null> {
    return this.open((await this.getAllKeys()).find((key) => key.variable === variable));
  }

  /** The keys of a service, as the file has them. */
  async getKeysForService(service: string): Promise<StoredKey[]> {
    return (await this.getAllKeys()).filter((key) => key.service === service);
  }

  /** The first key of a service; `null` if there is none. */
  async getFirstKeyForService(service: string): Promise<string | null> {
    return this.open((await this.getKeysForService(service))[0]);
  }

  /** The key of a provider; `null` if there is none. */
  async getProviderKey(provider: string): Promise<string | null> {
    const variable = FIRST.get(provider);
    const service = SERVICES.get(provider);
    const own = variable ? await this.getKey(variable) : null;
    return own ?? (service ? this.getFirstKeyForService(service) : null);
  }

  /** All keys that are enabled, as the file has them. */
  async getAllKeys(): Promise<StoredKey[]> {
    const now = Date.now();
    if (!this.cached || now - this.cached.at > FRESH) this.cached = { at: now, keys: this.read() };
    try {
      return (await this.cached.keys).filter((key) => key.enabled !== false);
    } catch (error) {
      this.cached = undefined;
      throw error;
    }
  }

  /** Has the file read anew. */
  invalidateCache(): void {
    this.cached = undefined;
  }

  private get file(): string {
    return this.path ?? join(homedir(), ".argentos", "service-keys.json");
  }

  private async read(): Promise<StoredKey[]> {
    const text = await readFile(this.file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (text === undefined) return [];
    try {
      return (JSON.parse(text) as { keys?: StoredKey[] }).keys ?? [];
    } catch (error) {
      throw new Error(`Cannot read the keys in ${this.file}: ${(error as Error).message}`);
    }
  }

  /** The key behind a stored value. A value that stays closed must not pass for a key. */
  private async open(key: StoredKey | undefined): Promise<string | null> {
    if (!key?.value) return null;
    const { value, variable } = key;
    const encrypted = value.startsWith("enc:v1:");
    if (!encrypted && !value.startsWith("op://")) return value;
    const opened = (await this.resolver?.(value)) ?? (encrypted ? await this.decrypt(value) : undefined);
    if (opened) return opened;
    const what = encrypted
      ? "is encrypted and its master key is not at hand"
      : "is a reference to another store";
    throw new Error(`The key ${variable} in ${this.file} ${what}; give the KeyManager a resolver`);
  }

  private async decrypt(value: string): Promise<string | undefined> {
    const master = await readFile(join(this.file, "..", ".master-key")).catch(() => undefined);
    if (!master) return undefined;
    return openSealed(value, master) ?? undefined;
  }
}

let shared: KeyManager | undefined;

/** The manager of the usual file. */
export function getKeyManager(): KeyManager {
  shared ??= new KeyManager();
  return shared;
}

/** The key of a provider in the usual file. */
export function getProviderKey(provider: string): Promise<string | null> {
  return getKeyManager().getProviderKey(provider);
}

/** The key for a variable in the usual file. */
export function getKey(variable: string): Promise<string | null> {
  return getKeyManager().getKey(variable);
}
