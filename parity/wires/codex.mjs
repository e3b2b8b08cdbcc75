import { sse } from "./sse.mjs";

const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh"];
const TIERS = ["auto", "default", "flex", "priority"];

/** A token of an account, as far as anyone here looks into it. */
const token = (claims) => ["e30", Buffer.from(JSON.stringify(claims)).toString("base64"), "s"].join(".");
const TOKEN = token({ "https://api.openai.com/auth": { chatgpt_account_id: "account-1" } });

const item = (output_index, item) => ({ output_index, item });
const added = (index, value) => ({ type: "response.output_item.added", ...item(index, value) });
const done = (index, value) => ({ type: "response.output_item.done", ...item(index, value) });
const created = { type: "response.created", response: { id: "resp_1", status: "in_progress" } };
const usage = {
  input_tokens: 5,
  input_tokens_details: { cached_tokens: 2 },
  output_tokens: 2,
  total_tokens: 7,
};
const completed = { type: "response.completed", response: { id: "resp_1", status: "completed", usage } };

function message(index, ...texts) {
  const part = (text) => ({ type: "output_text", text, annotations: [] });
  const base = { id: `msg_${index}`, type: "message", role: "assistant" };
  return [
    added(index, { ...base, status: "in_progress", content: [] }),
    { type: "response.content_part.added", output_index: index, part: part("") },
    ...texts.map((delta) => ({ type: "response.output_text.delta", output_index: index, delta })),
    done(index, { ...base, status: "completed", content: [part(texts.join(""))] }),
  ];
}

function call(index, name, ...pieces) {
  const base = { id: `fc_${index}`, type: "function_call", call_id: `call_${index}`, name };
  return [
    added(index, { ...base, arguments: "" }),
    ...pieces.map((delta) => ({
      type: "response.function_call_arguments.delta",
      output_index: index,
      delta,
    })),
    done(index, { ...base, arguments: pieces.join("") }),
  ];
}

/** Over HTTP: Pi has a WebSocket only on newer versions of Node, and none that this server could answer. */
export const codex = {
  api: "openai-codex-responses",
  provider: "openai-codex",
  family: "OpenAICodexResponses",
  base: (base) => base,
  ...sse({ named: true }),
  events: () => [created, ...message(0, "ok"), completed],
  answer: [created, ...message(0, "ok"), completed],
  openCall: [created, ...call(0, "read", '{"path":"a', 'b","li').slice(0, -1)],
  hostEvents: (pieces) => [created, ...message(0, "one ", "two"), ...call(1, "edit", ...pieces), completed],
  options: (random) => ({
    reasoningEffort: () => random.pick(EFFORTS),
    reasoningSummary: () => random.pick(["auto", "concise", "detailed", "off", null]),
    serviceTier: () => random.pick([...TIERS, null]),
    textVerbosity: () => random.pick(["low", "medium", "high", ""]),
  }),
  compat: () => ({}),
  /** Every case needs a token that names an account, and the transport. */
  prepare(kase) {
    const { apiKey } = kase.options;
    kase.options.transport = "sse";
    if (apiKey && apiKey !== "key with space" && apiKey !== "ключ") kase.options.apiKey = TOKEN;
  },
};
