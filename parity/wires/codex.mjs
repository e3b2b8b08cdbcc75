import { shared } from "./responses.mjs";

/** What a token says of its account, as far as anyone here looks into it. */
const claims = { "https://api.openai.com/auth": { chatgpt_account_id: "account-1" } };
const PAYLOAD = Buffer.from(JSON.stringify(claims)).toString("base64");

/** Over HTTP: Pi has a WebSocket only on newer versions of Node, and none that this server could answer. */
export const codex = {
  ...shared,
  api: "openai-codex-responses",
  provider: "openai-codex",
  family: "OpenAICodexResponses",
  base: (base) => base,
  options: (random) => ({
    reasoningEffort: () => random.pick(["none", "minimal", "low", "medium", "high", "xhigh"]),
    reasoningSummary: () => random.pick(["auto", "concise", "detailed", "off", null]),
    serviceTier: () => random.pick(["auto", "default", "flex", "priority", null]),
    textVerbosity: () => random.pick(["low", "medium", "high", ""]),
  }),
  compat: () => ({}),
  prepare(kase) {
    const { apiKey } = kase.options;
    kase.options.transport = "sse";
    if (apiKey && apiKey !== "key with space" && apiKey !== "ключ")
      kase.options.apiKey = `e30.${PAYLOAD}.${kase.key}`;
  },
};
