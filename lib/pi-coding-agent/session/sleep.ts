// A wait that can be given up.

/** Resolves after `ms` milliseconds; rejects as soon as the signal aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = () => {
      clearTimeout(timer);
      reject(new Error("Aborted"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", give);
      resolve();
    }, ms);
    if (signal.aborted) give();
    else signal.addEventListener("abort", give, { once: true });
  });
}
