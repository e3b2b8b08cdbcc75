// OpenAI's Responses API as Azure serves it (`azure-openai-responses`): the direct entry points, which throw where Pi's
// throw.

import {
  askAzureOpenAIResponses,
  askSimpleAzureOpenAIResponses,
  startAzureOpenAIResponses,
} from "./azure-openai-responses-wire.js";
import { started } from "./entry-points.js";
import type { SimpleStreamOptions, StreamFunction, StreamOptions } from "./types.js";

/** Options of `azure-openai-responses`. */
export interface AzureOpenAIResponsesOptions extends StreamOptions {
  /** How hard to think; translated by the model's `thinkingLevelMap`. */
  reasoningEffort?: "minimal" | "low" | "medium" | "high" | "xhigh";
  /** How much of its thinking the model tells. */
  reasoningSummary?: "auto" | "detailed" | "concise" | null;
  /** The version of Azure's API; else `AZURE_OPENAI_API_VERSION`, else `v1`. */
  azureApiVersion?: string;
  /** The resource whose host serves the model; else `AZURE_OPENAI_RESOURCE_NAME`. */
  azureResourceName?: string;
  /** The URL that serves the model, before any resource's; else `AZURE_OPENAI_BASE_URL`. */
  azureBaseUrl?: string;
  /** What the model is called there; else by `AZURE_OPENAI_DEPLOYMENT_NAME_MAP`, else its id. */
  azureDeploymentName?: string;
}

/** Streams one turn with the options of `azure-openai-responses`. */
export const streamAzureOpenAIResponses: StreamFunction<
  "azure-openai-responses",
  AzureOpenAIResponsesOptions
> = (model, context, options) =>
  started(askAzureOpenAIResponses(model, context, options), startAzureOpenAIResponses);

/**
 * Streams one turn with options that fit every provider.
 * @throws Error when there is no API key.
 */
export const streamSimpleAzureOpenAIResponses: StreamFunction<
  "azure-openai-responses",
  SimpleStreamOptions
> = (model, context, options) =>
  started(askSimpleAzureOpenAIResponses(model, context, options), startAzureOpenAIResponses);
