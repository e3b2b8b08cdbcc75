// What goes wrong ends the stream with one `error` event whose text is Pi's, and with a failure that a program can act
// on; over both transports.

import { type Failure, failureOf, type StreamOptions, stream } from "argent-runtime/pi-ai";
import { describe, expect, it } from "vitest";
import { anthropicModel, chatModel, collect, lastMessage, saying } from "./support/models.js";
import { anthropic, chat, reply, sse, sseThenSilence, startProvider } from "./support/provider.js";

const provider = await startProvider();
const claude = anthropicModel(provider.url);
const gpt = chatModel(provider.url);
const half = anthropic.start + anthropic.open(0, { type: "text", text: "" }) + anthropic.text(0, "so far");
const overloaded = '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}';

const transports: [string, object][] = [
  ["native", {}],
  ["fetch", { fetch: (...args: Parameters<typeof fetch>) => fetch(...args) }],
];

/** What one turn is told of the provider's limits holds for all with its key, so each has its own. */
let turns = 0;
const ownKey = () => ({ apiKey: `key-${turns++}` });

describe.each(transports)("over %s", (_, transport) => {
  /** The error text, the failure and the text that came, of one turn without retries. */
  async function outcome(options: StreamOptions = {}, model: typeof claude | typeof gpt = claude) {
    const all = { ...ownKey(), maxRetries: 0, ...transport, ...options };
    const events = await collect(stream<typeof model.api>(model, saying("hi"), all));
    expect(events.filter(({ type }) => type === "error" || type === "done")).toHaveLength(1);
    const message = lastMessage(events);
    expect(message.stopReason).toBe("error");
    const failure = failureOf(message) as Failure;
    expect(failure.message).toBe(message.errorMessage);
    return { text: message.errorMessage, failure, content: message.content };
  }

  it("an error status shows status and body", async () => {
    const rows: [number, string, string, Partial<Failure>][] = [
      [
        400,
        '{"error":{"type":"invalid_request_error"}}',
        '400 {"error":{"type":"invalid_request_error"}}',
        { kind: "invalid_request", retryable: false },
      ],
      [401, '{ "a" : 1.0 }', '401 {"a":1}', { kind: "auth", retryable: false }],
      [403, "Forbidden", "403 Forbidden", { kind: "auth" }],
      [404, "", "404 status code (no body)", { kind: "rejected" }],
      [413, "", "413 status code (no body)", { kind: "context_overflow" }],
      [429, "{}", "429 {}", { kind: "rate_limit", retryable: true, retryAfterMs: 2000 }],
      [500, "<html>oops</html>", "500 <html>oops</html>", { kind: "server", retryable: true }],
      [
        529,
        overloaded,
        `529 ${overloaded}`,
        { kind: "overloaded", code: "overloaded_error", retryable: true },
      ],
    ];
    for (const [status, body, text, failure] of rows) {
      provider.scripts = [reply(status, body, { "retry-after": "2", "request-id": "req_7" })];
      const result = await outcome();
      expect(result.text).toBe(text);
      expect(result.failure).toMatchObject({ status, requestId: "req_7", ...failure });
    }
  });

  it("of chat completions shows the body's own error", async () => {
    const rows: [number, string, string][] = [
      [400, '{"error":{"message":"bad thing","code":"x"}}', "400 bad thing"],
      [401, '{"error":"no"}', '401 "no"'],
      [500, '{"detail":"no error member"}', "500 status code (no body)"],
      [
        429,
        '{"error":{"message":"slow","metadata":{"raw":"upstream says no"}}}',
        "429 slow\nupstream says no",
      ],
      [502, "<html>", "502 <html>"],
    ];
    for (const [status, body, text] of rows) {
      provider.scripts = [reply(status, body)];
      expect((await outcome({}, gpt)).text).toBe(text);
    }
  });

  it("no server", async () => {
    const nowhere = { ...claude, baseUrl: "http://127.0.0.1:9" };
    expect(await outcome({}, nowhere)).toMatchObject({
      text: "Connection error.",
      failure: { kind: "connection", retryable: true },
    });
  });

  it("a reset before the response", async () => {
    provider.scripts = [(response) => response.socket?.destroy()];
    expect((await outcome()).text).toBe("Connection error.");
  });

  it("a reset within the response keeps what came", async () => {
    provider.scripts = [
      (response) => {
        sseThenSilence(half)(response);
        setTimeout(() => response.socket?.destroy(), 50);
      },
    ];
    expect(await outcome()).toMatchObject({
      text: "terminated",
      failure: { kind: "connection" },
      content: [{ type: "text", text: "so far" }],
    });
  });

  it("silence before the response", async () => {
    provider.scripts = [() => {}];
    expect(await outcome({ timeoutMs: 60 })).toMatchObject({
      text: "Request timed out.",
      failure: { kind: "timeout" },
    });
  });

  it("silence before the first event, and between events, keep-alives or not", async () => {
    const keepAlive = (body: string) => (response: Parameters<ReturnType<typeof sse>>[0]) => {
      sseThenSilence(body)(response);
      const timer = setInterval(() => response.write(": ping\n\n"), 10);
      response.on("close", () => clearInterval(timer));
    };
    provider.scripts = [keepAlive("")];
    const first = await outcome({ firstEventTimeoutMs: 80 });
    expect(first).toMatchObject({
      failure: { kind: "stalled", code: "stream_stalled_first_event", retryable: true },
    });
    provider.scripts = [keepAlive(half)];
    const next = await outcome({ idleTimeoutMs: 80 });
    expect(next.failure.code).toBe("stream_stalled_idle");
    expect(next.content).toEqual([{ type: "text", text: "so far" }]);
  });

  it("a stream that is cut off, or was none", async () => {
    provider.scripts = [sse(half)];
    expect((await outcome()).text).toBe("Anthropic stream ended before message_stop");
    provider.scripts = [reply(200, "<html>Log in</html>", { "content-type": "text/html" })];
    expect((await outcome()).failure.kind).toBe("truncated");
    provider.scripts = [sse(chat.chunk({ content: "so far" }))];
    expect(await outcome({}, gpt)).toMatchObject({
      text: "Stream ended without finish_reason",
      content: [{ type: "text", text: "so far" }],
    });
  });

  it("data that is not JSON is shown with the parser's complaint", async () => {
    const complaint = (text: string) => {
      try {
        return JSON.parse(text);
      } catch (error) {
        return (error as Error).message;
      }
    };
    provider.scripts = [sse(`${anthropic.start}event: content_block_start\ndata: {oops\n\n`)];
    expect((await outcome()).text).toBe(
      `Could not parse Anthropic SSE event content_block_start: ${complaint("{oops")}; ` +
        "data={oops; raw=event: content_block_start\\ndata: {oops",
    );
    provider.scripts = [sse("data: garbage\n\n")];
    expect(await outcome({}, gpt)).toMatchObject({
      text: complaint("garbage"),
      failure: { kind: "protocol" },
    });
  });

  it("an error in the stream is shown as the provider put it", async () => {
    provider.scripts = [
      reply(200, `${half}event: error\ndata: ${overloaded}\n\n`, { "request-id": "req_8" }),
    ];
    expect(await outcome()).toMatchObject({
      text: overloaded,
      failure: { kind: "overloaded", code: "overloaded_error", requestId: "req_8" },
      content: [{ type: "text", text: "so far" }],
    });
    provider.scripts = [
      sse(`${chat.chunk({ content: "so far" })}data: {"error":{"message":"broke","code":500}}\n\n`),
    ];
    expect((await outcome({}, gpt)).text).toBe("broke");
  });

  it("is tried again while nothing was seen", async () => {
    provider.scripts = [
      reply(500, "{}", { "retry-after-ms": "1" }),
      reply(429, "{}", { "retry-after-ms": "1" }),
      sse(anthropic.answer("third")),
    ];
    const message = await stream(claude, saying("hi"), { ...ownKey(), ...transport }).result();
    expect(message).toMatchObject({ stopReason: "stop", content: [{ type: "text", text: "third" }] });
    expect(provider.received.map(({ headers }) => headers["x-stainless-retry-count"])).toHaveLength(3);
  });

  it("is tried again after a head as long as nothing of the answer was seen", async () => {
    const early = sse(`${anthropic.start}event: error\ndata: ${overloaded}\n\n`);
    const heads: number[] = [];
    provider.scripts = [early, sse(anthropic.answer("second"))];
    const onResponse = ({ status }: { status: number }) => void heads.push(status);
    const events = await collect(stream(claude, saying("hi"), { ...ownKey(), ...transport, onResponse }));
    expect(lastMessage(events)).toMatchObject({
      stopReason: "stop",
      content: [{ type: "text", text: "second" }],
    });
    expect(events.filter(({ type }) => type === "start")).toHaveLength(1);
    expect(heads).toEqual([200]);
    expect(provider.received).toHaveLength(2);
    provider.scripts = [sse(`${half}event: error\ndata: ${overloaded}\n\n`), sse(anthropic.answer("again"))];
    provider.received.length = 0;
    await outcome({ maxRetries: 2 });
    expect(provider.received).toHaveLength(1);
  });

  it("is not tried again when the provider asks for too long a wait", async () => {
    provider.scripts = [reply(429, "{}", { "retry-after": "9999" })];
    const message = await stream(claude, saying("hi"), { ...ownKey(), ...transport }).result();
    expect(message.errorMessage).toMatch(/^429 \{\}.*9999 s/);
    expect(provider.received).toHaveLength(1);
  });
});
