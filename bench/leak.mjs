import { bench, flags } from "./peers.mjs";
import { breathe, drain, hello, model, options } from "./probe.mjs";

/** Streams one after the other in one process: does memory keep growing, are handles left behind? */

const STREAMS = flags.full ? 30_000 : 10_000;
const TOGETHER = 20;

await bench(import.meta.url, {
  title: `leaks: ${STREAMS} streams of 20 deltas in one process, ${TOGETHER} at a time, a tenth aborted`,
  inputs: [{ label: "after a third, to the end", streams: STREAMS }],
  execArgv: ["--expose-gc"],
  rounds: 1,
  columns: {
    rssSlope: "B/stream",
    heapSlope: "B/stream",
    rssMb: "MB",
    heapMb: "MB",
    handles: "left",
    cpuMs: "ms",
  },
  async work({ api, origin, input: { streams } }) {
    const before = process.getActiveResourcesInfo().length;
    const whole = model(origin, "flood/anthropic/text/20", "anthropic-messages");
    const stalled = model(origin, "stall/anthropic/5", "anthropic-messages");
    const one = async (index) => {
      if (index % 10 !== 0) return drain(api.stream(whole, hello(), options));
      const controller = new AbortController();
      const stream = api.stream(stalled, hello(), { ...options, signal: controller.signal });
      for await (const event of stream) if (event.type === "text_delta") controller.abort();
    };
    const samples = [];
    const every = streams / 30;
    const cpu = process.cpuUsage();
    for (let done = 0; done < streams; ) {
      await Promise.all(Array.from({ length: TOGETHER }, (_, i) => one(done + i)));
      done += TOGETHER;
      if (done % every < TOGETHER && done > streams / 3) {
        gc();
        const { rss, heapUsed } = process.memoryUsage();
        samples.push([done, rss, heapUsed]);
      }
    }
    const { user, system } = process.cpuUsage(cpu);
    // Longer than the keep-alive of the server, so that idle connections do not count.
    await breathe(6_000);
    const [, rss, heap] = samples[samples.length - 1];
    return {
      rssSlope: slope(samples, 1),
      heapSlope: slope(samples, 2),
      rssMb: rss / 1e6,
      heapMb: heap / 1e6,
      handles: process.getActiveResourcesInfo().length - before,
      cpuMs: (user + system) / 1000,
    };
  },
});

/** Least squares over the samples. */
function slope(samples, column) {
  const mean = (at) => samples.reduce((sum, sample) => sum + sample[at], 0) / samples.length;
  const [x, y] = [mean(0), mean(column)];
  const over = samples.reduce((sum, sample) => sum + (sample[0] - x) * (sample[column] - y), 0);
  return over / samples.reduce((sum, sample) => sum + (sample[0] - x) ** 2, 0);
}
