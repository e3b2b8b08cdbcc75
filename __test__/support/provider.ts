// A provider on loopback that answers as scripted and keeps what it was sent.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach } from "vitest";

export interface Received {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Provider {
  url: string;
  received: Received[];
  /** What to do with the next requests, in order; the last one stays. */
  scripts: ((response: ServerResponse, request: Received) => unknown)[];
  close(): void;
}

/** Starts a provider; it is closed after the tests of the file. */
export async function startProvider(): Promise<Provider> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const received = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      provider.received.push(received);
      const script = provider.scripts.length > 1 ? provider.scripts.shift() : provider.scripts[0];
      script?.(response, received);
    });
  });
  server.on("connection", (socket) => {
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const provider: Provider = {
    url: `http://127.0.0.1:${port}`,
    received: [],
    scripts: [],
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  afterAll(() => provider.close());
  afterEach(() => {
    provider.received.length = 0;
    provider.scripts.length = 0;
  });
  return provider;
}

const event = (type: string, fields: object = {}) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;

/** Events of the Messages API. */
export const anthropic = {
  event,
  start: event("message_start", { message: { id: "msg_1", usage: { input_tokens: 10, output_tokens: 1 } } }),
  open: (index: number, content_block: object) => event("content_block_start", { index, content_block }),
  text: (index: number, text: string) =>
    event("content_block_delta", { index, delta: { type: "text_delta", text } }),
  json: (index: number, partial_json: string) =>
    event("content_block_delta", { index, delta: { type: "input_json_delta", partial_json } }),
  stop: (index: number) => event("content_block_stop", { index }),
  end: (stop_reason = "end_turn") =>
    event("message_delta", { delta: { stop_reason }, usage: { output_tokens: 5 } }) + event("message_stop"),
  /** A whole answer in one text block. */
  answer: (...texts: string[]) =>
    anthropic.start +
    anthropic.open(0, { type: "text", text: "" }) +
    texts.map((text) => anthropic.text(0, text)).join("") +
    anthropic.stop(0) +
    anthropic.end(),
};

/** Chunks of the Chat Completions API. */
export const chat = {
  chunk: (delta: object, rest: object = {}) =>
    `data: ${JSON.stringify({ id: "chatcmpl-1", choices: [{ index: 0, delta, ...rest }] })}\n\n`,
  end: (finish_reason = "stop") =>
    `${chat.chunk({}, { finish_reason })}data: ${JSON.stringify({
      id: "chatcmpl-1",
      choices: [],
      usage: { prompt_tokens: 10, completion_tokens: 5 },
    })}\n\ndata: [DONE]\n\n`,
  /** A whole answer of text. */
  answer: (...texts: string[]) => texts.map((content) => chat.chunk({ content })).join("") + chat.end(),
};

/** A response with a stream of events. */
export function sse(body: string) {
  return (response: ServerResponse) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(body);
  };
}

/** A stream that sends `body` and then neither ends nor says more. */
export function sseThenSilence(body: string) {
  return (response: ServerResponse) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(body);
  };
}

/** A response with a status and a body. */
export function reply(status: number, body: string, headers: Record<string, string> = {}) {
  return (response: ServerResponse) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}
