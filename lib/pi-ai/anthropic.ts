// Anthropic's Messages API (`anthropic-messages`): the direct entry points, which throw where Pi's throw.

import { askAnthropic, askSimpleAnthropic, startAnthropic } from "./anthropic-wire.js";
import { started } from "./entry-points.js";
import type { SimpleStreamOptions, StreamFunction, StreamOptions } from "./types.js";

/** How hard a model that decides by itself when to think should think. */
export type AnthropicEffort = "low" | "medium" | "high" | "xhigh" | "max";

/** How thinking is shown: in summary, or not at all (the signature still comes). */
export type AnthropicThinkingDisplay = "summarized" | "omitted";

/** Options of `anthropic-messages`. */
export interface AnthropicOptions extends StreamOptions {
  /** Whether to think; unset leaves it to the model. */
  thinkingEnabled?: boolean;
  /** How many tokens thinking may take, for models with a budget. Default 1024. */
  thinkingBudgetTokens?: number;
  /** How hard to think, for models that decide by themselves when to. */
  effort?: AnthropicEffort;
  /** How thinking is shown. Default `summarized`. */
  thinkingDisplay?: AnthropicThinkingDisplay;
  /** Whether the model may think between tool calls. Default true. */
  interleavedThinking?: boolean;
  /** Which tool the model must, may or must not call. */
  toolChoice?: "auto" | "any" | "none" | { type: "tool"; name: string };
  /** A client of Anthropic's own library that sends the request. */
  client?: AnthropicClient;
}

/** What is used of a client of Anthropic's own library. */
export interface AnthropicClient {
  messages: { create(body: never, options?: never): { asResponse(): Promise<Response> } };
}

/** Streams one turn with the options of `anthropic-messages`. */
export const streamAnthropic: StreamFunction<"anthropic-messages", AnthropicOptions> = (
  model,
  context,
  options,
) => started(askAnthropic(model, context, options), startAnthropic);

/**
 * Streams one turn with options that fit every provider.
 * @throws Error when there is no API key.
 */
export const streamSimpleAnthropic: StreamFunction<"anthropic-messages", SimpleStreamOptions> = (
  model,
  context,
  options,
) => started(askSimpleAnthropic(model, context, options), startAnthropic);
