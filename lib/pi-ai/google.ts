// Google's Gemini API (`google-generative-ai`): the direct entry points, which throw where Pi's throw.

import { started } from "./entry-points.js";
import { askGoogle, askSimpleGoogle, startGoogle } from "./google-wire.js";
import type { SimpleStreamOptions, StreamFunction, StreamOptions } from "./types.js";

/** How hard a Gemini 3 model should think, in Google's words. */
export type GoogleThinkingLevel = "THINKING_LEVEL_UNSPECIFIED" | "MINIMAL" | "LOW" | "MEDIUM" | "HIGH";

/** Options of `google-generative-ai`. */
export interface GoogleOptions extends StreamOptions {
  /** Whether the model must, may or must not call tools. */
  toolChoice?: "auto" | "none" | "any";
  /** How to think; unset leaves it to the model. */
  thinking?: {
    enabled: boolean;
    /** How many tokens thinking may take, for models before Gemini 3; -1 leaves it to the model. */
    budgetTokens?: number;
    /** How hard to think, for models since Gemini 3. */
    level?: GoogleThinkingLevel;
  };
}

/** Streams one turn with the options of `google-generative-ai`. */
export const streamGoogle: StreamFunction<"google-generative-ai", GoogleOptions> = (
  model,
  context,
  options,
) => started(askGoogle(model, context, options), startGoogle);

/**
 * Streams one turn with options that fit every provider.
 * @throws Error when there is no API key.
 */
export const streamSimpleGoogle: StreamFunction<"google-generative-ai", SimpleStreamOptions> = (
  model,
  context,
  options,
) => started(askSimpleGoogle(model, context, options), startGoogle);
