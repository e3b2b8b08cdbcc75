// How an abort reaches a tool at work.

import { Cancellation } from "../../native.js";

/** What a call that is aborted fails with. */
export function abortedError(): Error {
  return new Error("Operation aborted");
}

/**
 * Runs `work`, and fails as soon as the signal aborts. What `work` still does is then nobody's: `cancellation` tells
 * native work to stop, `aborted` the rest.
 */
export async function abortable<T>(
  signal: AbortSignal | undefined,
  work: (cancellation: Cancellation, aborted: () => boolean) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw abortedError();
  const cancellation = new Cancellation();
  if (!signal) return work(cancellation, () => false);
  let onAbort = () => {};
  const ended = new Promise<never>((_, reject) => {
    onAbort = () => {
      cancellation.cancel();
      reject(abortedError());
    };
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work(cancellation, () => signal.aborted), ended]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
