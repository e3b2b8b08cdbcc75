// What `google-generative-ai` needs of the driver of a turn, and what its entry points ask for.

import { getEnvApiKey } from "./env-api-keys.js";
import type { AssistantMessageEventStream } from "./event-stream.js";
import type { GoogleOptions } from "./google.js";
import { type Asked, requireApiKey } from "./request.js";
import { type Dialect, startTurn } from "./turn.js";
import type { Model, SimpleStreamOptions } from "./types.js";

/** What Google's two services have in common. The payload is in the shape of Google's own client. */
export const google = {
  scratch: {},
  namesItself: true,
  silent: true,
  givenUp: "This operation was aborted",
  abortedBefore: "Request aborted",
  openPayload(payload, options) {
    const config = payload.config as Record<string, unknown>;
    if (!config.toolConfig) config.toolConfig = undefined;
    if (options?.signal) config.abortSignal = options.signal;
    return payload;
  },
  finishPayload(payload) {
    const config = payload.config;
    const { model, contents } = payload;
    if (!config) return { model, contents };
    const { abortSignal, httpOptions, ...rest } = config as Record<string, unknown>;
    return { model, contents, config: rest };
  },
} satisfies Omit<Dialect, "protocol">;

const dialect: Dialect = {
  ...google,
  protocol: "google-generative-ai",
  options: ["thinking"],
  environment: ["GOOGLE_GEMINI_BASE_URL"],
};

/** Starts a turn in `stream`. */
export function startGoogle(asked: Asked, stream: AssistantMessageEventStream): void {
  startTurn(dialect, asked, stream);
}

/** What `streamGoogle` asks for. */
export function askGoogle(
  model: Model<"google-generative-ai">,
  context: Asked["context"],
  options: GoogleOptions | undefined,
): Asked {
  const apiKey = options?.apiKey || getEnvApiKey(model.provider) || "";
  return { model, context, options: options as Asked["options"], simple: false, apiKey, client: false };
}

/** What `streamSimpleGoogle` asks for. */
export function askSimpleGoogle(
  model: Model<"google-generative-ai">,
  context: Asked["context"],
  options: SimpleStreamOptions | undefined,
): Asked {
  const apiKey = requireApiKey(model, options);
  return { model, context, options: options as Asked["options"], simple: true, apiKey, client: false };
}
