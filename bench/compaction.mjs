import { bench } from "./peers.mjs";
import { startProbe } from "./probe.mjs";
import { message } from "./session-files.mjs";

/** What a compaction of 100,000 entries is to do. Pi's `prepareCompaction` is inside its package. */

const COUNT = 100_000;
const SETTINGS = { enabled: true, reserveTokens: 16_384, keepRecentTokens: 20_000 };

await bench(import.meta.url, {
  title: "prepareCompaction of 100,000 entries",
  package: "pi-coding-agent",
  inputs: [
    { label: "never compacted", every: Number.POSITIVE_INFINITY },
    { label: "a compaction every 1,000", every: 1000 },
  ],
  columns: { cpuMs: "ms", wallMs: "ms" },
  async work({ api, module, input }) {
    const { prepareCompaction } = api.prepareCompaction
      ? api
      : await import(new URL("core/compaction/index.js", import.meta.resolve(module)));
    const path = entries(input.every);
    const stop = await startProbe();
    const { messagesToSummarize } = prepareCompaction(path, SETTINGS);
    const cost = await stop();
    if (messagesToSummarize.length < 100) throw new Error("not prepared");
    return cost;
  },
});

function entries(every) {
  const time = new Date(1_767_225_600_000).toISOString();
  return Array.from({ length: COUNT }, (_, at) => {
    const base = { id: `e${at}`, parentId: at > 0 ? `e${at - 1}` : null, timestamp: time };
    return at % every === every - 300
      ? { type: "compaction", ...base, summary: "so far", firstKeptEntryId: `e${at - 200}`, tokensBefore: 1 }
      : { type: "message", ...base, message: message(at) };
  });
}
