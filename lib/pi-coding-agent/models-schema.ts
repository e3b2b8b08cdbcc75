// What `models.json` may say, as a JSON schema.

type Schema = Record<string, unknown>;

const flag: Schema = { type: "boolean" };
const number: Schema = { type: "number" };
const text: Schema = { type: "string" };
const filledText: Schema = { type: "string", minLength: 1 };

const object = (properties: Record<string, Schema>, required: readonly string[] = []): Schema => ({
  type: "object",
  ...(required.length > 0 ? { required } : {}),
  properties,
});
const list = (items: Schema): Schema => ({ type: "array", items });
const recordOf = (values: Schema): Schema => ({ type: "object", patternProperties: { "^.*$": values } });
const anyOf = (...schemas: Schema[]): Schema => ({ anyOf: schemas });
const word = (value: string): Schema => ({ type: "string", const: value });
const oneOf = (...words: string[]): Schema => anyOf(...words.map(word));
const all = (names: readonly string[], schema: Schema): Record<string, Schema> =>
  Object.fromEntries(names.map((name) => [name, schema]));

const cutoffs = anyOf(number, object(all(["p50", "p75", "p90", "p99"], number)));

const openRouterRouting = object({
  ...all(["allow_fallbacks", "require_parameters"], flag),
  data_collection: oneOf("deny", "allow"),
  ...all(["zdr", "enforce_distillable_text"], flag),
  ...all(["order", "only", "ignore", "quantizations"], list(text)),
  sort: anyOf(text, object({ by: text, partition: anyOf(text, { type: "null" }) })),
  max_price: object(all(["prompt", "completion", "image", "audio", "request"], anyOf(number, text))),
  preferred_min_throughput: cutoffs,
  preferred_max_latency: cutoffs,
});

const completions = object({
  ...all(
    ["supportsStore", "supportsDeveloperRole", "supportsReasoningEffort", "supportsUsageInStreaming"],
    flag,
  ),
  maxTokensField: oneOf("max_completion_tokens", "max_tokens"),
  ...all(
    [
      "requiresToolResultName",
      "requiresAssistantAfterToolResult",
      "requiresThinkingAsText",
      "requiresReasoningContentOnAssistantMessages",
    ],
    flag,
  ),
  thinkingFormat: oneOf("openai", "openrouter", "deepseek", "zai", "qwen", "qwen-chat-template"),
  cacheControlFormat: word("anthropic"),
  openRouterRouting,
  vercelGatewayRouting: object(all(["only", "order"], list(text))),
  ...all(["supportsStrictMode", "supportsLongCacheRetention"], flag),
});
const responses = object(all(["sendSessionIdHeader", "supportsLongCacheRetention"], flag));
const messages = object(all(["supportsEagerToolInputStreaming", "supportsLongCacheRetention"], flag));
const compat = anyOf(completions, responses, messages);

const levels = ["off", "minimal", "low", "medium", "high", "xhigh"];
const thinkingLevelMap = object(all(levels, anyOf(text, { type: "null" })));
const input = list(oneOf("text", "image"));
const prices = ["input", "output", "cacheRead", "cacheWrite"];

const definition = object(
  {
    ...all(["id", "name", "api", "baseUrl"], filledText),
    reasoning: flag,
    thinkingLevelMap,
    input,
    cost: object(all(prices, number), prices),
    ...all(["contextWindow", "maxTokens"], number),
    headers: recordOf(text),
    compat,
  },
  ["id"],
);

const override = object({
  name: filledText,
  reasoning: flag,
  thinkingLevelMap,
  input,
  cost: object(all(prices, number)),
  ...all(["contextWindow", "maxTokens"], number),
  headers: recordOf(text),
  compat,
});

const provider = object({
  ...all(["name", "baseUrl", "apiKey", "api"], filledText),
  headers: recordOf(text),
  compat,
  authHeader: flag,
  models: list(definition),
  modelOverrides: recordOf(override),
});

/** The whole file. Fields that are not named may be there. */
export const modelsSchema: Schema = object({ providers: recordOf(provider) }, ["providers"]);
