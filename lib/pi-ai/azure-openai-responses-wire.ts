// What `azure-openai-responses` needs of the driver of a turn, and what its entry points ask for.

import type { AzureOpenAIResponsesOptions } from "./azure-openai-responses.js";
import { getEnvApiKey } from "./env-api-keys.js";
import type { AssistantMessageEventStream } from "./event-stream.js";
import { type Asked, requireApiKey } from "./request.js";
import { type Dialect, startTurn } from "./turn.js";
import type { Context, Model, SimpleStreamOptions } from "./types.js";

const dialect: Dialect = {
  protocol: "azure-openai-responses",
  namesItself: true,
  scratch: { args: "partialJson" },
  options: [
    "reasoningSummary",
    "azureApiVersion",
    "azureResourceName",
    "azureBaseUrl",
    "azureDeploymentName",
  ],
  environment: [
    "AZURE_OPENAI_API_KEY",
    "AZURE_OPENAI_API_VERSION",
    "AZURE_OPENAI_BASE_URL",
    "AZURE_OPENAI_RESOURCE_NAME",
    "AZURE_OPENAI_DEPLOYMENT_NAME_MAP",
  ],
  openPayload(payload) {
    // Pi's payload always has this key; hosts ask for it with `in`.
    const { model, input, stream, prompt_cache_key, ...rest } = payload;
    return { model, input, stream, prompt_cache_key, ...rest };
  },
  finishPayload(payload) {
    // A hook that leaves nothing fails the turn, in the words of the access that fails.
    void payload.stream;
    return payload;
  },
};

/** Starts a turn in `stream`. */
export function startAzureOpenAIResponses(asked: Asked, stream: AssistantMessageEventStream): void {
  startTurn(dialect, asked, stream);
}

/** What `streamAzureOpenAIResponses` asks for. */
export function askAzureOpenAIResponses(
  model: Model<"azure-openai-responses">,
  context: Context,
  options: AzureOpenAIResponsesOptions | undefined,
): Asked {
  const apiKey = options?.apiKey || getEnvApiKey(model.provider) || "";
  return { model, context, options: options as Asked["options"], simple: false, apiKey, client: false };
}

/** What `streamSimpleAzureOpenAIResponses` asks for. */
export function askSimpleAzureOpenAIResponses(
  model: Model<"azure-openai-responses">,
  context: Context,
  options: SimpleStreamOptions | undefined,
): Asked {
  const apiKey = requireApiKey(model, options);
  return { model, context, options: options as Asked["options"], simple: true, apiKey, client: false };
}
