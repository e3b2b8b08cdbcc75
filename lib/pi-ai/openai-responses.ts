// OpenAI's Responses API (`openai-responses`): the direct entry points, which throw where Pi's throw.

import { started } from "./entry-points.js";
import {
  askOpenAIResponses,
  askSimpleOpenAIResponses,
  startOpenAIResponses,
} from "./openai-responses-wire.js";
import type { SimpleStreamOptions, StreamFunction, StreamOptions } from "./types.js";

/** Options of `openai-responses`. */
export interface OpenAIResponsesOptions extends StreamOptions {
  /** How hard to think; translated by the model's `thinkingLevelMap`. */
  reasoningEffort?: "minimal" | "low" | "medium" | "high" | "xhigh";
  /** How much of its thinking the model tells. */
  reasoningSummary?: "auto" | "detailed" | "concise" | null;
  /** How the request is served and billed. */
  serviceTier?: "auto" | "default" | "flex" | "scale" | "priority" | null;
}

/** Streams one turn with the options of `openai-responses`. */
export const streamOpenAIResponses: StreamFunction<"openai-responses", OpenAIResponsesOptions> = (
  model,
  context,
  options,
) => started(askOpenAIResponses(model, context, options), startOpenAIResponses);

/**
 * Streams one turn with options that fit every provider.
 * @throws Error when there is no API key.
 */
export const streamSimpleOpenAIResponses: StreamFunction<"openai-responses", SimpleStreamOptions> = (
  model,
  context,
  options,
) => started(askSimpleOpenAIResponses(model, context, options), startOpenAIResponses);
