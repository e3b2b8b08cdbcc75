import { bytes, streamType } from "./streams.mjs";
import { WIRES } from "./wires/index.mjs";

/** Error bodies in the shapes that providers and the proxies before them send. */

const HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";

const BODIES = {
  "message is a string": { error: { message: "plain", type: "t" } },
  "message is an object": { error: { message: { detail: ["a", 1] } } },
  "message is empty": { error: { message: "", type: "t" } },
  "no message": { error: { code: 5, type: "t" } },
  "error is a string": { error: "only text" },
  "error is null": { error: null },
  "error is a list": { error: [{ message: "first" }, { message: "second" }] },
  "message beside error": { message: "outside", code: "x" },
  "a list": [{ error: { message: "in a list" } }],
  "nested raw metadata": {
    error: {
      message: "Provider returned error",
      code: 400,
      metadata: { raw: '{"e":1}', provider_name: "P" },
    },
  },
  "raw metadata is an object": { error: { message: "Provider returned error", metadata: { raw: { e: 1 } } } },
  "raw metadata twice nested": { error: { error: { metadata: { raw: "deep" } } } },
  "detail as FastAPI writes it": { detail: [{ loc: ["body", "x"], msg: "field required" }] },
  "unicode and escapes": { error: { message: 'é "quoted" \u2028 \n 😀' } },
  "integer-like keys": { error: { 10: "b", 2: "a", z: 1 } },
  numbers: { error: { message: 12.5, code: 1e21 } },
  "empty object": {},
  anthropic: {
    type: "error",
    error: { type: "invalid_request_error", message: "messages: roles" },
    request_id: "req_1",
  },
  null: null,
  "a string": "just text",
};

export function badBodies(api) {
  const json = { "content-type": "application/json" };
  const type = streamType(api);
  const event = api === "anthropic-messages" ? "event: error\n" : "";
  const wire = WIRES.get(api);
  const inStream = (body) =>
    wire.failure ? bytes(wire.frames([wire.failure(body)])) : `${event}data: ${JSON.stringify(body)}\n\n`;
  const rows = Object.entries(BODIES).flatMap(([name, body]) => [
    { name: `body: ${name}`, responses: [respond(400, JSON.stringify(body), json)] },
    { name: `event: ${name}`, responses: [respond(200, inStream(body), type)] },
  ]);
  return [
    ...rows,
    { name: "HTML with status 502", responses: [respond(502, HTML, { "content-type": "text/html" })] },
    { name: "HTML with status 200", responses: [respond(200, HTML, { "content-type": "text/html" })] },
    { name: "JSON with status 200", responses: [respond(200, '{"id":"x","choices":[]}', json)] },
    { name: "JSON error with status 200", responses: [respond(200, '{"error":{"message":"late"}}', json)] },
    { name: "blank body", responses: [respond(500, " \n ", json)] },
    { name: "broken JSON", responses: [respond(400, '{"error": {"message": "cut', json)] },
    {
      name: "JSON typed as text",
      responses: [respond(400, '{"error":{"message":"typed"}}', { "content-type": "text/plain" })],
    },
    { name: "JSON without a type", responses: [respond(400, '{"error":{"message":"untyped"}}', {})] },
    {
      name: "pretty JSON",
      responses: [respond(400, '{\n  "error": {\n    "message": "x",\n    "n": 1.0\n  }\n}', json)],
    },
    {
      name: "bytes that are not UTF-8",
      responses: [{ status: 400, headers: json, steps: [Buffer.from([0x22, 0xff, 0xc3, 0x22])] }],
    },
    {
      name: "a long body",
      responses: [respond(400, JSON.stringify({ error: { message: "x".repeat(100_000) } }), json)],
    },
    { name: "a body with a BOM", responses: [respond(400, '\ufeff{"error":{"message":"bom"}}', json)] },
    {
      name: "a body that stops",
      responses: [{ status: 400, headers: json, steps: [Buffer.from('{"err'), "close"] }],
    },
  ];
}

export function respond(status, body, headers) {
  return { status, headers, steps: [Buffer.from(body)] };
}
