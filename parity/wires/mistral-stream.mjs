import { maybeBlank } from "../texts.mjs";
import { argumentText, pieces } from "../tool-json.mjs";
import { spoil } from "./spoil.mjs";

/** Random streams of Mistral's chat protocol, as `{ data }` events. */

export function mistralEvents(random, { malformed = false, surrogates = false } = {}) {
  const head = {
    id: random.pick(["5319bd02", "chunk-ü", ""]),
    ...(random.chance(0.9) && { object: "chat.completion.chunk", created: 1_769_088_720 }),
    model: random.pick(["mistral-small-latest", ""]),
  };
  const chunk = (delta, finish_reason = null, rest = {}) => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason, ...(random.chance(0.2) && { logprobs: null }) }],
    ...rest,
  });
  const events = [];
  const add = (data) => events.push({ data });

  if (random.chance(0.7)) add(chunk({ role: "assistant", content: random.pick(["", null]) }));
  for (const delta of deltas(random, surrogates)) {
    add(chunk(delta));
    if (random.chance(0.02)) add({ ...head, choices: [] });
  }
  finish(random, chunk, add);
  if (random.chance(0.9)) events.push({ data: "[DONE]" });
  if (malformed) spoil(random, events, SPOILT);
  return events;
}

function deltas(random, surrogates) {
  const cut = (value) => pieces(random, value, { surrogates });
  const text = () => random.times(0, 3, () => maybeBlank(random)).join(" ");
  const parts = random.times(0, 4, () =>
    random.weighted([
      [4, () => cut(text()).map((content) => ({ content }))],
      [2, () => [{ content: random.times(0, 4, () => item(random, text)) }]],
      [2, () => cut(text()).map((thought) => ({ content: [thinking(random, thought)] }))],
      [4, () => toolCalls(random, cut)],
    ]),
  );
  return parts.flat();
}

function thinking(random, text) {
  const parts = random.weighted([
    [6, () => [{ type: "text", text }]],
    [1, () => [{ text }]],
    [1, () => []],
    [
      1,
      () => [
        { type: "reference", reference_ids: [1, "2"] },
        { type: "text", text },
      ],
    ],
    [1, () => [{ type: "tool_reference", tool: "web_search", title: "t", url: "u" }]],
    [1, () => pieces(random, text).map((piece) => ({ type: "text", text: piece }))],
  ]);
  return { type: "thinking", thinking: parts, ...(random.chance(0.2) && { closed: true, signature: null }) };
}

function item(random, text) {
  return random.weighted([
    [4, () => ({ type: "text", text: text() })],
    [3, () => thinking(random, text())],
    [1, () => ({ type: "reference", reference_ids: [0] })],
    [1, () => ({ type: "image_url", image_url: { url: "https://x.invalid/" } })],
    [1, () => ({ type: "new_kind", value: 1 })],
  ]);
}

function toolCalls(random, cut) {
  const calls = random.times(1, 3, (index) => ({
    index: random.pick([index, index, 0, undefined]),
    id: random.pick([random.letters(9), random.letters(9), "null", undefined, ""]),
    name: random.pick([`tool_${index}`, "read"]),
  }));
  const whole = random.chance(0.6);
  const list = calls.flatMap(({ index, id, name }) => {
    const json = argumentText(random);
    const texts = whole ? [json] : cut(json);
    return texts.map((text) => ({
      ...(id !== undefined && { id }),
      ...(index !== undefined && { index }),
      ...(random.chance(0.3) && { type: "function" }),
      function: { name, arguments: asObject(random, text) },
    }));
  });
  return random.chance(0.4)
    ? [{ content: "", tool_calls: list }]
    : list.map((call) => ({ tool_calls: [call] }));
}

/** Arguments now and then come as an object. */
function asObject(random, text) {
  if (!random.chance(0.1)) return text;
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value) && !("__proto__" in value)
      ? value
      : text;
  } catch {
    return text;
  }
}

function finish(random, chunk, add) {
  const reason = random.weighted([
    [6, "stop"],
    [5, "tool_calls"],
    [2, "length"],
    [1, "model_length"],
    [1, "error"],
    [1, "something_new"],
    [1, null],
  ]);
  const usage = random.pick([
    { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    { prompt_tokens: 10, completion_tokens: 5 },
    { prompt_tokens: 10, total_tokens: 99, prompt_tokens_details: { cached_tokens: 4 } },
    { prompt_audio_seconds: null, service_tier: "auto" },
    {},
  ]);
  const rest = random.chance(0.8) ? { usage } : {};
  if (random.chance(0.95)) add(chunk(random.pick([{}, { content: "" }, { content: null }]), reason, rest));
}

const SPOILT = [
  { data: { error: { message: "late failure", code: 502 } } },
  { data: { object: "error", message: "Service tier capacity exceeded", type: "x", code: "3505" } },
  { data: { detail: "Unauthorized" } },
  { data: "{not json" },
  { data: '{"id":"x","choices":[{"delta":{"content":"cut' },
  { data: "" },
  { data: "null" },
  { data: "7" },
  { data: "[]" },
  { data: { id: "x", model: "m", choices: [null] } },
  { data: { id: "x", model: "m", choices: {} } },
  { data: { id: "x", model: "m", choices: [{ index: 0, delta: { content: 5 }, finish_reason: null }] } },
  { data: { id: "x", model: "m", choices: [{ index: 0, delta: { content: "no reason" } }] } },
  { data: { choices: [{ delta: { content: "bare" } }] } },
  {
    data: {
      id: "x",
      model: "m",
      choices: [{ index: 0, delta: { tool_calls: [{ function: { arguments: "1" } }] }, finish_reason: null }],
    },
  },
  { data: { id: "x", model: "m", choices: [], usage: { prompt_tokens: "12", completion_tokens: null } } },
  { data: "[DONE]" },
  { data: "[DONE] " },
];
