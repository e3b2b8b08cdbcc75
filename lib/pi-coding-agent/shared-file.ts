// Files that other programs write too: read and written under the lock that Pi takes.

import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { createSettings, FileLock, lockFile, readSettings } from "../native.js";

/** What comes of looking at a file: a result, and the file's next text if it is to change. */
export interface Exchange<T> {
  result: T;
  next?: string;
}

/** A file that other programs write too. If it is private, nobody but its owner may read it. */
export class SharedFile {
  private readonly path: string;

  constructor(
    path: string,
    private readonly isPrivate: boolean,
  ) {
    this.path = resolve(path);
  }

  /**
   * Hands the text to `fn`, `undefined` if there is no file, and writes what it gives, whole or not at all. While
   * another program holds the lock for long, the file can still be read.
   *
   * @throws Error with a `code`: `ELOCKED` when it is time to write and the lock is not to be had.
   */
  protected exchange<T>(fn: (current: string | undefined) => Exchange<T>): T {
    let lock: FileLock | undefined;
    let refusal: unknown;
    if (existsSync(this.path)) {
      try {
        lock = this.acquireLockSyncWithRetry();
      } catch (error) {
        refusal = error;
      }
    }
    try {
      let exchanged = fn(this.read());
      if (exchanged.next === undefined) return exchanged.result;
      if (refusal) throw refusal;
      if (!lock) {
        this.ensureParentDir();
        this.ensureFileExists("");
        lock = this.acquireLockSyncWithRetry();
        // Another program may have written by now.
        const current = this.read();
        if (current) exchanged = fn(current);
      }
      if (exchanged.next !== undefined) lock.write(exchanged.next, this.isPrivate);
      return exchanged.result;
    } finally {
      lock?.release();
    }
  }

  /** As {@link exchange} with a file that is there; the lock is kept for as long as `fn` takes. */
  protected async exchangeLater<T>(fn: (current: string | undefined) => Promise<Exchange<T>>): Promise<T> {
    const lock = await lockFile(this.path).catch((error: Error) => {
      const [code, message] = error.message.split("\n");
      throw Object.assign(new Error(message), { code });
    });
    const release = () => lock.release();
    process.once("exit", release);
    try {
      const { result, next } = await fn(this.read());
      if (next !== undefined) lock.write(next, this.isPrivate);
      return result;
    } finally {
      process.off("exit", release);
      release();
    }
  }

  protected ensureParentDir(): void {
    mkdirSync(dirname(this.path), { recursive: true, mode: this.isPrivate ? 0o700 : 0o777 });
  }

  protected ensureFileExists(text: string): void {
    createSettings(this.path, text, this.isPrivate);
  }

  protected acquireLockSyncWithRetry(): FileLock {
    return FileLock.take(this.path);
  }

  private read(): string | undefined {
    return readSettings(this.path) ?? undefined;
  }
}
