import { maybeBlank, object } from "../texts.mjs";
import { argumentText, pieces } from "../tool-json.mjs";
import { spoil } from "./spoil.mjs";

/** Random streams of the Anthropic Messages protocol, as `{ event, data }` events. */

export function anthropicEvents(random, { malformed = false, surrogates = false } = {}) {
  const events = [];
  const add = (data, event = data.type) => events.push({ event, data });

  add({ type: "message_start", message: message(random) });
  const blocks = random.times(0, 4, () => block(random, surrogates));
  const indexes = random.chance(0.9) ? blocks.map((_, i) => i) : blocks.map((_, i) => i * 2 + 1);
  const queues = blocks.map((events, i) => events.map((event) => ({ ...event, index: indexes[i] })));
  for (const event of random.chance(0.85) ? queues.flat() : interleave(random, queues)) {
    if (random.chance(0.05)) add({ type: "ping" });
    if (random.chance(0.02)) add({ type: "future_event", content: 1 });
    add(event);
  }
  for (
    let count = random.weighted([
      [9, 1],
      [1, 2],
    ]);
    count > 0;
    count--
  )
    add(messageDelta(random));
  if (random.chance(0.93)) add({ type: "message_stop" });
  if (random.chance(0.05)) add({ type: "ping" });
  if (malformed) spoil(random, events, SPOILT);
  return events;
}

function message(random) {
  const usage = random.pick([
    { input_tokens: 25, output_tokens: 1 },
    { input_tokens: 849, cache_creation_input_tokens: 12, cache_read_input_tokens: 3000, output_tokens: 10 },
    { input_tokens: null, output_tokens: 0, cache_read_input_tokens: null, service_tier: "standard" },
    {
      input_tokens: 7,
      cache_creation_input_tokens: 3,
      cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 2 },
    },
    {},
  ]);
  return {
    id: random.pick(["msg_1", "", "msg_ü"]),
    type: "message",
    role: "assistant",
    model: "m",
    content: [],
    usage,
  };
}

function block(random, surrogates) {
  const delta = (type, key) => (value) => ({ type: "content_block_delta", delta: { type, [key]: value } });
  const start = (content_block) => ({ type: "content_block_start", content_block });
  const stop = random.chance(0.96) ? [{ type: "content_block_stop" }] : [];
  const text = () => random.times(0, 3, () => maybeBlank(random)).join(" ");
  const cut = (value) => pieces(random, value, { surrogates });
  return random.weighted([
    [5, () => [start({ type: "text", text: "" }), ...cut(text()).map(delta("text_delta", "text")), ...stop]],
    [
      1,
      () => [
        start({ type: "text", text: "ignored" }),
        ...cut(text()).map(delta("text_delta", "text")),
        ...stop,
      ],
    ],
    [
      3,
      () => [
        start({ type: "thinking", thinking: "", signature: "" }),
        ...cut(text()).map(delta("thinking_delta", "thinking")),
        ...random.pick([[], ["EqQB"], ["Eq", "QB="]]).map(delta("signature_delta", "signature")),
        ...stop,
      ],
    ],
    [1, () => [start({ type: "redacted_thinking", data: "b3BhcXVl" }), ...stop]],
    [
      5,
      () => [
        start({
          type: "tool_use",
          id: `toolu_${random.letters(8)}`,
          name: random.pick(["read", "Read", "BASH", "mcp__x", ""]),
          ...random.pick([{ input: {} }, { input: {} }, { input: object(random, 1) }, {}, { input: null }]),
        }),
        ...cut(argumentText(random)).map(delta("input_json_delta", "partial_json")),
        ...stop,
      ],
    ],
    [1, () => [start({ type: "server_tool_use", id: "srv_1", name: "web_search", input: {} }), ...stop]],
    [
      1,
      () => [start({ type: "text", text: "" }), delta("citations_delta", "citation")({ url: "x" }), ...stop],
    ],
  ]);
}

function interleave(random, queues) {
  const rest = queues.map((queue) => [...queue]).filter((queue) => queue.length > 0);
  const result = [];
  while (rest.length > 0) {
    const at = random.int(rest.length);
    result.push(rest[at].shift());
    if (rest[at].length === 0) rest.splice(at, 1);
  }
  return result;
}

function messageDelta(random) {
  const stop_reason = random.weighted([
    [6, "end_turn"],
    [5, "tool_use"],
    [2, "max_tokens"],
    [1, "stop_sequence"],
    [1, "pause_turn"],
    [1, "refusal"],
    [1, "sensitive"],
    [1, "model_context_window_exceeded"],
    [1, null],
  ]);
  const usage = random.pick([
    { output_tokens: 47 },
    { input_tokens: 849, cache_creation_input_tokens: 0, cache_read_input_tokens: 5, output_tokens: 47 },
    { input_tokens: null, output_tokens: 3, cache_read_input_tokens: null },
    { output_tokens: 1.5, input_tokens: 1e12 },
    {},
  ]);
  return { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage };
}

const SPOILT = [
  { event: "error", data: { type: "error", error: { type: "overloaded_error", message: "Overloaded" } } },
  { event: "error", data: "plain text" },
  { event: "message_delta", data: '{"type":"message_delta"' },
  { event: "message_delta", data: { type: "message_delta", delta: { stop_reason: "end_turn" } } },
  { event: "message_delta", data: { type: "message_delta", usage: {} } },
  { event: "message_start", data: { type: "message_start" } },
  {
    event: "content_block_delta",
    data: { type: "content_block_delta", index: 99, delta: { type: "text_delta", text: "x" } },
  },
  { event: "content_block_delta", data: { type: "content_block_delta", index: 0 } },
  { event: "content_block_start", data: { type: "content_block_start", index: 0 } },
  {
    event: "content_block_delta",
    data: '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"raw\ttab \\q"}}',
  },
  { event: "content_block_stop", data: "" },
  { event: "content_block_stop", data: "null" },
  { event: "content_block_stop", data: '"text"' },
  { event: "message_stop", data: { type: "ping" } },
  { event: "ping", data: "not json" },
  { event: undefined, data: { type: "message_stop" } },
];
