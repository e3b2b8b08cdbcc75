// The shortest answers of each wire, "ok", as its providers send them.

import { crc32 } from "node:zlib";
import { anthropic, chat } from "./provider.js";

const data = (event: object) => `data: ${JSON.stringify(event)}\n\n`;
const named = (event: { type: string }) => `event: ${event.type}\n${data(event)}`;

const item = { type: "message", id: "msg_1", role: "assistant", content: [] as object[] };
const responses = [
  { type: "response.created", response: { id: "resp_1" } },
  { type: "response.output_item.added", output_index: 0, item },
  { type: "response.content_part.added", part: { type: "output_text", text: "" } },
  { type: "response.output_text.delta", delta: "ok" },
  { type: "response.output_item.done", item: { ...item, content: [{ type: "output_text", text: "ok" }] } },
  {
    type: "response.completed",
    response: {
      id: "resp_1",
      status: "completed",
      usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
    },
  },
];

const google = data({
  responseId: "r1",
  candidates: [{ content: { role: "model", parts: [{ text: "ok" }] }, finishReason: "STOP" }],
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
});

/** A message of AWS's event stream. */
export function awsFrame(type: string, payload: object, kind = "event"): Buffer {
  const header = (name: string, value: string) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(value.length);
    return Buffer.concat([
      Buffer.from([name.length]),
      Buffer.from(name),
      Buffer.from([7]),
      length,
      Buffer.from(value),
    ]);
  };
  const headers = Buffer.concat([
    header(kind === "event" ? ":event-type" : ":exception-type", type),
    header(":content-type", "application/json"),
    header(":message-type", kind),
  ]);
  const body = Buffer.from(JSON.stringify(payload));
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(headers.length + body.length + 16, 0);
  prelude.writeUInt32BE(headers.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const checked = Buffer.concat([prelude, headers, body]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(checked));
  return Buffer.concat([checked, sum]);
}

const bedrock = Buffer.concat([
  awsFrame("messageStart", { role: "assistant" }),
  awsFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "ok" } }),
  awsFrame("contentBlockStop", { contentBlockIndex: 0 }),
  awsFrame("messageStop", { stopReason: "end_turn" }),
  awsFrame("metadata", { usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 } }),
]);

/** By API: the answer's bytes. */
export const answers: Record<string, string | Buffer> = {
  "anthropic-messages": anthropic.answer("ok"),
  "openai-completions": chat.answer("ok"),
  "mistral-conversations": chat.answer("ok"),
  "openai-responses": responses.map(named).join(""),
  "azure-openai-responses": responses.map(named).join(""),
  "openai-codex-responses": responses.map(named).join(""),
  "google-generative-ai": google,
  "google-vertex": google,
  "bedrock-converse-stream": bedrock,
};
