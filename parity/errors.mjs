import { gzipSync } from "node:zlib";
import { badBodies, respond } from "./error-bodies.mjs";
import { aborts, configuration } from "./error-setup.mjs";
import { simpleModel } from "./models.mjs";
import { closedPort } from "./server.mjs";
import { answer, beginning, streamType } from "./streams.mjs";
import { WIRES } from "./wires/index.mjs";

/** What goes wrong around a stream: a fixed table, each row run for every protocol. */

const APIS = [...WIRES.keys()];
const JSON_TYPE = { "content-type": "application/json" };

export async function errorSections() {
  const refused = await closedPort();
  const cases = APIS.flatMap((api) =>
    rows(api, refused).map(({ name, change, ...row }, at) => ({
      name: `${api}: ${name}`,
      waits: true,
      make: ({ base }) => {
        const kase = {
          call: "stream",
          model: simpleModel(base, api),
          context: { messages: [{ role: "user", content: "hi", timestamp: 0 }] },
          // What a provider says of its limits holds for all with the same key.
          options: { apiKey: `sk-test-${at}` },
          tags: new Set([name]),
          responses: [{ headers: streamType(api), steps: [answer(api)] }],
          ...row,
        };
        if (kase.options.apiKey === "k") kase.options = { ...kase.options, apiKey: `k-${at}` };
        change?.(kase, base);
        return kase;
      },
    })),
  );
  return [{ name: "errors", cases }];
}

function rows(api, refused) {
  return [
    ...statuses(api),
    ...badBodies(api),
    ...transport(api, refused),
    ...aborts(api),
    ...configuration(api),
    ...retries(api),
  ];
}

function statuses(api) {
  const body = WIRES.get(api).error;
  const type = streamType(api);
  const json = (status, headers = {}) => ({
    name: `status ${status} ${Object.keys(headers).join()}`,
    responses: [respond(status, JSON.stringify(body(status)), { ...JSON_TYPE, ...headers })],
  });
  return [
    ...[400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529, 418].map((s) => json(s)),
    json(429, { "retry-after": "2" }),
    json(429, { "retry-after-ms": "10", "x-should-retry": "false" }),
    ...[400, 401, 403, 404, 413, 429, 500, 529].map((status) => ({
      name: `status ${status}, no body`,
      responses: [{ status }],
    })),
    { name: "status 204", responses: [{ status: 204 }] },
    { name: "status 200, no body", responses: [{ status: 200, headers: type }] },
    {
      name: "status 307 to another path",
      change: (kase, base) => {
        kase.responses.unshift({ status: 307, headers: { location: `${base}/moved` } });
      },
    },
    {
      name: "status 302 to another path",
      change: (kase, base) => {
        kase.responses.unshift({ status: 302, headers: { location: `${base}/moved` } });
      },
    },
    {
      name: "gzip body",
      responses: [{ headers: { ...type, "content-encoding": "gzip" }, steps: [gzipSync(answer(api))] }],
    },
    { name: "no content type", responses: [{ steps: [answer(api)] }] },
    {
      name: "many response headers",
      responses: [
        { headers: { ...type, "Set-Cookie": ["a=1", "b=2"], "X-Latin": "caf\u00e9" }, steps: [answer(api)] },
      ],
    },
  ];
}

function transport(api, refused) {
  const type = streamType(api);
  const half = answer(api).subarray(0, 150);
  const truncated = beginning(api, 2);
  const address = (baseUrl) => ({
    name: `base URL ${baseUrl}`,
    change: (kase) => (kase.model.baseUrl = baseUrl),
  });
  return [
    { name: "connection refused", change: (kase) => (kase.model.baseUrl = `http://127.0.0.1:${refused}/v1`) },
    ...[
      "not a url",
      "http://",
      "ftp://127.0.0.1/v1",
      "http://127.0.0.1:99999/v1",
      "http://nowhere.invalid/v1",
      "",
    ].map(address),
    {
      name: "https to a plain port",
      change: (kase) => (kase.model.baseUrl = kase.model.baseUrl.replace("http:", "https:")),
    },
    { name: "reset before headers", responses: [{ headless: true, steps: ["reset"] }] },
    { name: "closed before headers", responses: [{ headless: true, steps: ["close"] }] },
    { name: "reset after headers", responses: [{ headers: type, steps: [20, "reset"] }] },
    { name: "reset in the body", responses: [{ headers: type, steps: [half, "reset"] }] },
    { name: "closed in the body", responses: [{ headers: type, steps: [half, "close"] }] },
    {
      name: "short of its content length",
      responses: [{ headers: { ...type, "content-length": "5000" }, steps: [half, "close"] }],
    },
    { name: "truncated", responses: [{ headers: type, steps: [half] }] },
    { name: "truncated after an event", responses: [{ headers: type, steps: [truncated] }] },
    {
      name: "garbage",
      responses: [
        { headers: type, steps: [Buffer.from("\x00\xff\xfe garbage\n\n\ndata\n\ndata: \n\n", "latin1")] },
      ],
    },
    {
      name: "late headers and timeoutMs",
      options: { apiKey: "k", timeoutMs: 1_000 },
      responses: [{ headless: true, steps: ["stall"] }],
    },
  ];
}

function retries(api) {
  const type = streamType(api);
  const good = { headers: type, steps: [answer(api)] };
  const twice = { apiKey: "k", maxRetries: 2 };
  const fast = { "retry-after-ms": "5" };
  return [
    {
      name: "retried 429 with retry-after-ms",
      options: twice,
      responses: [{ status: 429, headers: fast }, good],
    },
    {
      name: "retried 500 twice",
      options: twice,
      responses: [{ status: 500, headers: fast }, { status: 503, headers: fast }, good],
    },
    { name: "retries used up", options: twice, responses: [{ status: 529, headers: fast }] },
    {
      name: "retried 408 and 409",
      options: twice,
      responses: [{ status: 408, headers: fast }, { status: 409, headers: fast }, good],
    },
    { name: "400 is not retried", options: twice, responses: [{ status: 400, headers: fast }, good] },
    {
      name: "x-should-retry true",
      options: twice,
      responses: [{ status: 400, headers: { ...fast, "x-should-retry": "true" } }, good],
    },
    {
      name: "x-should-retry false",
      options: twice,
      responses: [{ status: 500, headers: { ...fast, "x-should-retry": "false" } }, good],
    },
    {
      name: "retried with retry-after 1",
      options: twice,
      responses: [{ status: 429, headers: { "retry-after": "1" } }, good],
    },
    {
      name: "retried without a header",
      options: { apiKey: "k", maxRetries: 1 },
      responses: [{ status: 429 }, good],
    },
    {
      name: "retried after a reset",
      options: { apiKey: "k", maxRetries: 1 },
      responses: [{ headless: true, steps: ["reset"] }, good],
    },
    {
      name: "default retries",
      options: { apiKey: "k", maxRetries: undefined },
      responses: [{ status: 500, headers: fast }],
    },
    {
      name: "not retried once the body began",
      options: twice,
      responses: [{ headers: type, steps: [20, "reset"] }, good],
    },
  ];
}
