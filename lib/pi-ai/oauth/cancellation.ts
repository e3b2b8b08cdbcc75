// Giving up a log-in: every wait in it ends at once, with Pi's message.

/** Longer ones fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

const cancelled = () => new Error("Login cancelled");

/** Does the work of a log-in; whatever fails after the signal has aborted is the cancellation. */
export async function cancellable<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (signal?.aborted) throw cancelled();
  try {
    return await work();
  } catch (error) {
    throw signal?.aborted ? cancelled() : error;
  }
}

/** Settles as the promise does, or rejects when the signal aborts before. */
export function unlessCancelled<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(cancelled());
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** Waits so many milliseconds, unless the signal aborts. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(ms, LONGEST_TIMER));
  });
  try {
    await unlessCancelled(passed, signal);
  } finally {
    clearTimeout(timer);
  }
}
