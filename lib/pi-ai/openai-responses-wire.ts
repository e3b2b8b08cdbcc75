// What `openai-responses` needs of the driver of a turn, and what its entry points ask for.

import { getEnvApiKey } from "./env-api-keys.js";
import type { AssistantMessageEventStream } from "./event-stream.js";
import type { OpenAIResponsesOptions } from "./openai-responses.js";
import { type Asked, requireApiKey } from "./request.js";
import { type Dialect, startTurn } from "./turn.js";
import type { Context, Model, SimpleStreamOptions } from "./types.js";

const dialect: Dialect = {
  protocol: "openai-responses",
  scratch: { args: "partialJson" },
  options: ["reasoningSummary", "serviceTier"],
  openPayload(payload) {
    // Pi's payload always has these keys; hosts ask for them with `in`.
    const { model, input, stream, prompt_cache_key, prompt_cache_retention, ...rest } = payload;
    return { model, input, stream, prompt_cache_key, prompt_cache_retention, ...rest };
  },
  finishPayload(payload) {
    // A hook that leaves nothing fails the turn, in the words of the access that fails.
    void payload.stream;
    return payload;
  },
};

/** Starts a turn in `stream`. */
export function startOpenAIResponses(asked: Asked, stream: AssistantMessageEventStream): void {
  startTurn(dialect, asked, stream);
}

/** What `streamOpenAIResponses` asks for. */
export function askOpenAIResponses(
  model: Model<"openai-responses">,
  context: Context,
  options: OpenAIResponsesOptions | undefined,
): Asked {
  const apiKey = options?.apiKey || getEnvApiKey(model.provider) || "";
  return { model, context, options: options as Asked["options"], simple: false, apiKey, client: false };
}

/** What `streamSimpleOpenAIResponses` asks for. */
export function askSimpleOpenAIResponses(
  model: Model<"openai-responses">,
  context: Context,
  options: SimpleStreamOptions | undefined,
): Asked {
  const apiKey = requireApiKey(model, options);
  return { model, context, options: options as Asked["options"], simple: true, apiKey, client: false };
}
