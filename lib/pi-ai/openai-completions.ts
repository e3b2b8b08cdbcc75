// OpenAI's Chat Completions API (`openai-completions`) and its imitators: the direct entry points, which throw where
// Pi's throw.

import { chatMessages } from "../native.js";
import { started } from "./entry-points.js";
import {
  askOpenAICompletions,
  askSimpleOpenAICompletions,
  startOpenAICompletions,
} from "./openai-completions-wire.js";
import { turnText } from "./request.js";
import type {
  Context,
  Model,
  OpenAICompletionsCompat,
  SimpleStreamOptions,
  StreamFunction,
  StreamOptions,
} from "./types.js";

/** Options of `openai-completions`. */
export interface OpenAICompletionsOptions extends StreamOptions {
  /** Which tool the model must, may or must not call. */
  toolChoice?: "auto" | "none" | "required" | { type: "function"; function: { name: string } };
  /** How hard to think; translated by the model's `thinkingLevelMap`. */
  reasoningEffort?: "minimal" | "low" | "medium" | "high" | "xhigh";
}

/** A message as the Chat Completions API takes it. */
export interface ChatCompletionMessage {
  role: "system" | "developer" | "user" | "assistant" | "tool";
  content?: unknown;
  [key: string]: unknown;
}

/** Streams one turn with the options of `openai-completions`. */
export const streamOpenAICompletions: StreamFunction<"openai-completions", OpenAICompletionsOptions> = (
  model,
  context,
  options,
) => started(askOpenAICompletions(model, context, options), startOpenAICompletions);

/**
 * Streams one turn with options that fit every provider.
 * @throws Error when there is no API key.
 */
export const streamSimpleOpenAICompletions: StreamFunction<"openai-completions", SimpleStreamOptions> = (
  model,
  context,
  options,
) => started(askSimpleOpenAICompletions(model, context, options), startOpenAICompletions);

/** The messages of a request, as `compat` wants them. */
export function convertMessages(
  model: Model<"openai-completions">,
  context: Context,
  compat: OpenAICompletionsCompat,
): ChatCompletionMessage[] {
  const asked = {
    model: { ...model, compat },
    context,
    options: undefined,
    simple: false,
    apiKey: "",
    client: false,
  };
  return JSON.parse(chatMessages(turnText(asked)));
}
