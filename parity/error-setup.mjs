import { beginning, bytes, streamType } from "./streams.mjs";
import { WIRES } from "./wires/index.mjs";

/** Rows about what the host does: when it aborts, and how it has set things up. */

export function aborts(api) {
  const opening = beginning(api, 3);
  const wire = WIRES.get(api);
  const whole = bytes(wire.frames(wire.openCall));
  const openCall = whole.subarray(0, whole.length - (wire.end ?? "").length);
  const stalled = (...steps) => [{ headers: streamType(api), steps: [...steps, "stall"] }];
  return [
    { name: "abort before the call", abort: { before: true } },
    {
      name: "abort before headers",
      abort: { onRequest: true },
      responses: [{ headless: true, steps: ["stall"] }],
    },
    { name: "abort at start", abort: { onEvent: 0 }, responses: stalled() },
    { name: "abort at the first block", abort: { onEvent: 1 }, responses: stalled(opening) },
    { name: "abort at the first delta", abort: { onEvent: 2 }, responses: stalled(opening) },
    { name: "abort inside a tool call", abort: { onEvent: 3 }, responses: stalled(openCall) },
    {
      name: "abort between retries",
      abort: { onRequest: true },
      options: { apiKey: "k", maxRetries: 2 },
      responses: [{ status: 500 }],
    },
    { name: "abort before the call, result only", abort: { before: true }, consume: "result" },
    { name: "abort before the call, complete", abort: { before: true }, call: "complete" },
  ];
}

export function configuration(api) {
  const { family } = WIRES.get(api);
  const own = family ? [`streamSimple${family}`, `stream${family}`] : [];
  const calls = ["stream", "streamSimple", "complete", "completeSimple", ...own];
  const gateway = (kase, base) => {
    kase.model.provider = "cloudflare-ai-gateway";
    kase.model.baseUrl = `${base}/{CLOUDFLARE_ACCOUNT_ID}/{CLOUDFLARE_GATEWAY_ID}/x`;
  };
  return [
    ...calls.map((call) => ({ name: `no API key, ${call}`, call, options: {} })),
    ...calls.map((call) => ({ name: `empty API key, ${call}`, call, options: { apiKey: "" } })),
    { name: "no API key, unknown provider", options: {}, change: (kase) => (kase.model.provider = "nobody") },
    { name: "API key with a line break", options: { apiKey: "a\nb" } },
    { name: "API key beyond Latin-1", options: { apiKey: "ключ" } },
    { name: "header name with a blank", options: { apiKey: "k", headers: { "bad name": "x" } } },
    { name: "header value beyond Latin-1", options: { apiKey: "k", headers: { "x-name": "имя" } } },
    { name: "unknown API", change: (kase) => (kase.model.api = "no-such-api") },
    ...own.slice(1).map((call) => ({
      name: "API of another provider function",
      call,
      change: (kase) => (kase.model.api = "some-other-api"),
    })),
    { name: "cloudflare without its variables", change: gateway },
    { name: "cloudflare with one variable", change: gateway, env: { CLOUDFLARE_ACCOUNT_ID: "a" } },
    {
      name: "cloudflare with both",
      change: gateway,
      env: { CLOUDFLARE_ACCOUNT_ID: "a", CLOUDFLARE_GATEWAY_ID: "b" },
    },
    { name: "hook throws a string", hook: () => Promise.reject("a string") },
    { name: "hook throws an object", hook: () => Promise.reject({ code: 7 }) },
    { name: "hook throws undefined", hook: () => Promise.reject(undefined) },
    { name: "no messages key", context: {} },
    { name: "circular payload", hook: (payload) => void Object.assign(payload, { self: payload }) },
    { name: "BigInt in the payload", hook: (payload) => void Object.assign(payload, { big: 1n }) },
    ...(WIRES.get(api).configuration?.() ?? []),
  ];
}
