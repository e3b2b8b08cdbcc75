import { EventStreamCodec } from "@smithy/core/event-streams";
import { LEVELS } from "../levels.mjs";
import { authorization, credentials, digest } from "./aws-signature.mjs";
import { bedrockEvents } from "./bedrock-stream.mjs";
import { CALL, OPEN_CALL } from "./sse.mjs";

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString(),
  (text) => Buffer.from(text),
);

/** One message of an event stream. A body that is text is sent as it stands. */
function frame(event) {
  const [[name, body]] = Object.entries(typeof event === "string" ? JSON.parse(event) : event);
  const kind = name.endsWith("Exception") ? "exception" : "event";
  const text = (value) => ({ type: "string", value });
  const headers = {
    [`:${kind}-type`]: text(name),
    ":content-type": text("application/json"),
    ":message-type": text(kind),
  };
  return Buffer.from(
    codec.encode({ headers, body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)) }),
  );
}

const frames = (events) => events.map(frame);

const block = (contentBlockIndex, deltas, start) => [
  ...(start ? [{ contentBlockStart: { contentBlockIndex, start } }] : []),
  ...deltas.map((delta) => ({ contentBlockDelta: { contentBlockIndex, delta } })),
  { contentBlockStop: { contentBlockIndex } },
];
const calling = (name, pieces) =>
  block(
    1,
    pieces.map((input) => ({ toolUse: { input } })),
    { toolUse: { toolUseId: "t1", name } },
  );

const isBlank = ({ text }) => text !== undefined && text.trim() === "";
const isMark = ({ cachePoint }) => cachePoint !== undefined;

/** What may be sent of the parts of a message, with a cache point behind them only if there are any. */
function spoken(parts) {
  const said = parts.filter((part) => !isBlank(part));
  for (const { toolResult } of said) {
    if (toolResult) toolResult.content = toolResult.content.filter((part) => !isBlank(part));
  }
  return said;
}

/** Nothing blank, the user first, and what one side says in a row as one message: Bedrock refuses anything else. */
function legal(text) {
  const request = text && JSON.parse(text);
  if (!Array.isArray(request?.messages)) return text;
  const messages = [];
  for (const message of request.messages) {
    // A host's hook adds such.
    if (!Array.isArray(message.content)) {
      messages.push(message);
      continue;
    }
    const content = spoken(message.content);
    const last = messages.at(-1);
    if (last?.role === message.role) last.content.push(...content);
    else if (!content.every(isMark)) {
      if (!last && message.role === "assistant") {
        messages.push({ ...message, role: "user", content: [{ text: "(continued)" }] });
      }
      messages.push({ ...message, content });
    }
  }
  return JSON.stringify({ ...request, messages });
}

export const bedrock = {
  api: "bedrock-converse-stream",
  provider: "amazon-bedrock",
  base: (base) => base,
  type: "application/vnd.amazon.eventstream",
  frames,
  random: (_random, _style, events) => frames(events),
  events: bedrockEvents,
  answer: [
    { messageStart: { role: "assistant" } },
    ...block(0, [{ text: "ok" }]),
    { messageStop: { stopReason: "end_turn" } },
    { metadata: { usage: { inputTokens: 5, outputTokens: 2, totalTokens: 7 } } },
  ],
  call: [
    { messageStart: { role: "assistant" } },
    ...block(0, [{ text: "one " }, { text: "two" }]),
    ...calling("edit", CALL),
    { messageStop: { stopReason: "tool_use" } },
    { metadata: { usage: { inputTokens: 5, outputTokens: 9, totalTokens: 14 } } },
  ],
  openCall: [{ messageStart: { role: "assistant" } }, ...calling("read", OPEN_CALL).slice(0, -1)],
  error: (status) => ({ message: `text for ${status}` }),
  legal,
  failure: (body) => ({ validationException: body }),
  /** The clock, chance and the machine show in these; which headers a signature covers is the signer's choice. */
  seen(request) {
    const shown = {
      authorization: authorization(request),
      "x-amz-content-sha256": digest(request),
      "x-amz-date": "a time",
      "amz-sdk-invocation-id": "an id",
    };
    return request.headers.map(([name, value]) => {
      if (name === "user-agent") return [name, value.replace(/(os\/\w+)#\S+/, "$1").replace(/ m\/\S+$/, "")];
      return [name, shown[name] ?? value];
    });
  },
  /** Pi's client does not ask the options how often to try, and speaks HTTP/2 unless told otherwise. */
  environment: ({ options }) => ({
    ...credentials,
    AWS_BEDROCK_FORCE_HTTP1: "1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_MAX_ATTEMPTS: String(1 + ("maxRetries" in options ? (options.maxRetries ?? 2) : 0)),
  }),
  options: (random) => ({
    toolChoice: () => random.pick(["auto", "any", "none", { type: "tool", name: "read" }]),
    reasoning: () => random.pick(LEVELS),
    thinkingBudgets: () => random.pick([{ low: 100, high: 50_000 }, { minimal: 0 }, {}]),
    thinkingDisplay: () => random.pick(["summarized", "omitted"]),
    interleavedThinking: () => random.chance(0.5),
    region: () => random.pick(["eu-west-1", "us-gov-west-1", ""]),
    bearerToken: () => random.pick(["bedrock-key", ""]),
    requestMetadata: () => random.pick([{ team: "a" }, {}]),
  }),
  compat: () => ({}),
};
