import { bench } from "./peers.mjs";
import { drain, hello, model, options, startProbe } from "./probe.mjs";

/** A flood of text deltas: CPU per event over all threads. */

const DELTAS = 20_000;
const APIS = { anthropic: "anthropic-messages", chat: "openai-completions" };

await bench(import.meta.url, {
  title: `text stream: CPU per event, ${DELTAS} deltas in a flood`,
  inputs: Object.keys(APIS).map((protocol) => ({ label: protocol, protocol })),
  columns: { perEvent: "us", blockMs: "ms" },
  async work({ api, origin, input: { protocol } }) {
    const read = (deltas) =>
      drain(api.stream(model(origin, `flood/${protocol}/text/${deltas}`, APIS[protocol]), hello(), options));
    await read(2000);
    const stop = await startProbe();
    const events = (await read(DELTAS)) + (await read(DELTAS));
    const { cpuMs, blockMs } = await stop();
    if (events < DELTAS * 2) throw new Error(`only ${events} events`);
    return { perEvent: (cpuMs * 1000) / events, blockMs };
  },
});
