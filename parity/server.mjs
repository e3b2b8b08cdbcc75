import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * A loopback server that plays a script per case and keeps what it was asked.
 *
 * A case owns the first path segment, so the rest of the path is free to look like any provider's.
 * A response is `{ status, headers, steps }`; a step is bytes to write (a `Buffer`), a number of
 * milliseconds to wait, or one of `reset` (RST), `close` (FIN inside the body) and `stall` (nothing
 * more until the client goes). `headless: true` plays the steps before any header is sent.
 * The nth request of a case gets the nth response, the last one repeats.
 */
export async function startServer() {
  const cases = new Map();

  const server = createServer(async (request, response) => {
    const body = [];
    for await (const chunk of request) body.push(chunk);
    const entry = cases.get(request.url.split(/[/?]/)[1]);
    if (!entry) {
      response.writeHead(404).end("no such case");
      return;
    }
    const at = Math.min(entry.requests.length, entry.responses.length - 1);
    entry.requests.push({
      method: request.method,
      path: request.url,
      headers: pairs(request.rawHeaders),
      body: Buffer.concat(body),
      closed: new Promise((resolve) => response.once("close", resolve)),
    });
    entry.onRequest?.();
    await play(response, entry.responses[at]);
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;

  return {
    origin,
    serve(key, responses, onRequest) {
      cases.set(key, { responses, onRequest, requests: [] });
    },
    take(key) {
      const { requests } = cases.get(key);
      cases.delete(key);
      return requests;
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function play(response, { status = 200, headers = {}, steps = [], headless = false }) {
  response.on("error", () => {});
  if (!headless) {
    response.writeHead(status, headers);
    if (steps.length > 0) response.flushHeaders();
  }
  for (const step of steps) {
    if (response.destroyed) return;
    if (step === "reset") {
      // Bytes still in Node's buffers would be lost with the socket.
      await sleep(20);
      response.socket?.resetAndDestroy();
      return;
    }
    if (step === "close") {
      await sleep(20);
      response.socket?.destroy();
      return;
    }
    if (step === "stall") {
      await new Promise((resolve) => response.once("close", resolve));
      return;
    }
    if (typeof step === "number") await sleep(step);
    else await new Promise((resolve) => response.write(step, resolve));
  }
  response.end();
}

function pairs(raw) {
  const result = [];
  for (let i = 0; i < raw.length; i += 2) result.push([raw[i].toLowerCase(), raw[i + 1]]);
  return result;
}

/** A port on which nothing listens. */
export async function closedPort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
