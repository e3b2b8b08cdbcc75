// Giving up a turn, at every phase and over both transports.

import { getEventListeners } from "node:events";
import { failureOf, type StreamOptions, stream } from "argent-runtime/pi-ai";
import { describe, expect, it } from "vitest";
import { anthropicModel, collect, lastMessage, saying } from "./support/models.js";
import { anthropic, sse, sseThenSilence, startProvider } from "./support/provider.js";

const provider = await startProvider();
const claude = anthropicModel(provider.url);
const half = anthropic.start + anthropic.open(0, { type: "text", text: "" }) + anthropic.text(0, "so far");

const transports: [string, object][] = [
  ["native", {}],
  ["fetch", { fetch: (...args: Parameters<typeof fetch>) => fetch(...args) }],
];

describe.each(transports)("over %s", (_, transport) => {
  const start = (options: StreamOptions) =>
    stream(claude, saying("hi"), { apiKey: "key", ...transport, ...options });

  it("before the call sends nothing", async () => {
    const message = lastMessage(await collect(start({ signal: AbortSignal.abort() })));
    expect(message).toMatchObject({
      stopReason: "aborted",
      errorMessage: "Request was aborted.",
      content: [],
    });
    expect(provider.received).toHaveLength(0);
  });

  it("before the response ends the turn and closes the connection", async () => {
    const controller = new AbortController();
    const closed = new Promise((resolve) => {
      provider.scripts = [
        (response) => {
          response.on("close", resolve);
          controller.abort();
        },
      ];
    });
    const turn = start({ signal: controller.signal });
    const message = lastMessage(await collect(turn));
    expect(message).toMatchObject({ stopReason: "aborted", errorMessage: "Request was aborted." });
    expect(failureOf(message)?.kind).toBe("aborted");
    await closed;
  });

  it("in mid-stream keeps what came and closes the connection", async () => {
    const closed = new Promise((resolve) => {
      provider.scripts = [(response) => sseThenSilence(half)(response.on("close", resolve))];
    });
    const controller = new AbortController();
    const types: string[] = [];
    for await (const event of start({ signal: controller.signal })) {
      types.push(event.type);
      if (event.type === "text_delta") controller.abort();
      if (event.type === "error") {
        expect(event.reason).toBe("aborted");
        expect(event.error).toMatchObject({
          content: [{ type: "text", text: "so far" }],
          stopReason: "aborted",
          errorMessage: "This operation was aborted",
        });
      }
    }
    expect(types).toEqual(["start", "text_start", "text_delta", "error"]);
    await closed;
  });

  it("while waiting for a retry ends the wait", async () => {
    provider.scripts = [(response) => response.writeHead(429, { "retry-after": "50" }).end("{}")];
    const controller = new AbortController();
    // Others with the same key would wait too.
    const turn = start({ signal: controller.signal, apiKey: `limited ${Object.keys(transport)}` });
    await expect.poll(() => provider.received.length).toBe(1);
    setTimeout(() => controller.abort(), 20);
    expect(lastMessage(await collect(turn)).stopReason).toBe("aborted");
  });

  it("leaves no listener on the host's signal, however the turn ends", async () => {
    const { signal } = new AbortController();
    provider.scripts = [sse(anthropic.answer("ok"))];
    await collect(start({ signal }));
    provider.scripts = [sse("")];
    await collect(start({ signal, maxRetries: 0 }));
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("leaves the host's own handler in place", async () => {
    provider.scripts = [sseThenSilence(half)];
    const controller = new AbortController();
    let called = 0;
    controller.signal.onabort = () => called++;
    const turn = start({ signal: AbortSignal.any([controller.signal]) });
    for await (const event of turn) if (event.type === "text_delta") controller.abort("enough");
    expect(called).toBe(1);
    expect(controller.signal.reason).toBe("enough");
  });
});

it("a signal that is none fails the turn", async () => {
  const message = await stream(claude, saying("hi"), { apiKey: "key", signal: "stop" as never }).result();
  expect(message).toMatchObject({ stopReason: "error", errorMessage: "Connection error." });
});
