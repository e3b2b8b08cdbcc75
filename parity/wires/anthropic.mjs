import { anthropicEvents } from "./anthropic-stream.mjs";
import { sse } from "./sse.mjs";

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
