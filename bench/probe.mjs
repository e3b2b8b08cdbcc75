import { monitorEventLoopDelay, performance } from "node:perf_hooks";

/**
 * What a stretch of work costs this process: CPU over all threads, wall time, main-thread blocks.
 *
 *     const stop = await startProbe();
 *     ...
 *     const cost = await stop();
 */
export async function startProbe() {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  // The monitor measures from tick to tick: without a tick before the work, the first block goes unseen.
  // For the same reason no `reset()` here: it forgets the last tick too.
  await breathe();
  const wall = performance.now();
  const cpu = process.cpuUsage();
  return async () => {
    const used = process.cpuUsage(cpu);
    const wallMs = performance.now() - wall;
    await breathe();
    delay.disable();
    const ms = (nanoseconds) => nanoseconds / 1e6;
    return {
      cpuMs: (used.user + used.system) / 1000,
      wallMs,
      delayP50: ms(delay.percentile(50)),
      delayP99: ms(delay.percentile(99)),
      blockMs: ms(delay.max),
    };
  };
}

export function model(origin, path, api) {
  return {
    id: "bench-model",
    name: "Bench",
    api,
    provider: api === "anthropic-messages" ? "anthropic" : "openai",
    baseUrl: `${origin}/${path}`,
    reasoning: false,
    input: ["text", "image"],
    cost: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
    contextWindow: 200_000,
    maxTokens: 64_000,
  };
}

export const hello = () => ({ messages: [{ role: "user", content: "hi", timestamp: Date.now() }] });

export const options = { apiKey: "sk-bench", maxRetries: 0 };

/** Reads a stream to its end and returns the number of events; a failure must not look like speed. */
export async function drain(stream, onEvent) {
  let events = 0;
  for await (const event of stream) {
    events++;
    onEvent?.(event);
    if (event.type === "error") throw new Error(event.error.errorMessage);
  }
  return events;
}

export const breathe = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms));
