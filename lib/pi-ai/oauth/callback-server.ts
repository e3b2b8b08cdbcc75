// The port of this machine that a browser is sent back to with an authorization code.

import type { IncomingMessage, ServerResponse } from "node:http";
import { outcomePage } from "./page.js";

/** What the browser is expected to come with. */
export interface Callback {
  /** Whose page the user was on. */
  service: string;
  port: number;
  path: string;
  /** What only the page that the user was sent to knows; who comes without it is not listened to. */
  state: string;
}

export interface CallbackServer {
  /** Rejects when the user has refused. */
  code: Promise<string>;
  /** Frees the port and ends all connections. */
  close(): void;
}

interface Reply {
  status: number;
  page: string;
  /** Carried out when the browser has the page. */
  settle?: () => void;
}

/** A refusal's own words are somebody else's. */
const LONGEST_REASON = 200;

const HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
  "Cache-Control": "no-store",
  // The page's address holds the code.
  "Referrer-Policy": "no-referrer",
};

/**
 * Listens on the loopback, or where `PI_OAUTH_CALLBACK_HOST` says.
 * @throws Node's error when the port cannot be had.
 */
export async function startCallbackServer(callback: Callback): Promise<CallbackServer> {
  const { createServer } = await import("node:http");
  const { promise: code, resolve, reject } = withResolvers<string>();
  code.catch(() => {});
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { status, page, settle } = replyTo(request.url ?? "", callback, resolve, reject);
    if (settle) response.once("close", settle);
    response.writeHead(status, HEADERS).end(page);
  });
  await new Promise<void>((listening, failed) => {
    server.on("error", failed);
    server.listen(callback.port, process.env.PI_OAUTH_CALLBACK_HOST || "127.0.0.1", listening);
  });
  const close = () => {
    server.close();
    // Browsers open connections beforehand, which would hold the process.
    server.closeAllConnections();
  };
  return { code, close };
}

function replyTo(
  target: string,
  { service, path, state }: Callback,
  found: (code: string) => void,
  refused: (error: Error) => void,
): Reply {
  const base = "http://localhost";
  const url = URL.canParse(target, base) ? new URL(target, base) : undefined;
  const failure = (status: number, message: string, details?: string) => ({
    status,
    page: outcomePage(false, message, details),
  });
  if (url?.pathname !== path) return failure(404, "Callback route not found.");
  const query = url.searchParams;
  if (query.get("state") !== state) return failure(400, "State mismatch.");
  const error = query.get("error");
  if (error) {
    const [message, reason] = [`${service} authentication did not complete.`, `Error: ${printable(error)}`];
    return { ...failure(400, message, reason), settle: () => refused(new Error(`${message} ${reason}`)) };
  }
  const code = query.get("code");
  if (!code) return failure(400, "Missing authorization code.");
  const page = outcomePage(true, `${service} authentication completed. You can close this window.`);
  return { status: 200, page, settle: () => found(code) };
}

const printable = (text: string) => text.replace(/\p{C}/gu, " ").slice(0, LONGEST_REASON);

function withResolvers<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
