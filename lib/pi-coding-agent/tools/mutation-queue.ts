// Keeps changes of one file in order: a tool reads it only after the one before has written.

import { realpathSync } from "node:fs";
import { resolve } from "node:path";

/** The last change in line, by the file's real path. */
const queues = new Map<string, Promise<void>>();

/** Runs `fn` when all earlier ones for the same file have ended, whatever name it went by. */
export async function withFileMutationQueue<T>(filePath: string, fn: () => Promise<T>): Promise<T> {
  const key = realPath(resolve(filePath));
  const earlier = queues.get(key) ?? Promise.resolve();
  let leave = () => {};
  const turn = new Promise<void>((resolveTurn) => {
    leave = resolveTurn;
  });
  const last = earlier.then(() => turn);
  queues.set(key, last);
  await earlier;
  try {
    return await fn();
  } finally {
    leave();
    if (queues.get(key) === last) queues.delete(key);
  }
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
