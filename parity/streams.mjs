import { anthropicEvents } from "./anthropic-stream.mjs";
import { chatEvents } from "./chat-stream.mjs";
import { cut, cutLineEnds, frame, paced, style } from "./framing.mjs";
import { simpleModel } from "./models.mjs";
import { createRandom, seedOf } from "./random.mjs";

/** Random provider streams: what a host sees of them, event by event. */

const SECTIONS = [
  { name: "streams", share: 1 },
  { name: "streams, one event at a time", share: 0.2, slow: true },
  { name: "streams with unpaired surrogates", share: 0.1, surrogates: true },
  { name: "malformed streams", share: 0.5, malformed: true },
  { name: "streams with CR and LF in two packets", share: 0.1, crlf: true },
];

export function streamSections({ seed, count }) {
  return SECTIONS.map(({ name, share, ...kind }) => ({
    name,
    cases: Array.from({ length: Math.ceil(count * share) }, (_, index) => ({
      name: `#${index}`,
      // A snapshot taken while the machine was busy is not a difference.
      patient: kind.slow,
      make: (place) => streamCase(createRandom(seedOf(seed, name, index)), kind, place),
    })),
  }));
}

function streamCase(random, { slow, crlf, ...kind }, { base, pause }) {
  const api = random.pick(["anthropic-messages", "openai-completions"]);
  const writing = style(random);
  if (crlf) writing.eol = "\r\n";
  const events = api === "anthropic-messages" ? anthropicEvents(random, kind) : chatEvents(random, kind);
  const frames = events.map((event) => frame(random, writing, event));
  if (random.chance(0.05)) frames.unshift(random.pick(["\ufeff", "\n\n", ": hello\n\n"]));
  if (random.chance(0.1) && frames.length > 0) frames.push(frames.pop().trimEnd());
  const bytes = Buffer.from(frames.join(""));
  const steps = slow ? paced(frames, pause) : crlf ? cutLineEnds(random, bytes) : cut(random, bytes);
  return {
    call: random.weighted([
      [8, "stream"],
      [1, "streamSimple"],
      [1, "complete"],
    ]),
    consume: random.chance(0.05) ? "result" : "events",
    paced: slow,
    model: simpleModel(base, api),
    context: {
      messages: [{ role: "user", content: "hi", timestamp: 0 }],
      tools: random.chance(0.5)
        ? ["read", "Bash"].map((name) => ({ name, description: "", parameters: {} }))
        : [],
    },
    options: { apiKey: random.pick(["sk-test", "sk-ant-oat01-test"]) },
    tags: new Set(Object.keys({ ...kind, ...(crlf && { crlf }) })),
    responses: [{ headers: { "content-type": "text/event-stream" }, steps }],
  };
}

/** The shortest complete answer, for cases that are about the request. */
export function answer(api) {
  const events =
    api === "anthropic-messages"
      ? [
          { type: "message_start", message: { id: "msg_1", usage: { input_tokens: 5, output_tokens: 1 } } },
          { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
          { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "ok" } },
          { type: "content_block_stop", index: 0 },
          { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } },
          { type: "message_stop" },
        ]
      : [
          { id: "c1", model: "m", choices: [{ index: 0, delta: { role: "assistant", content: "ok" } }] },
          { id: "c1", model: "m", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
          { id: "c1", model: "m", choices: [], usage: { prompt_tokens: 5, completion_tokens: 2 } },
        ];
  return Buffer.from(sse(api, events));
}

/** Events as the provider of `api` frames them. */
export function sse(api, events) {
  const named = api === "anthropic-messages";
  const frames = events.map((data) => {
    const text = typeof data === "string" ? data : JSON.stringify(data);
    const type = typeof data === "string" ? JSON.parse(data).type : data.type;
    return `${named ? `event: ${type}\n` : ""}data: ${text}\n\n`;
  });
  return frames.join("") + (named ? "" : "data: [DONE]\n\n");
}
