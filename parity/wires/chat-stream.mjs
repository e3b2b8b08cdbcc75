import { maybeBlank } from "../texts.mjs";
import { argumentText, pieces } from "../tool-json.mjs";
import { spoil } from "./spoil.mjs";

/** Random streams of the OpenAI chat protocol, as `{ data }` events. */

export function chatEvents(random, { malformed = false, surrogates = false } = {}) {
  const head = {
    ...(random.chance(0.9) && { id: random.pick(["chatcmpl-1", "gen-ü", ""]) }),
    object: "chat.completion.chunk",
    ...(random.chance(0.9) && { model: random.pick(["test-model", "other/model-2025", "", null, 5]) }),
  };
  const chunk = (delta, rest = {}) => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason: null, ...rest }],
    ...(random.chance(0.1) && { usage: null }),
  });
  const events = [];
  const add = (data) => events.push({ data });

  if (random.chance(0.7)) add(chunk({ role: "assistant", content: random.pick(["", null]) }));
  for (const delta of merge(random, deltas(random, surrogates))) {
    add(chunk(delta));
    if (random.chance(0.02)) add({ ...head, choices: [] });
    if (random.chance(0.02)) add({ ...head });
  }
  finish(random, head, chunk, add);
  if (random.chance(0.9)) events.push({ data: random.pick(["[DONE]", "[DONE] "]) });
  if (malformed) spoil(random, events, SPOILT);
  return events;
}

function deltas(random, surrogates) {
  const cut = (value) => pieces(random, value, { surrogates });
  const text = () => random.times(0, 3, () => maybeBlank(random)).join(" ");
  const field = random.pick(["reasoning_content", "reasoning", "reasoning_text"]);
  const parts = random.times(0, 4, () =>
    random.weighted([
      [4, () => cut(text()).map((content) => ({ content }))],
      [
        3,
        () => cut(text()).map((value) => ({ [field]: value, ...(random.chance(0.2) && { content: null }) })),
      ],
      [
        1,
        () =>
          cut(text()).map((value) => ({ reasoning_content: value, reasoning: value, reasoning_text: "" })),
      ],
      [4, () => toolCalls(random, cut)],
    ]),
  );
  return parts.flat();
}

function toolCalls(random, cut) {
  const indexed = random.chance(0.8);
  const calls = random.times(1, 3, (index) => ({
    index,
    id: `call_${random.letters(6)}`,
    name: `tool_${index}`,
  }));
  const queues = calls.map(({ index, id, name }) => {
    const place = indexed ? { index } : {};
    const late = random.chance(0.15);
    const repeat = !indexed || random.chance(0.1);
    const first = {
      ...place,
      ...(!late && { id, type: "function" }),
      function: {
        name: late ? "" : name,
        ...(random.chance(0.8) && { arguments: random.pick(["", "", null]) }),
      },
    };
    const rest = cut(argumentText(random)).map((text) => ({
      ...place,
      ...(repeat && random.chance(0.95) && { id }),
      function: { arguments: text, ...(repeat && { name }) },
    }));
    if (late) rest.splice(random.int(rest.length + 1), 0, { ...place, id, function: { name } });
    return [first, ...rest];
  });
  const flat = random.chance(0.7) ? queues.flat() : queues.flatMap((queue) => random.shuffle(queue));
  const result = flat.map((call) => ({ tool_calls: [call] }));
  if (random.chance(0.3)) result.push({ reasoning_details: details(random, calls) });
  return result;
}

function details(random, calls) {
  const { id } = random.pick(calls);
  return random.pick([
    [{ type: "reasoning.encrypted", id, data: "opaque/ü", format: "x", index: 0, 1: 1 }],
    [
      { type: "reasoning.text", text: "x" },
      { type: "reasoning.encrypted", id, data: "" },
    ],
    [{ type: "reasoning.encrypted", id: "call_unknown", data: "d" }],
    "not a list",
    null,
  ]);
}

/** Puts neighbouring deltas into one chunk now and then: text, reasoning and calls together. */
function merge(random, list) {
  const result = [];
  for (const delta of list) {
    const last = result[result.length - 1];
    if (last?.tool_calls && delta.tool_calls && random.chance(0.2)) last.tool_calls.push(...delta.tool_calls);
    else if (last && random.chance(0.1) && !Object.keys(delta).some((key) => key in last))
      Object.assign(last, delta);
    else result.push({ ...delta, ...(delta.tool_calls && { tool_calls: [...delta.tool_calls] }) });
  }
  return result;
}

function finish(random, head, chunk, add) {
  const finish_reason = random.weighted([
    [6, "stop"],
    [5, "tool_calls"],
    [2, "length"],
    [1, "function_call"],
    [1, "end"],
    [1, "content_filter"],
    [1, "network_error"],
    [1, "something_new"],
    [1, null],
  ]);
  const usage = random.pick([
    { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    { prompt_tokens: 100, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 60 } },
    {
      prompt_tokens: 100,
      completion_tokens: 5,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 80 },
    },
    { prompt_tokens: 100, prompt_cache_hit_tokens: 40, completion_tokens_details: { reasoning_tokens: 3 } },
    { prompt_tokens: 5, prompt_tokens_details: null, completion_tokens: 1.5 },
    { prompt_tokens: 3, prompt_tokens_details: { cached_tokens: 9 } },
    { prompt_tokens: 10, completion_tokens: 5, cost: 0.0125, is_byok: false },
    {},
  ]);
  const where = random.pick(["end", "end", "choice", "same", "none"]);
  if (random.chance(0.95)) {
    const last = chunk(random.pick([{}, {}, { content: "" }, null]), { finish_reason });
    if (where === "choice") last.choices[0].usage = usage;
    if (where === "same") last.usage = usage;
    add(last);
  }
  if (where === "end") add({ ...head, choices: [], usage });
}

const SPOILT = [
  { data: { error: { message: "Provider returned error", code: 502, metadata: { raw: "upstream broke" } } } },
  { data: { error: { message: { nested: true } } } },
  { data: { error: "text" } },
  { data: { error: {}, choices: [] } },
  { data: "{not json" },
  { data: '{"choices":[{"delta":{"content":"cut' },
  { data: "" },
  { data: "null" },
  { data: "7" },
  { data: "[]" },
  { event: "error", data: { message: "event error" } },
  { event: "thread.created", data: { id: "t" } },
  { data: { choices: [null] } },
  { data: { choices: {} } },
  { data: { choices: [{ delta: { content: ["a", "b"] } }] } },
  { data: { choices: [{ delta: { content: 5 } }] } },
  { data: { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: { path: "x" } } }] } }] } },
  { data: { choices: [{ delta: { tool_calls: [{}] } }] } },
  { data: { choices: [{ delta: { tool_calls: {} } }] } },
  { data: { choices: [{ delta: { tool_calls: [null] } }] } },
  { data: { usage: { prompt_tokens: "12", completion_tokens: null } } },
  { data: "[DONE]" },
];
