// What a package must do once it is installed: load, stream a turn, keep a session. It is run in the folder of a project
// that has argent-runtime, and needs nothing but Node.

import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { resolve } = createRequire(join(process.cwd(), "package.json"));
const load = (subpath) => import(pathToFileURL(resolve(subpath)));
const manifest = JSON.parse(readFileSync(resolve("argent-runtime/package.json"), "utf8"));
for (const subpath of Object.keys(manifest.exports))
  if (!subpath.endsWith(".json")) await load(`argent-runtime${subpath.slice(1)}`);

const events = [
  { type: "message_start", message: { id: "1", usage: { input_tokens: 1, output_tokens: 0 } } },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Lima" } },
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 1 } },
  { type: "message_stop" },
];
const server = createServer((request, response) => {
  request.resume();
  response.setHeader("content-type", "text/event-stream");
  response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""));
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

const { getModel, streamSimple } = await load("argent-runtime/pi-ai");
const baseUrl = `http://127.0.0.1:${server.address().port}`;
const model = { ...getModel("anthropic", "claude-sonnet-4-5"), baseUrl };
const question = { role: "user", content: "What is the capital of Peru?", timestamp: Date.now() };
const stream = streamSimple(model, { messages: [question] }, { apiKey: "key" });
let said = "";
for await (const event of stream) if (event.type === "text_delta") said += event.delta;
const answer = await stream.result();
server.close();
if (said !== "Lima") throw new Error(`The turn came to: ${answer.errorMessage ?? said}`);

const { SessionManager } = await load("argent-runtime/pi-coding-agent");
const folder = mkdtempSync(join(tmpdir(), "smoke-"));
const session = SessionManager.create(folder, folder);
for (const message of [question, answer]) session.appendMessage(message);
const { messages } = SessionManager.open(session.getSessionFile()).buildSessionContext();
rmSync(folder, { recursive: true });
if (messages.length !== 2) throw new Error(`The session came back with ${messages.length} messages`);

console.log(`${manifest.version} works on ${process.platform}-${process.arch}, Node ${process.version}`);
