import { LEVELS } from "../levels.mjs";
import { chatEvents } from "./chat-stream.mjs";
import { CALL, OPEN_CALL, openAiError, sse } from "./sse.mjs";

const ROUTING = { only: ["anthropic", "bedrock"], order: ["bedrock"], allow_fallbacks: false };

const chunk = (delta, finish_reason = null) => ({
  id: "c1",
  model: "m",
  choices: [{ index: 0, delta, finish_reason }],
});
const callChunk = (rest) => chunk({ tool_calls: [{ index: 0, ...rest }] });

export const chat = {
  api: "openai-completions",
  provider: "openai",
  family: "OpenAICompletions",
  base: (base) => `${base}/v1`,
  ...sse({ end: "data: [DONE]\n\n" }),
  events: chatEvents,
  answer: [
    { id: "c1", model: "m", choices: [{ index: 0, delta: { role: "assistant", content: "ok" } }] },
    { id: "c1", model: "m", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
    { id: "c1", model: "m", choices: [], usage: { prompt_tokens: 5, completion_tokens: 2 } },
  ],
  call: [
    chunk({ content: "one " }),
    chunk({ content: "two" }),
    callChunk({ id: "t1", function: { name: "edit", arguments: "" } }),
    ...CALL.map((part) => callChunk({ function: { arguments: part } })),
    chunk({}, "tool_calls"),
  ],
  openCall: [
    callChunk({ id: "t1", function: { name: "read", arguments: "" } }),
    ...OPEN_CALL.map((part) => callChunk({ function: { arguments: part } })),
  ],
  error: openAiError,
  options: (random) => ({
    toolChoice: () =>
      random.pick(["auto", "none", "required", { type: "function", function: { name: "read" } }]),
    reasoningEffort: () => random.pick(LEVELS),
  }),
  compat(random) {
    const flag = () => random.chance(0.5);
    return {
      supportsStore: flag,
      supportsDeveloperRole: flag,
      supportsReasoningEffort: flag,
      supportsUsageInStreaming: flag,
      maxTokensField: () => random.pick(["max_tokens", "max_completion_tokens"]),
      requiresToolResultName: flag,
      requiresAssistantAfterToolResult: flag,
      requiresThinkingAsText: flag,
      requiresReasoningContentOnAssistantMessages: flag,
      thinkingFormat: () =>
        random.pick(["openai", "openrouter", "deepseek", "zai", "qwen", "qwen-chat-template", "unknown"]),
      openRouterRouting: () => random.pick([{}, ROUTING]),
      vercelGatewayRouting: () => random.pick([{}, ROUTING, { order: ["x"] }]),
      zaiToolStream: flag,
      supportsStrictMode: flag,
      cacheControlFormat: () => "anthropic",
      sendSessionAffinityHeaders: flag,
      supportsLongCacheRetention: flag,
    };
  },
};
