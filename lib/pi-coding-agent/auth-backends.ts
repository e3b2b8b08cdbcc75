// Where credentials are kept: in a file that only its owner can read, or nowhere.

import { join } from "node:path";
import { getAgentDir } from "./session-files.js";
import { type Exchange, SharedFile } from "./shared-file.js";

/** Where credentials are kept. */
export interface AuthStorageBackend {
  /** Hands the text to `fn` and keeps the `next` that it gives, all while nobody else can change it. */
  withLock<T>(fn: (current: string | undefined) => Exchange<T>): T;
  /** As `withLock`, for as long as `fn` takes. */
  withLockAsync<T>(fn: (current: string | undefined) => Promise<Exchange<T>>): Promise<T>;
}

/** Credentials in a file, `auth.json` of the agent's folder unless another is named; made when it is first used. */
export class FileAuthStorageBackend extends SharedFile implements AuthStorageBackend {
  constructor(authPath: string = join(getAgentDir(), "auth.json")) {
    super(authPath, true);
  }

  withLock<T>(fn: (current: string | undefined) => Exchange<T>): T {
    this.ensureParentDir();
    this.ensureFileExists("{}");
    return this.exchange(fn);
  }

  async withLockAsync<T>(fn: (current: string | undefined) => Promise<Exchange<T>>): Promise<T> {
    this.ensureParentDir();
    this.ensureFileExists("{}");
    return this.exchangeLater(fn);
  }
}

/** Credentials that go with the process. */
export class InMemoryAuthStorageBackend implements AuthStorageBackend {
  private value: string | undefined;

  withLock<T>(fn: (current: string | undefined) => Exchange<T>): T {
    return this.keep(fn(this.value));
  }

  async withLockAsync<T>(fn: (current: string | undefined) => Promise<Exchange<T>>): Promise<T> {
    return this.keep(await fn(this.value));
  }

  private keep<T>({ result, next }: Exchange<T>): T {
    if (next !== undefined) this.value = next;
    return result;
  }
}
