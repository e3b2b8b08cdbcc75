// A provider of Codex on loopback: WebSockets that answer as scripted, and the same over HTTP.

import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { Model } from "argent-runtime/pi-ai";
import { afterAll, afterEach } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { anthropicModel } from "./models.js";

/** What the provider does with a request over a WebSocket. */
export type SocketScript = (socket: WebSocket, request: Record<string, unknown>) => unknown;

export interface CodexProvider {
  url: string;
  /** The handshakes so far. */
  opened: IncomingHttpHeaders[];
  /** The requests over WebSockets, in order. */
  asked: Record<string, unknown>[];
  /** The bodies of the requests over HTTP. */
  posted: Record<string, unknown>[];
  /** What to do with the next requests over WebSockets; the last one stays. */
  scripts: SocketScript[];
  /** Whether handshakes are refused. */
  refusing: boolean;
  /** Resolves when every socket so far is closed, to their codes and reasons. */
  closed(): Promise<[number, string][]>;
}

const claims = { "https://api.openai.com/auth": { chatgpt_account_id: "account-1" } };

/** A token that names an account. */
export const token = ["e30", Buffer.from(JSON.stringify(claims)).toString("base64url"), "s"].join(".");

export function codexModel(baseUrl: string): Model<"openai-codex-responses"> {
  const { compat: _, ...model } = anthropicModel(baseUrl);
  return { ...model, id: "gpt-test", api: "openai-codex-responses", provider: "openai-codex" };
}

/** The events of an answer of text. */
export function answer(id: string, ...texts: string[]): object[] {
  const part = (text: string) => ({ type: "output_text", text, annotations: [] });
  const item = { id: `msg_${id}`, type: "message", role: "assistant" };
  const usage = { input_tokens: 5, output_tokens: 2, total_tokens: 7 };
  return [
    { type: "response.created", response: { id: `resp_${id}` } },
    { type: "response.output_item.added", output_index: 0, item: { ...item, content: [] } },
    { type: "response.content_part.added", output_index: 0, part: part("") },
    ...texts.map((delta) => ({ type: "response.output_text.delta", output_index: 0, delta })),
    {
      type: "response.output_item.done",
      output_index: 0,
      item: { ...item, content: [part(texts.join(""))] },
    },
    { type: "response.completed", response: { id: `resp_${id}`, status: "completed", usage } },
  ];
}

/** Sends events. */
export const say =
  (...events: object[]): SocketScript =>
  (socket) => {
    for (const event of events) socket.send(JSON.stringify(event));
  };

/** Starts a provider; it is closed after the tests of the file. Over HTTP it says "by http". */
export async function startCodex(): Promise<CodexProvider> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      provider.posted.push(JSON.parse(body));
      response.writeHead(200, { "content-type": "text/event-stream" });
      const events = answer("http", "by http").map((event) => `data: ${JSON.stringify(event)}\n\n`);
      response.end(events.join(""));
    });
  });
  const sockets = new WebSocketServer({ noServer: true });
  let closings: Promise<[number, string]>[] = [];
  server.on("upgrade", (request, stream, head) => {
    if (provider.refusing) {
      stream.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      provider.opened.push(request.headers);
      closings.push(
        new Promise((resolve) => socket.on("close", (code, reason) => resolve([code, reason.toString()]))),
      );
      socket.on("message", (data) => {
        const asked = JSON.parse(data.toString());
        provider.asked.push(asked);
        const script = provider.scripts.length > 1 ? provider.scripts.shift() : provider.scripts[0];
        script?.(socket, asked);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const provider: CodexProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    opened: [],
    asked: [],
    posted: [],
    scripts: [],
    refusing: false,
    closed: () => Promise.all(closings),
  };
  afterEach(() => {
    for (const list of [provider.opened, provider.asked, provider.posted, provider.scripts]) list.length = 0;
    provider.refusing = false;
    closings = [];
  });
  afterAll(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    server.close();
  });
  return provider;
}
