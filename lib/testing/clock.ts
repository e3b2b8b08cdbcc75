// Time that passes only when nothing else is left to do. While it is installed the process's timers and `Date.now` follow
// it, so that deadlines of minutes take no time and always fall in the same order.

const real = { setTimeout, clearTimeout, setImmediate, now: Date.now };

/** Turns of the event loop without anything happening after which nothing is expected any more. */
const PATIENCE = 20;

interface Timer {
  at: number;
  run: () => void;
}

/** Work on simulated time can never end: no timer is set that could wake it. */
export class SimulationHang extends Error {
  override readonly name = "SimulationHang";
}

/** Simulated time, in milliseconds. */
export class SimulatedClock {
  /** The time. */
  now = 1_700_000_000_000;
  private readonly timers = new Set<Timer>();

  /**
   * Waits for work on simulated time. One clock at a time.
   * @throws SimulationHang when the work waits for nothing that could still happen; or what the work throws.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.install();
    try {
      let settled = false;
      const done = work().finally(() => {
        settled = true;
      });
      done.catch(() => {});
      for (let idle = 0; !settled; ) {
        await new Promise<void>((resolve) => real.setImmediate(resolve));
        if (settled || this.tick()) idle = 0;
        else if (++idle > PATIENCE) throw new SimulationHang("The work waits for what can never happen");
      }
      return await done;
    } finally {
      globalThis.setTimeout = real.setTimeout;
      globalThis.clearTimeout = real.clearTimeout;
      Date.now = real.now;
    }
  }

  /** Resolves after a time; rejects with the signal's reason if it aborts before. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        this.timers.delete(timer);
        reject(signal?.reason);
      };
      const timer = this.at(ms, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Calls a function after a time. */
  after(ms: number, run: () => void): void {
    this.at(ms, run);
  }

  private at(ms: number, run: () => void): Timer {
    const timer = { at: this.now + Math.max(0, ms), run };
    this.timers.add(timer);
    return timer;
  }

  /** Goes on to the next timer; `false` if there is none. */
  private tick(): boolean {
    let first: Timer | undefined;
    for (const timer of this.timers) if (!first || timer.at < first.at) first = timer;
    if (!first) return false;
    this.timers.delete(first);
    this.now = first.at;
    first.run();
    return true;
  }

  private install(): void {
    if (globalThis.setTimeout !== real.setTimeout) throw new Error("Timers are replaced already");
    const handles = new WeakMap<object, Timer>();
    globalThis.setTimeout = ((run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
      const handle = { ref: () => handle, unref: () => handle, hasRef: () => true };
      handles.set(
        handle,
        this.at(ms, () => run(...args)),
      );
      return handle;
    }) as unknown as typeof setTimeout;
    globalThis.clearTimeout = ((handle?: object) => {
      const timer = handle && handles.get(handle);
      if (timer) this.timers.delete(timer);
      else real.clearTimeout(handle as NodeJS.Timeout);
    }) as typeof clearTimeout;
    Date.now = () => this.now;
  }
}
