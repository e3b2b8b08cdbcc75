import { maybeBlank } from "../texts.mjs";
import { argumentText, pieces } from "../tool-json.mjs";
import { spoil } from "./spoil.mjs";

/** Random streams of the OpenAI Responses protocol, as `{ event, data }` events. */

export function responsesEvents(random, { malformed = false, interleaved = false, surrogates = false } = {}) {
  const head = {
    id: random.pick(["resp_1", "resp_ü", ""]),
    object: "response",
    model: "m",
    status: "in_progress",
  };
  const cut = (value) => pieces(random, value, { surrogates });
  const items = random.times(0, 4, () => item(random, cut));
  const queues = items.map((events, output_index) => events.map((event) => ({ ...event, output_index })));
  const list = [
    { type: "response.created", response: head },
    ...(random.chance(0.7) ? [{ type: "response.in_progress", response: head }] : []),
    ...(interleaved ? interleave(random, queues) : queues.flat()),
    ...(random.chance(0.95) ? [terminal(random, head)] : []),
  ];
  const numbered = random.chance(0.9);
  const placed = interleaved || random.chance(0.9);
  const events = list.map(({ output_index, ...data }, sequence_number) => ({
    event: data.type,
    data: {
      ...data,
      ...(numbered && { sequence_number }),
      ...(placed && output_index !== undefined && { output_index }),
    },
  }));
  if (random.chance(0.1)) events.splice(random.int(events.length + 1), 0, note("response.future_event"));
  if (random.chance(0.1)) events.push({ data: "[DONE]" });
  if (malformed) spoil(random, events, SPOILT);
  return events;
}

function item(random, cut) {
  return random.weighted([
    [4, () => reasoning(random, cut)],
    [5, () => message(random, cut)],
    [5, () => functionCall(random, cut)],
    [1, () => unknown(random, cut)],
  ]);
}

const added = (item) => ({ type: "response.output_item.added", item });
const done = (item) => ({ type: "response.output_item.done", item });

function text(random) {
  return random.times(0, 3, () => maybeBlank(random)).join(" ");
}

function reasoning(random, cut) {
  const id = `rs_${random.letters(12)}`;
  const style = random.pick(["summary", "summary", "text", "hidden"]);
  const parts = style === "hidden" ? [] : random.times(0, 3, () => text(random));
  const events = parts.flatMap((part, summary_index) => {
    const place = { item_id: id, summary_index };
    if (style === "text") {
      return cut(part).map((delta) => ({ type: "response.reasoning_text.delta", ...place, delta }));
    }
    return [
      {
        type: "response.reasoning_summary_part.added",
        ...place,
        part: { type: "summary_text", text: "" },
      },
      ...cut(part).map((delta) => ({ type: "response.reasoning_summary_text.delta", ...place, delta })),
      { type: "response.reasoning_summary_text.done", ...place, text: part },
      ...(random.chance(0.9)
        ? [
            {
              type: "response.reasoning_summary_part.done",
              ...place,
              part: { type: "summary_text", text: part },
            },
          ]
        : []),
    ];
  });
  const whole = {
    id,
    type: "reasoning",
    ...(random.chance(0.8) && { encrypted_content: "gAAAA/ü+x==" }),
    summary: style === "summary" ? parts.map((text) => ({ type: "summary_text", text })) : [],
    ...(style === "text" && { content: parts.map((text) => ({ type: "reasoning_text", text })) }),
  };
  return [
    added({ id, type: "reasoning", ...(random.chance(0.9) && { summary: [] }) }),
    ...events,
    ...(random.chance(0.97) ? [done(whole)] : []),
  ];
}

