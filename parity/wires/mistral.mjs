import { mistralEvents } from "./mistral-stream.mjs";
import { CALL, OPEN_CALL, openAiError, sse } from "./sse.mjs";

const chunk = (delta, finish_reason = null) => ({
  id: "c1",
  model: "m",
  choices: [{ index: 0, delta, finish_reason }],
});
/** Every piece of a call says which one it is of. */
const callChunk = (name, text) =>
  chunk({ tool_calls: [{ index: 0, id: "t1", function: { name, arguments: text } }] });

export const mistral = {
  api: "mistral-conversations",
  provider: "mistral",
  family: "Mistral",
  base: (base) => base,
  ...sse({ end: "data: [DONE]\n\n" }),
  events: mistralEvents,
  answer: [
    chunk({ role: "assistant", content: "ok" }),
    chunk({ content: "" }),
    { ...chunk({}, "stop"), usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } },
  ],
  call: [
    chunk({ content: "one " }),
    chunk({ content: "two" }),
    ...["", ...CALL].map((text) => callChunk("edit", text)),
    chunk({}, "tool_calls"),
  ],
  openCall: ["", ...OPEN_CALL].map((text) => callChunk("read", text)),
  error: openAiError,
  options: (random) => ({
    toolChoice: () =>
      random.pick(["auto", "none", "any", "required", { type: "function", function: { name: "read" } }]),
    promptMode: () => "reasoning",
    reasoningEffort: () => random.pick(["none", "high"]),
  }),
  compat: () => ({}),
};
