import { bench, flags, median, number } from "./peers.mjs";
import { drain, hello, model, options, startProbe } from "./probe.mjs";

/** Tool arguments that arrive in many deltas; how often a host reads them is up to the host. */

const READS = { "at the end": Number.POSITIVE_INFINITY, "every 100th delta": 100, "each delta": 1 };
const SHAPES = [
  { deltas: 1000, bytes: 20_000 },
  { deltas: 1000, bytes: 200_000 },
  { deltas: 10_000, bytes: 200_000 },
];
const small = new Map();

await bench(import.meta.url, {
  title: "tool arguments: CPU of one stream, read at the end, every 100th delta or each delta",
  inputs: SHAPES.flatMap(({ deltas, bytes }) =>
    Object.keys(READS).map((read) => ({
      label: `${bytes / 1000} KB in ${deltas} deltas, read ${read}`,
      deltas,
      bytes,
      read,
      // Pi parses at every delta, read or not: one measurement serves for all three, and one round is long.
      peers: flags.full || read === "at the end" ? undefined : ["argent"],
      rounds: deltas === 10_000 && !flags.full ? 1 : 3,
    })),
  ),
  columns: { cpuMs: "ms", blockMs: "ms" },
  async work({ api, origin, input: { deltas, bytes, read } }) {
    const go = async (path, every) => {
      let seen = 0;
      let length = 0;
      await drain(api.stream(model(origin, path, "anthropic-messages"), hello(), options), (event) => {
        if (event.type === "toolcall_delta" && ++seen % every === 0) {
          length = event.partial.content[event.contentIndex].arguments.content?.length ?? 0;
        } else if (event.type === "toolcall_end") length = event.toolCall.arguments.content.length;
      });
      return length;
    };
    await go("flood/anthropic/tool/50/2000", 1);
    const stop = await startProbe();
    const length = await go(`flood/anthropic/tool/${deltas}/${bytes}`, READS[read]);
    if (length < bytes / 2) throw new Error(`arguments of ${length} characters`);
    return await stop();
  },
  after({ deltas, bytes, read }, results) {
    for (const [name, list] of results) {
      if (list.some((result) => result.failed)) continue;
      const cpu = median(list, "cpuMs");
      if (bytes < 200_000) small.set(name + read, cpu);
      // Deltas of 20 bytes on both sides, so that ten times the deltas is ten times the text.
      else if (deltas === 10_000 && small.has(name + read)) {
        console.log(
          `    ${name.padEnd(8)}growth exponent ${number(Math.log10(cpu / small.get(name + read)))}`,
        );
      }
    }
  },
});