function message(random, cut) {
  const id = `msg_${random.letters(random.chance(0.1) ? 70 : 12)}`;
  const parts = random.times(random.chance(0.1) ? 0 : 1, 2, () => {
    const refusal = random.chance(0.15);
    const value = text(random);
    return refusal
      ? { type: "refusal", refusal: value }
      : { type: "output_text", annotations: [], logprobs: [], text: value };
  });
  const events = parts.flatMap((part, content_index) => {
    const place = { item_id: id, content_index };
    const refusal = part.type === "refusal";
    const [kind, key] = refusal ? ["refusal", "refusal"] : ["output_text", "text"];
    return [
      { type: "response.content_part.added", ...place, part: { ...part, [key]: "" } },
      ...cut(part[key]).map((delta) => ({
        type: `response.${kind}.delta`,
        ...place,
        delta,
        ...(random.chance(0.5) && { logprobs: [], obfuscation: "xY1" }),
      })),
      ...(random.chance(0.1)
        ? [{ type: "response.output_text.annotation.added", ...place, annotation: { type: "url_citation" } }]
        : []),
      { type: `response.${kind}.done`, ...place, [key]: part[key] },
      { type: "response.content_part.done", ...place, part },
    ];
  });
  const phase = random.pick([{}, {}, { phase: "commentary" }, { phase: "final_answer" }, { phase: null }]);
  const whole = { id, type: "message", status: "completed", role: "assistant", content: parts, ...phase };
  return [
    added({ ...whole, status: "in_progress", content: [] }),
    ...events,
    ...(random.chance(0.97) ? [done(whole)] : []),
    ...(random.chance(0.03) ? [done(whole)] : []),
  ];
}

function functionCall(random, cut) {
  const id = `fc_${random.letters(12)}`;
  const whole = {
    id,
    type: "function_call",
    status: "completed",
    arguments: argumentText(random),
    call_id: `call_${random.letters(10)}`,
    name: random.pick(["read", "bash", "mcp__x", ""]),
  };
  const place = { item_id: id };
  const streamed = cut(whole.arguments).map((delta) => ({
    type: "response.function_call_arguments.delta",
    ...place,
    delta,
  }));
  const end = { type: "response.function_call_arguments.done", ...place, arguments: whole.arguments };
  const begun = { ...whole, status: "in_progress", arguments: "" };
  return random.weighted([
    [10, () => [added(begun), ...streamed, end, done(whole)]],
    [2, () => [added(begun), ...streamed, done(whole)]],
    [2, () => [added(begun), ...streamed.slice(0, 2), end, done(whole)]],
    [1, () => [added(begun), end, done(whole)]],
    [2, () => [added(begun), done(whole)]],
    [1, () => [added(whole), done(whole)]],
    [1, () => [added(whole), end, done(whole)]],
    [1, () => [added(begun), ...streamed, { ...end, arguments: '{"other":1}' }, done(whole)]],
    [1, () => [added(begun), ...streamed]],
  ]);
}

function unknown(random, cut) {
  const id = `x_${random.letters(8)}`;
  return random.weighted([
    [
      2,
      () => {
        const item = {
          id,
          type: "web_search_call",
          status: "in_progress",
          action: { type: "search", query: "x" },
        };
        return [
          added(item),
          { type: "response.web_search_call.searching", item_id: id },
          { type: "response.web_search_call.completed", item_id: id },
          done({ ...item, status: "completed" }),
        ];
      },
    ],
    [
      2,
      () => {
        const item = { id, type: "custom_tool_call", call_id: "call_x", name: "sql", input: "" };
        return [
          added(item),
          ...cut("SELECT 1").map((delta) => ({
            type: "response.custom_tool_call_input.delta",
            item_id: id,
            delta,
          })),
          done({ ...item, input: "SELECT 1" }),
        ];
      },
    ],
    [
      1,
      () => [
        added({ id, type: "image_generation_call" }),
        { type: "response.image_generation_call.partial_image", item_id: id, partial_image_b64: "AA==" },
        done({ id, type: "image_generation_call", result: "AA==" }),
      ],
    ],
  ]);
}

