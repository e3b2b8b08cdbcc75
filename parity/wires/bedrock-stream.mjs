import { maybeBlank } from "../texts.mjs";
import { argumentText, pieces } from "../tool-json.mjs";
import { spoil } from "./spoil.mjs";

/** Random streams of Bedrock's ConverseStream, as `{ [name]: body }` events. */

export function bedrockEvents(random, { malformed = false, surrogates = false } = {}) {
  const events = [{ messageStart: { role: "assistant" } }];
  const blocks = random.times(0, 4, () => block(random, surrogates));
  const indexes = random.chance(0.9) ? blocks.map((_, i) => i) : blocks.map((_, i) => i * 2 + 1);
  const queues = blocks.map((list, i) => list.map((make) => make(indexes[i])));
  for (const event of random.chance(0.85) ? queues.flat() : interleave(random, queues)) {
    if (random.chance(0.02)) events.push({ futureEvent: { content: 1 } });
    events.push(event);
  }
  if (random.chance(0.97)) events.push({ messageStop: { stopReason: stopReason(random) } });
  if (random.chance(0.95)) events.push({ metadata: metadata(random) });
  if (malformed) spoil(random, events, SPOILT);
  return events;
}

function block(random, surrogates) {
  const delta = (delta) => (contentBlockIndex) => ({ contentBlockDelta: { contentBlockIndex, delta } });
  const stop = random.chance(0.96)
    ? [(contentBlockIndex) => ({ contentBlockStop: { contentBlockIndex } })]
    : [];
  const start = (start) => (contentBlockIndex) => ({ contentBlockStart: { contentBlockIndex, start } });
  const text = () => random.times(0, 3, () => maybeBlank(random)).join(" ");
  const cut = (value) => pieces(random, value, { surrogates });
  const thought = (reasoningContent) => delta({ reasoningContent });
  return random.weighted([
    [6, () => [...cut(text()).map((text) => delta({ text })), ...stop]],
    [
      3,
      () => [
        ...cut(text()).map((text) => thought({ text })),
        ...random.pick([[], ["EqQB"], ["Eq", "QB="]]).map((signature) => thought({ signature })),
        ...stop,
      ],
    ],
    [1, () => [thought({ redactedContent: "b3BhcXVl" }), ...stop]],
    [
      5,
      () => [
        start({
          toolUse: {
            toolUseId: `tooluse_${random.letters(8)}`,
            name: random.pick(["read", "Read", "BASH", "mcp__x", ""]),
          },
        }),
        ...cut(argumentText(random)).map((input) => delta({ toolUse: { input } })),
        ...stop,
      ],
    ],
    [1, () => [start({ image: { format: "png" } }), delta({ citation: { title: "x" } }), ...stop]],
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

function stopReason(random) {
  return random.weighted([
    [6, "end_turn"],
    [5, "tool_use"],
    [2, "max_tokens"],
    [1, "stop_sequence"],
    [1, "model_context_window_exceeded"],
    [1, "guardrail_intervened"],
    [1, "content_filtered"],
    [1, "unheard_of"],
  ]);
}

function metadata(random) {
  const usage = random.pick([
    { inputTokens: 25, outputTokens: 1, totalTokens: 26 },
    {
      inputTokens: 849,
      outputTokens: 10,
      totalTokens: 3871,
      cacheReadInputTokens: 3000,
      cacheWriteInputTokens: 12,
      cacheDetails: [{ ttl: "1h", inputTokens: 12 }],
    },
    { inputTokens: 7, outputTokens: 2.5 },
    { inputTokens: null, outputTokens: 0, totalTokens: 0 },
    { outputTokens: 1e12, totalTokens: 3 },
    {},
  ]);
  return random.chance(0.95) ? { usage, metrics: { latencyMs: 5 } } : { metrics: { latencyMs: 5 } };
}

const SPOILT = [
  { validationException: { message: "Input is too long for requested model." } },
  { throttlingException: { message: "Too many tokens" } },
  { internalServerException: {} },
  { modelStreamErrorException: { message: "model broke", originalStatusCode: 500 } },
  { serviceUnavailableException: { Message: "capital" } },
  { modelTimeoutException: { message: "late" } },
  { messageStart: { role: "user" } },
  { messageStart: { role: "assistant" } },
  { messageStop: { stopReason: "end_turn" } },
  { messageStop: {} },
  { metadata: {} },
  { contentBlockDelta: '{"contentBlockIndex":0,"delta":{"te' },
  { contentBlockDelta: { contentBlockIndex: 99, delta: { text: "x" } } },
  { contentBlockDelta: { contentBlockIndex: 0 } },
  { contentBlockDelta: { contentBlockIndex: 0, delta: {} } },
  { contentBlockDelta: { contentBlockIndex: 0, delta: { toolUse: {} } } },
  { contentBlockDelta: { contentBlockIndex: 0, delta: { text: null, reasoningContent: {} } } },
  { contentBlockStart: { contentBlockIndex: 0 } },
  { contentBlockStart: { contentBlockIndex: 0, start: { toolUse: {} } } },
  { contentBlockStop: { contentBlockIndex: 7 } },
  { contentBlockStop: "" },
  { contentBlockStop: "null" },
  { contentBlockStop: '"text"' },
];
