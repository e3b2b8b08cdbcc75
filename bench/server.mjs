import { createServer } from "node:http";
import { argumentPieces, frames, textPieces } from "./wire.mjs";

/**
 * The provider of the benchmarks, a process of its own. The path says what to answer:
 *
 *   /flood/<protocol>/text/<deltas>            as fast as the socket takes it
 *   /flood/<protocol>/tool/<deltas>/<bytes>
 *   /paced/<protocol>/<deltas>/<milliseconds>  a delta every so many milliseconds
 *   /stall/<protocol>/<deltas>                 some deltas, then nothing; 0 stalls before the headers
 */
const HEAD = { "content-type": "text/event-stream" };
const prepared = new Map();

const server = createServer((request, response) => {
  request.resume();
  request.once("end", () => answer(request.url.split("/").slice(1), response));
});
// A process with a thousand streams opens a thousand connections at once.
server.listen({ port: 0, host: "127.0.0.1", backlog: 2048 }, () =>
  process.send({ origin: `http://127.0.0.1:${server.address().port}` }),
);
process.on("disconnect", () => process.exit());

function answer([mode, protocol, ...rest], response) {
  response.on("error", () => {});
  if (mode === "flood") {
    const [kind, deltas, bytes] = rest;
    const list = prepare(protocol, kind, Number(deltas), Number(bytes));
    response.writeHead(200, HEAD).end(list.body);
  } else if (mode === "paced") {
    pace(response, prepare(protocol, "text", Number(rest[0])).list, Number(rest[1]));
  } else if (mode === "stall") {
    if (rest[0] === "0") return;
    const { list } = prepare(protocol, "text", Number(rest[0]));
    response.writeHead(200, HEAD).write(list.slice(0, -1).join(""));
  } else {
    response.writeHead(404).end();
  }
}

function prepare(protocol, kind, deltas, bytes) {
  const key = [protocol, kind, deltas, bytes].join();
  if (!prepared.has(key)) {
    const pieces = kind === "tool" ? argumentPieces(bytes, deltas) : textPieces(deltas);
    const list = frames(protocol, kind, pieces);
    prepared.set(key, { list, body: Buffer.from(list.join("")) });
  }
  return prepared.get(key);
}

/** One timer a stream; a late tick writes what is due, so that the pace holds on average. */
function pace(response, list, every) {
  response.writeHead(200, HEAD).flushHeaders();
  const started = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(list.length, Math.floor((performance.now() - started) / every));
    while (sent < due) response.write(list[sent++]);
    if (sent === list.length) {
      clearInterval(timer);
      response.end();
    }
  }, every);
  response.once("close", () => clearInterval(timer));
}
