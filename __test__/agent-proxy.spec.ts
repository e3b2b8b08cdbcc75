// Turns through a host's own server.

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { streamProxy } from "argent-runtime/pi-agent-core";
import { afterAll, describe, expect, it } from "vitest";
import { anthropicModel, collect, saying } from "./support/models.js";

let answer: (request: IncomingMessage, response: ServerResponse, body: string) => void = () => {};
const server = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  answer(request, response, body);
}).listen(0, "127.0.0.1");
await once(server, "listening");
afterAll(() => server.close());
const proxyUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const model = anthropicModel("http://localhost:0");
const usage = {
  input: 1,
  output: 2,
  cacheRead: 0,
  cacheWrite: 0,
  totalTokens: 3,
  cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 },
};
const start = (options = {}) =>
  streamProxy(model, saying("hi"), { authToken: "token", proxyUrl, ...options });
const lines = (...events: object[]) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");

describe("a turn through a server", () => {
  it("is made of its events, cut anywhere, the last one without a newline", async () => {
    let seen = {};
    answer = async (request, response, body) => {
      seen = { url: request.url, auth: request.headers.authorization, body: JSON.parse(body) };
      const bytes = Buffer.from(
        lines(
          { type: "start" },
          { type: "thinking_start", contentIndex: 0 },
          { type: "thinking_delta", contentIndex: 0, delta: "hm" },
          { type: "thinking_end", contentIndex: 0, contentSignature: "sig" },
          { type: "text_start", contentIndex: 1 },
          { type: "text_delta", contentIndex: 1, delta: "caf\u00e9 {" },
          { type: "text_end", contentIndex: 1 },
          { type: "toolcall_start", contentIndex: 2, id: "c1", toolName: "look" },
          { type: "toolcall_delta", contentIndex: 2, delta: '{"city": "a } b' },
          { type: "toolcall_delta", contentIndex: 2, delta: '", "n": 1}' },
          { type: "toolcall_end", contentIndex: 2 },
          { type: "done", reason: "toolUse", usage },
        ).trimEnd(),
      );
      for (let at = 0; at < bytes.length; at += 7) {
        response.write(bytes.subarray(at, at + 7));
        await new Promise(setImmediate);
      }
      response.end();
    };
    const stream = start({ temperature: 0.5, reasoning: "low", signal: new AbortController().signal });
    const cities: unknown[] = [];
    const types: string[] = [];
    for await (const event of stream) {
      types.push(event.type);
      if (event.type !== "toolcall_delta") continue;
      const block = event.partial.content[2];
      if (block?.type === "toolCall") cities.push(block.arguments.city);
    }
    expect(types).toHaveLength(12);
    expect(cities).toEqual(["a } b", "a } b"]);
    const message = await stream.result();
    expect(structuredClone(message)).toMatchObject({
      stopReason: "toolUse",
      usage,
      content: [
        { type: "thinking", thinking: "hm", thinkingSignature: "sig" },
        { type: "text", text: "caf\u00e9 {" },
        { type: "toolCall", id: "c1", name: "look", arguments: { city: "a } b", n: 1 } },
      ],
    });
    expect(seen).toEqual({
      url: "/api/stream",
      auth: "Bearer token",
      body: {
        model: JSON.parse(JSON.stringify(model)),
        context: saying("hi"),
        options: { temperature: 0.5, reasoning: "low" },
      },
    });
  });

  it.each([
    ["says what the server says", 401, '{"error":"who are you"}', "Proxy error: who are you"],
    ["says the status where the server says nothing", 502, "<html>", "Proxy error: 502 Bad Gateway"],
    [
      "is an error where the stream just stops",
      200,
      lines({ type: "start" }),
      "Proxy stream ended without a final event",
    ],
    [
      "is an error where the events do not match",
      200,
      lines({ type: "text_delta", contentIndex: 0, delta: "x" }),
      "Received text_delta for non-text content",
    ],
  ])("%s", async (_, status, body, errorMessage) => {
    answer = (_request, response) => response.writeHead(status).end(body);
    const stream = start();
    expect((await collect(stream)).at(-1)).toMatchObject({ type: "error", reason: "error" });
    expect(await stream.result()).toMatchObject({ stopReason: "error", errorMessage });
  });

  it("stops when the host says so", async () => {
    const controller = new AbortController();
    const closed = new Promise((resolve) => {
      answer = (_request, response) => {
        response.write(lines({ type: "start" }, { type: "text_start", contentIndex: 0 }));
        response.on("close", resolve);
      };
    });
    const stream = start({ signal: controller.signal });
    for await (const event of stream) if (event.type === "text_start") controller.abort();
    expect(await stream.result()).toMatchObject({
      stopReason: "aborted",
      content: [{ type: "text", text: "" }],
    });
    await closed;
  });
});
