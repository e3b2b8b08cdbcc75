// What `mistral-conversations` needs of the driver of a turn, and what its entry points ask for.

import { getEnvApiKey } from "./env-api-keys.js";
import type { AssistantMessageEventStream } from "./event-stream.js";
import type { MistralOptions } from "./mistral.js";
import { type Asked, requireApiKey } from "./request.js";
import { type Dialect, startTurn } from "./turn.js";
import type { Context, Model, SimpleStreamOptions } from "./types.js";

const dialect: Dialect = {
  protocol: "mistral-conversations",
  scratch: { args: "partialArgs" },
  options: ["promptMode"],
  silent: true,
  words: {
    "Connection error.": "Unable to make request: TypeError: fetch failed",
    "Request timed out.": "Request timed out: TimeoutError: The operation was aborted due to timeout",
    "Request was aborted": "This operation was aborted",
    "Request was aborted.": "Request aborted by client: AbortError: This operation was aborted",
  },
  finishPayload(payload) {
    if (typeof payload !== "object" || payload === null) {
      throw new TypeError("Input validation failed: the payload is no object");
    }
    return payload;
  },
};

/** Starts a turn in `stream`. */
export function startMistral(asked: Asked, stream: AssistantMessageEventStream): void {
  startTurn(dialect, asked, stream);
}

/** What `streamMistral` asks for. */
export function askMistral(
  model: Model<"mistral-conversations">,
  context: Context,
  options: MistralOptions | undefined,
): Asked {
  const apiKey = options?.apiKey || getEnvApiKey(model.provider) || "";
  return { model, context, options: options as Asked["options"], simple: false, apiKey, client: false };
}

/** What `streamSimpleMistral` asks for. */
export function askSimpleMistral(
  model: Model<"mistral-conversations">,
  context: Context,
  options: SimpleStreamOptions | undefined,
): Asked {
  const apiKey = requireApiKey(model, options);
  return { model, context, options: options as Asked["options"], simple: true, apiKey, client: false };
}
