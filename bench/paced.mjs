import { get } from "node:http";
import { bench } from "./peers.mjs";
import { drain, hello, model, options, startProbe } from "./probe.mjs";

/** Many paced streams in one process: how late they end, and how long the loop is away. */

const APIS = { anthropic: "anthropic-messages", chat: "openai-completions" };
const DELTAS = 600;
const EVERY = 5;

await bench(import.meta.url, {
  title: `paced streams in one process: ${DELTAS} deltas, one every ${EVERY} ms; ideal ${(DELTAS * EVERY) / 1000} s`,
  inputs: [
    { label: "500 streams, anthropic", streams: 500, protocol: "anthropic" },
    { label: "500 streams, chat", streams: 500, protocol: "chat" },
    { label: "1000 streams, chat", streams: 1000, protocol: "chat" },
  ],
  // "sockets" only reads the bytes: what the server and the machine allow.
  floors: ["sockets"],
  rounds: 3,
  columns: { wallMs: "ms", cpuMs: "ms", delayP50: "ms", delayP99: "ms", blockMs: "ms" },
  async work({ api, origin, input: { streams, protocol } }) {
    const path = `paced/${protocol}/${DELTAS}/${EVERY}`;
    const one = api
      ? () => drain(api.stream(model(origin, path, APIS[protocol]), hello(), options))
      : () => read(`${origin}/${path}`);
    await one();
    const stop = await startProbe();
    await Promise.all(Array.from({ length: streams }, one));
    return await stop();
  },
});

function read(url) {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => response.on("error", reject).on("end", resolve).resume()).on(
      "error",
      reject,
    );
  });
}
