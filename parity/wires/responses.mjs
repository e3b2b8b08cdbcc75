import { LEVELS } from "../levels.mjs";
import { responsesEvents } from "./responses-stream.mjs";
import { CALL, OPEN_CALL, openAiError, sse } from "./sse.mjs";

const created = { type: "response.created", response: { id: "resp_1" } };

function said(id, output_index, ...deltas) {
  const part = (text) => ({ type: "output_text", text, annotations: [] });
  const item = { type: "message", id, role: "assistant", status: "completed" };
  const place = { output_index, item_id: id, content_index: 0 };
  return [
    { type: "response.output_item.added", output_index, item: { ...item, content: [] } },
    { type: "response.content_part.added", ...place, part: part("") },
    ...deltas.map((delta) => ({ type: "response.output_text.delta", ...place, delta })),
    { type: "response.output_item.done", output_index, item: { ...item, content: [part(deltas.join(""))] } },
  ];
}

function calling(name, output_index, ...deltas) {
  const item = { type: "function_call", id: "fc_1", call_id: "call_1", name };
  const place = { output_index, item_id: "fc_1" };
  return [
    { type: "response.output_item.added", output_index, item: { ...item, arguments: "" } },
    ...deltas.map((delta) => ({ type: "response.function_call_arguments.delta", ...place, delta })),
    { type: "response.function_call_arguments.done", ...place, arguments: deltas.join("") },
    { type: "response.output_item.done", output_index, item: { ...item, arguments: deltas.join("") } },
  ];
}

function completed(output_tokens) {
  const usage = { input_tokens: 5, output_tokens, total_tokens: 5 + output_tokens };
  return { type: "response.completed", response: { id: "resp_1", status: "completed", usage } };
}

/** What the relatives of this wire have in common. */
export const shared = {
  ...sse({ named: true }),
  events: responsesEvents,
  answer: [created, ...said("msg_1", 0, "ok"), completed(2)],
  call: [created, ...said("msg_1", 0, "one ", "two"), ...calling("edit", 1, ...CALL), completed(9)],
  openCall: [created, ...calling("read", 0, ...OPEN_CALL).slice(0, 3)],
  error: openAiError,
};

const thinking = (random) => ({
  reasoningEffort: () => random.pick(LEVELS),
  reasoningSummary: () => random.pick(["auto", "detailed", "concise", null, ""]),
});

export const responses = {
  ...shared,
  api: "openai-responses",
  provider: "openai",
  family: "OpenAIResponses",
  base: (base) => `${base}/v1`,
  options: (random) => ({
    ...thinking(random),
    serviceTier: () => random.pick(["auto", "default", "flex", "priority", null]),
  }),
  compat(random) {
    const flag = () => random.chance(0.5);
    return { sendSessionIdHeader: flag, supportsLongCacheRetention: flag };
  },
};

export const azure = {
  ...shared,
  api: "azure-openai-responses",
  provider: "azure-openai-responses",
  family: "AzureOpenAIResponses",
  base: (base) => `${base}/openai/v1`,
  options: (random) => ({
    ...thinking(random),
    azureApiVersion: () => random.pick(["2025-04-01-preview", "v1", ""]),
    azureDeploymentName: () => random.pick(["my-deployment", ""]),
  }),
  compat: () => ({}),
  configuration: () => [
    { name: "azureBaseUrl", change: (kase, base) => (kase.options.azureBaseUrl = ` ${base}/own// `) },
    {
      name: "azureBaseUrl with a query",
      change: (kase, base) => (kase.options.azureBaseUrl = `${base}/own?a=1`),
    },
    { name: "azureBaseUrl is no URL", options: { apiKey: "k", azureBaseUrl: " nowhere " } },
    { name: "azureResourceName is no name", options: { apiKey: "k", azureResourceName: "a b" } },
    { name: "base URL of the environment", env: { AZURE_OPENAI_BASE_URL: "nowhere at all" } },
    { name: "version of the environment", env: { AZURE_OPENAI_API_VERSION: "2025-01-01" } },
    { name: "key of the environment", options: {}, env: { AZURE_OPENAI_API_KEY: "from-environment" } },
    ...[
      "test-model=mapped",
      " x=y , test-model = mapped=too,",
      "test-model=",
      "=mapped",
      "test-model=a,test-model=b",
    ].map((map) => ({ name: `deployments ${map}`, env: { AZURE_OPENAI_DEPLOYMENT_NAME_MAP: map } })),
    {
      name: "streamSimple leaves the place to the environment",
      call: "streamSimple",
      options: { apiKey: "k", azureDeploymentName: "own", azureApiVersion: "own" },
      env: { AZURE_OPENAI_API_VERSION: "2025-01-01" },
    },
  ],
};
