// OpenAI's Chat Completions API (`openai-completions`) and its imitators: the direct entry points, which throw where
// Pi's throw.

import { chatMessages } from "../native.js";
import { getEnvApiKey } from "./env-api-keys.js";
import { AssistantMessageEventStream } from "./event-stream.js";
import { type Asked, requireApiKey, turnText } from "./request.js";
import { type Dialect, startTurn } from "./turn.js";
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

const dialect: Dialect = {
  protocol: "openai-completions",
  scratch: { args: "partialArgs", index: "streamIndex" },
  openPayload(payload) {
    // Pi's payload always has these keys; hosts ask for them with `in`.
    const { model, messages, stream, prompt_cache_key, prompt_cache_retention, ...rest } = payload;
    return { model, messages, stream, prompt_cache_key, prompt_cache_retention, ...rest };
  },
  finishPayload(payload) {
    // A hook that leaves nothing fails the turn, in the words of the access that fails.
    void payload.stream;
    return payload;
  },
};

/** @internal Starts a turn in `stream`. */
export function startOpenAICompletions(asked: Asked, stream: AssistantMessageEventStream): void {
  startTurn(dialect, asked, stream);
}

/** @internal What `streamOpenAICompletions` asks for. */
export function askOpenAICompletions(
  model: Model<"openai-completions">,
  context: Context,
  options: OpenAICompletionsOptions | undefined,
): Asked {
  const apiKey = options?.apiKey || getEnvApiKey(model.provider) || "";
  return { model, context, options: options as Asked["options"], simple: false, apiKey, client: false };
}

/** @internal What `streamSimpleOpenAICompletions` asks for. */
export function askSimpleOpenAICompletions(
  model: Model<"openai-completions">,
  context: Context,
  options: SimpleStreamOptions | undefined,
): Asked {
  const apiKey = requireApiKey(model, options);
  return { model, context, options: options as Asked["options"], simple: true, apiKey, client: false };
}

/** Streams one turn with the options of `openai-completions`. */
export const streamOpenAICompletions: StreamFunction<"openai-completions", OpenAICompletionsOptions> = (
  model,
  context,
  options,
) => {
  const stream = new AssistantMessageEventStream();
  startOpenAICompletions(askOpenAICompletions(model, context, options), stream);
  return stream;
};

/**
 * Streams one turn with options that fit every provider.
 * @throws Error when there is no API key.
 */
export const streamSimpleOpenAICompletions: StreamFunction<"openai-completions", SimpleStreamOptions> = (
  model,
  context,
  options,
) => {
  const stream = new AssistantMessageEventStream();
  startOpenAICompletions(askSimpleOpenAICompletions(model, context, options), stream);
  return stream;
};

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
