import { bench } from "./peers.mjs";
import { hello, model, options } from "./probe.mjs";

/** How long after `abort()` the terminal event reaches the host. */

const SAMPLES = 50;

await bench(import.meta.url, {
  title: `abort to terminal event, ${SAMPLES} streams`,
  inputs: [
    { label: "in the middle of a stream", deltas: 5 },
    { label: "before the headers", deltas: 0 },
  ],
  rounds: 3,
  columns: { p50: "ms", p99: "ms", max: "ms" },
  async work({ api, origin, input: { deltas } }) {
    const target = model(origin, `stall/anthropic/${deltas}`, "anthropic-messages");
    const times = [];
    for (let i = 0; i < SAMPLES + 5; i++) {
      const controller = new AbortController();
      let aborted = 0;
      const abort = () => {
        aborted = performance.now();
        controller.abort();
      };
      const stream = api.stream(target, hello(), { ...options, signal: controller.signal });
      if (deltas === 0) setTimeout(abort, 30);
      let last;
      for await (const event of stream) {
        last = event;
        if (event.type === "text_delta" && aborted === 0) abort();
      }
      if (last?.type !== "error" || last.reason !== "aborted") throw new Error(`ended with ${last?.type}`);
      if (i >= 5) times.push(performance.now() - aborted);
    }
    times.sort((a, b) => a - b);
    return { p50: times[SAMPLES >> 1], p99: times[Math.floor(SAMPLES * 0.99)], max: times[SAMPLES - 1] };
  },
});
