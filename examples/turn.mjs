// One turn, live: every event as it comes, then tokens, cost and times. Without a key it talks to a mock provider on
// this machine; with ANTHROPIC_API_KEY or OPENAI_API_KEY to the real one.
//
//   npm start -- "question"        a question of your own
//   npm start -- --model ID ...    another model of that provider

import { parseArgs } from "node:util";
import { failureOf, getModel, streamSimple } from "argent-runtime/pi-ai";
import { startMock } from "./mock.mjs";

const { values, positionals } = parseArgs({ options: { model: { type: "string" } }, allowPositionals: true });
const question = positionals.join(" ") || "What is the weather in Paris, and what should I wear?";

const dim = (text) => (process.stdout.isTTY ? `\x1b[2m${text}\x1b[0m` : text);
const bold = (text) => (process.stdout.isTTY ? `\x1b[1m${text}\x1b[0m` : text);

const weather = {
  name: "get_weather",
  description: "Current weather of a city",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

const defaults = { anthropic: "claude-sonnet-4-5", openai: "gpt-4o-mini" };
const provider = process.env.ANTHROPIC_API_KEY
  ? "anthropic"
  : process.env.OPENAI_API_KEY
    ? "openai"
    : undefined;
const mock = provider ? undefined : await startMock();
const known = getModel(provider ?? "anthropic", values.model ?? defaults[provider ?? "anthropic"]);
if (!known) {
  console.error(`Unknown model: ${provider}/${values.model}`);
  process.exit(1);
}
const model = {
  ...known,
  ...(mock && { baseUrl: mock.url }),
  // Of OpenAI's protocols this version speaks chat completions.
  ...(provider === "openai" && { api: "openai-completions" }),
};

console.log(`${bold("argent-runtime")}  ${model.provider}/${model.id} over ${model.api} at ${model.baseUrl}`);
console.log(`${bold("question")}  ${question}\n`);

const began = performance.now();
let firstToken;
let events = 0;
let line = "";
const controller = new AbortController();
process.once("SIGINT", () => controller.abort());

/** Shows what a block says as it says it. */
function show(kind, delta) {
  firstToken ??= performance.now() - began;
  if (line !== kind) process.stdout.write(`${line ? "\n" : ""}${dim(kind.padEnd(10))}`);
  line = kind;
  process.stdout.write(kind === "thinking" ? dim(delta) : delta);
}

const stream = streamSimple(
  model,
  { messages: [{ role: "user", content: question, timestamp: Date.now() }], tools: [weather] },
  { apiKey: mock && "mock", reasoning: "low", signal: controller.signal },
);
for await (const event of stream) {
  events++;
  if (event.type === "thinking_delta") show("thinking", event.delta);
  else if (event.type === "text_delta") show("text", event.delta);
  else if (event.type === "toolcall_delta") show("tool call", event.delta);
  else if (event.type === "toolcall_end") {
    const { name, arguments: args } = event.toolCall;
    process.stdout.write(`\n${dim("tool call ")}${bold(name)}(${JSON.stringify(args)})`);
  }
}
const message = await stream.result();
const took = performance.now() - began;
await mock?.stop();

const { usage } = message;
console.log("\n");
if (message.stopReason === "error" || message.stopReason === "aborted") {
  const failure = failureOf(message);
  console.log(`${bold("failed")}  ${message.errorMessage}  ${dim(JSON.stringify(failure ?? {}))}`);
  process.exitCode = 1;
}
console.log(
  `${bold("events")} ${events}   ${bold("stop")} ${message.stopReason}   ` +
    `${bold("tokens")} ${usage.input} in, ${usage.output} out, ${usage.cacheRead} cached   ` +
    `${bold("cost")} $${usage.cost.total.toFixed(6)}   ` +
    `${bold("first token")} ${firstToken?.toFixed(0) ?? "-"} ms   ${bold("total")} ${took.toFixed(0)} ms`,
);
if (mock) {
  console.log(
    dim(
      '\nThat was a mock provider on this machine. The real one:\n  ANTHROPIC_API_KEY=... npm start -- "question"',
    ),
  );
}
