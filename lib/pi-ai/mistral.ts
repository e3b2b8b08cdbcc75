// Mistral's chat API (`mistral-conversations`): the direct entry points, which throw where Pi's throw.

import { started } from "./entry-points.js";
import { askMistral, askSimpleMistral, startMistral } from "./mistral-wire.js";
import type { SimpleStreamOptions, StreamFunction, StreamOptions } from "./types.js";

/** Options of `mistral-conversations`. */
export interface MistralOptions extends StreamOptions {
  /** Which tool the model must, may or must not call. */
  toolChoice?: "auto" | "none" | "any" | "required" | { type: "function"; function: { name: string } };
  /** Makes models think that do so in a mode of their own. */
  promptMode?: "reasoning";
  /** How hard to think, for the models that can be told. */
  reasoningEffort?: "none" | "high";
}

/** Streams one turn with the options of `mistral-conversations`. */
export const streamMistral: StreamFunction<"mistral-conversations", MistralOptions> = (
  model,
  context,
  options,
) => started(askMistral(model, context, options), startMistral);

/**
 * Streams one turn with options that fit every provider.
 * @throws Error when there is no API key.
 */
export const streamSimpleMistral: StreamFunction<"mistral-conversations", SimpleStreamOptions> = (
  model,
  context,
  options,
) => started(askSimpleMistral(model, context, options), startMistral);
