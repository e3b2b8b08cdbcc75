// The Responses API of ChatGPT's Codex (`openai-codex-responses`): the direct entry points, which throw where Pi's
// throw, and the WebSockets that its sessions keep.

import { started } from "./entry-points.js";
import {
  askOpenAICodexResponses,
  askSimpleOpenAICodexResponses,
  startOpenAICodexResponses,
} from "./openai-codex-responses-wire.js";
import type { SimpleStreamOptions, StreamFunction, StreamOptions } from "./types.js";

export {
  closeOpenAICodexWebSocketSessions,
  getOpenAICodexWebSocketDebugStats,
  type OpenAICodexWebSocketDebugStats,
  resetOpenAICodexWebSocketDebugStats,
} from "./codex-connections.js";

/** Options of `openai-codex-responses`. */
export interface OpenAICodexResponsesOptions extends StreamOptions {
  /** How hard to think; translated by the model's `thinkingLevelMap`. */
  reasoningEffort?: "none" | "minimal" | "low" | "medium" | "high" | "xhigh";
  /** How much of the thinking is told. Default: `auto`. */
  reasoningSummary?: "auto" | "concise" | "detailed" | "off" | "on" | null;
  /** How fast, and at which price. */
  serviceTier?: "auto" | "default" | "flex" | "scale" | "priority" | null;
  /** How long answers are. Default: `low`. */
  textVerbosity?: "low" | "medium" | "high";
}

/** Streams one turn with the options of `openai-codex-responses`. */
export const streamOpenAICodexResponses: StreamFunction<
  "openai-codex-responses",
  OpenAICodexResponsesOptions
> = (model, context, options) =>
  started(askOpenAICodexResponses(model, context, options), startOpenAICodexResponses);

/**
 * Streams one turn with options that fit every provider.
 * @throws Error when there is no API key.
 */
export const streamSimpleOpenAICodexResponses: StreamFunction<
  "openai-codex-responses",
  SimpleStreamOptions
> = (model, context, options) =>
  started(askSimpleOpenAICodexResponses(model, context, options), startOpenAICodexResponses);
