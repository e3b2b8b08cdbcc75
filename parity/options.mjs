import { LEVELS } from "./levels.mjs";
import { text } from "./texts.mjs";
import { WIRES } from "./wires/index.mjs";

/** Random options for `stream` and `streamSimple`, and the hooks and environment around a call. */

export function streamOptions(random, api) {
  return choose(random, { ...common(random), ...WIRES.get(api).options(random) });
}

export function simpleOptions(random) {
  return choose(random, {
    ...common(random),
    reasoning: () => random.pick([...LEVELS, "off", "unheard-of"]),
    thinkingBudgets: () => random.pick([{ low: 100, high: 50_000 }, { minimal: 0 }, {}]),
    toolChoice: () => random.pick(["auto", "none", "required"]),
    maxRetryDelayMs: () => 1000,
    transport: () => "sse",
  });
}

function common(random) {
  return {
    apiKey: () => random.pick(["sk-test", "sk-other", "sk-ant-oat01-test", "key with space"]),
    temperature: () => random.pick([0, 0.7, 1, 2, 1e-7]),
    maxTokens: () => random.pick([0, 1, 100, 4096, 1_000_000]),
    cacheRetention: () => random.pick(["none", "short", "long"]),
    sessionId: () => random.pick(["session-1", "0198c0de-0000-7000-8000-000000000000", ""]),
    headers: () => headers(random),
    metadata: () => random.pick([{ user_id: text(random) }, { user_id: 7 }, {}, { other: "x" }]),
    timeoutMs: () => random.pick([30_000, 61_500]),
  };
}

function headers(random) {
  return random.pick([
    { "X-Custom": "1", "x-custom-2": "two, three" },
    { "anthropic-beta": "other-beta-2025-01-01" },
    { "Anthropic-Version": "2024-01-01" },
    { Authorization: "Bearer mine" },
    { authorization: "Bearer lower" },
    { "x-api-key": "mine" },
    { "User-Agent": "host/2.0" },
    { "X-Stainless-Lang": "none", "Content-Type": "application/json; charset=utf-8" },
    { "X-Null": null, "X-Undefined": undefined, "X-Number": 5, "x-api-key": null },
    { accept: "text/event-stream" },
    {},
  ]);
}

function choose(random, fields) {
  const options = {};
  // The key is almost always there: without it there is no request to look at.
  for (const key of Object.keys(fields)) {
    if (random.chance(key === "apiKey" ? 1 : 0.3)) options[key] = fields[key]();
  }
  return options;
}

/** What a host does to the payload before it is sent. */
export function hook(random, api) {
  const { hooks } = WIRES.get(api);
  if (hooks && random.chance(0.4)) return random.pick(hooks);
  return random.weighted([
    [6, undefined],
    [1, () => (payload) => void delete payload.stream],
    [
      1,
      () => (payload) =>
        void Object.assign(payload, { extra: undefined, when: new Date(0), 7: -0, big: 1e21 }),
    ],
    [1, () => (payload) => ({ ...payload, 1: "first", temperature: Number.NaN, lone: "\ud800" })],
    [1, () => async (payload) => void (payload.messages ?? payload.input).pop()],
    [1, () => (payload) => void (payload.messages ?? payload.input).push({ role: "user", content: "added" })],
    [1, () => (payload) => ({ model: payload.model, messages: [], stream: true })],
    [1, () => () => Promise.reject(new TypeError("hook failed"))],
    [1, () => () => null],
  ]);
}

/** Variables that the SDKs and Pi read at the call. */
export function environment(random) {
  return random.weighted([
    [12, {}],
    [1, { PI_CACHE_RETENTION: "long" }],
    [1, { OPENAI_ORG_ID: "org-1", OPENAI_PROJECT_ID: "project-1" }],
    [1, { ANTHROPIC_AUTH_TOKEN: "token-from-environment" }],
    [1, { ANTHROPIC_API_KEY: "sk-from-environment", OPENAI_API_KEY: "sk-from-environment" }],
  ]);
}

/** Options of the wrong type, which Pi passes on or stumbles over in a way hosts have come to know. */
export function wrongTypes(random) {
  return random.pick([
    { temperature: null },
    { temperature: "0.5" },
    { maxTokens: "100" },
    { maxTokens: null },
    { headers: new AbortController().signal },
    { headers: "x" },
    { signal: "not a signal" },
    { sessionId: 5 },
    { cacheRetention: "forever" },
    { toolChoice: 7 },
    { metadata: null },
    { metadata: "x" },
    { reasoningEffort: 3, reasoning: 3 },
    { maxRetries: 0.5 },
    { timeoutMs: 30_000.7 },
  ]);
}