function terminal(random, head) {
  const usage = random.pick([
    {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 60 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 3 },
      total_tokens: 107,
    },
    { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
    { input_tokens: 5, input_tokens_details: null, output_tokens: 1.5 },
    { input_tokens: 3, input_tokens_details: { cached_tokens: 9 }, total_tokens: 1e12 },
    {},
    null,
  ]);
  const response = {
    ...head,
    output: [],
    usage,
    ...random.pick([{}, { service_tier: "default" }, { service_tier: "flex" }, { service_tier: "priority" }]),
  };
  const end = (status, rest = {}) => ({
    type: "response.completed",
    response: { ...response, status, ...rest },
  });
  return random.weighted([
    [14, () => end("completed")],
    [1, () => end("completed", { id: undefined })],
    [1, () => end("incomplete")],
    [1, () => end(random.pick(["failed", "cancelled"]))],
    [1, () => end(random.pick(["in_progress", "queued", null, ""]))],
    [1, () => end("something_new")],
    [
      1,
      () => ({
        type: "response.incomplete",
        response: { ...response, status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
      }),
    ],
    [1, () => failed(random, response)],
    [1, () => flatError(random)],
  ]);
}

function failed(random, response) {
  const error = random.pick([
    { error: { code: "server_error", message: "The model broke" } },
    { error: { code: "rate_limit_exceeded", message: "Slow down" } },
    { error: { code: null, message: "" } },
    { error: null, incomplete_details: { reason: "content_filter" } },
    { error: null },
  ]);
  return { type: "response.failed", response: { ...response, status: "failed", ...error } };
}

function flatError(random) {
  return random.pick([
    { type: "error", code: "ERR_1", message: "flat", param: null },
    { type: "error", code: null, message: "no code" },
    { type: "error" },
    { type: "error", error: { type: "insufficient_quota", code: "insufficient_quota", message: "No quota" } },
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

const note = (type, rest = {}) => ({ event: type, data: { type, ...rest } });

const CALL = {
  id: "fc_9",
  type: "function_call",
  call_id: "call_9",
  name: "read",
  arguments: '{"path":"x"}',
};

const SPOILT = [
  { data: { error: { message: "Provider returned error", code: 502 } } },
  { data: { error: "text" } },
  { data: { error: {} } },
  { data: "{not json" },
  { data: '{"type":"response.output_text.delta","delta":"cut' },
  { data: "" },
  { data: "null" },
  { data: "7" },
  { data: "[]" },
  { data: {} },
  { data: { type: 7, delta: "x" } },
  { event: "thread.created", data: { id: "t" } },
  note("response.created"),
  note("response.created", { response: {} }),
  note("response.completed"),
  note("response.completed", { response: null }),
  note("response.failed"),
  note("response.output_item.added"),
  note("response.output_item.added", { item: { type: "message" } }),
  note("response.output_item.added", {
    item: { type: "reasoning", summary: [{ type: "summary_text", text: "a" }] },
  }),
  note("response.output_item.added", { item: { type: "function_call", name: "bare" } }),
  note("response.output_item.added", { item: CALL }),
  note("response.output_item.done", { item: CALL }),
  note("response.output_item.done", { item: { type: "message", id: "msg_9" } }),
  note("response.output_item.done", { item: { type: "message", id: "msg_9", content: [] } }),
  note("response.output_item.done", { item: { type: "reasoning", id: "rs_9" } }),
  note("response.output_item.done", {
    item: { type: "reasoning", id: "rs_9", summary: [{}], content: null },
  }),
  note("response.content_part.added"),
  note("response.content_part.added", { part: { type: "reasoning_text", text: "" } }),
  note("response.output_text.delta"),
  note("response.output_text.delta", { delta: "stray" }),
  note("response.refusal.delta", { delta: "stray" }),
  note("response.reasoning_text.delta", { delta: "stray" }),
  note("response.reasoning_summary_text.delta", { delta: "stray" }),
  note("response.function_call_arguments.delta", { delta: '{"stray":' }),
  note("response.function_call_arguments.done"),
  note("response.function_call_arguments.done", { arguments: "{}" }),
];
