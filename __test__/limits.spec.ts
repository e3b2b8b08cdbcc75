// What the turns of a process make together of a provider's limits; over both transports.

import { complete, stream } from "argent-runtime/pi-ai";
import { describe, expect, it } from "vitest";
import { anthropicModel, saying } from "./support/models.js";
import { anthropic, reply, sse, startProvider } from "./support/provider.js";

const provider = await startProvider();
const claude = anthropicModel(provider.url);

const transports: [string, object][] = [
  ["native", {}],
  ["fetch", { fetch: (...args: Parameters<typeof fetch>) => fetch(...args) }],
];

describe.each(transports)("over %s", (name, transport) => {
  const ask = (apiKey: string, options = {}) =>
    complete(claude, saying("hi"), { apiKey: `${name} ${apiKey}`, ...transport, ...options });

  it("a crowd under one key gets through, and hardly anyone is refused twice", async () => {
    provider.scripts = [
      ...Array(5).fill(sse(anthropic.answer("ok"))),
      ...Array(15).fill(reply(429, "{}", { "retry-after-ms": "40" })),
      sse(anthropic.answer("ok")),
    ];
    const messages = await Promise.all(Array.from({ length: 20 }, () => ask("crowd")));
    expect(messages.map(({ stopReason }) => stopReason)).toEqual(Array(20).fill("stop"));
    expect(provider.received).toHaveLength(35);
  });

  it("a new turn waits for what an earlier one was told, one with another key does not, and abort ends the wait", async () => {
    provider.scripts = [reply(429, "{}", { "retry-after": "30" }), sse(anthropic.answer("ok"))];
    expect((await ask("told", { maxRetries: 0 })).errorInfo?.retryAfterMs).toBe(30_000);
    const controller = new AbortController();
    const waiting = stream(claude, saying("hi"), {
      apiKey: `${name} told`,
      ...transport,
      signal: controller.signal,
    }).result();
    expect((await ask("other")).stopReason).toBe("stop");
    controller.abort();
    expect(await waiting).toMatchObject({ stopReason: "aborted", errorMessage: "Request was aborted." });
    expect(provider.received).toHaveLength(2);
  });

  it("a wait longer than the host allows fails without another request", async () => {
    provider.scripts = [reply(429, "{}", { "retry-after": "9999" })];
    await ask("long");
    const message = await ask("long");
    expect(message.errorMessage).toMatch(
      /^429 \{\} \(retry after 9999 s is longer than the limit of 60 s\)$/,
    );
    expect(message.errorInfo).toMatchObject({ kind: "rate_limit", status: 429, retryable: true });
    expect(provider.received).toHaveLength(1);
  });
});
