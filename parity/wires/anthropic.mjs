import { anthropicEvents } from "./anthropic-stream.mjs";
import { CALL, OPEN_CALL, sse } from "./sse.mjs";

const inputDelta = (partial_json) => ({ type: "input_json_delta", partial_json });

function block(index, content_block, deltas) {
  return [
    { type: "content_block_start", index, content_block },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ];
}

export const anthropic = {
  api: "anthropic-messages",
  provider: "anthropic",
  family: "Anthropic",
  base: (base) => base,
  ...sse({ named: true }),
  events: anthropicEvents,
  answer: [
    { type: "message_start", message: { id: "msg_1", usage: { input_tokens: 5, output_tokens: 1 } } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "ok" } },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } },
    { type: "message_stop" },
  ],
  call: [
    { type: "message_start", message: { id: "msg_1", usage: { input_tokens: 5, output_tokens: 1 } } },
    ...block(0, { type: "text", text: "" }, [
      { type: "text_delta", text: "one " },
      { type: "text_delta", text: "two" },
    ]),
    ...block(1, { type: "tool_use", id: "t1", name: "edit", input: {} }, CALL.map(inputDelta)),
    { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 9 } },
    { type: "message_stop" },
  ],
  openCall: [
    { type: "message_start", message: { id: "msg_1", usage: { input_tokens: 5 } } },
    ...block(0, { type: "tool_use", id: "t1", name: "read", input: {} }, OPEN_CALL.map(inputDelta)).slice(
      0,
      -1,
    ),
  ],
  error: (status) => ({
    type: "error",
    error: { type: "some_error", message: `text for ${status}` },
    request_id: "req_1",
  }),
  options: (random) => ({
    toolChoice: () => random.pick(["auto", "any", "none", { type: "tool", name: "read" }]),
    thinkingEnabled: () => random.chance(0.6),
    thinkingBudgetTokens: () => random.pick([0, 1024, 20_000]),
    effort: () => random.pick(["low", "medium", "high", "xhigh", "max"]),
    thinkingDisplay: () => random.pick(["summarized", "omitted"]),
    interleavedThinking: () => random.chance(0.5),
  }),
  compat(random) {
    const flag = () => random.chance(0.5);
    return { supportsEagerToolInputStreaming: flag, supportsLongCacheRetention: flag };
  },
};
