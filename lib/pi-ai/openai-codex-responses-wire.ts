// What `openai-codex-responses` needs of the driver of a turn, and what its entry points ask for.

import { arch, platform, release } from "node:os";
import { codexOverSocket } from "./codex-socket.js";
import { getEnvApiKey } from "./env-api-keys.js";
import type { AssistantMessageEventStream } from "./event-stream.js";
import type { OpenAICodexResponsesOptions } from "./openai-codex-responses.js";
import { type Asked, requireApiKey } from "./request.js";
import { type Dialect, startTurn } from "./turn.js";
import type { Context, Model, SimpleStreamOptions } from "./types.js";

const dialect: Dialect = {
  protocol: "openai-codex-responses",
  namesItself: true,
  scratch: { args: "partialJson" },
  options: ["reasoningSummary", "serviceTier", "textVerbosity"],
  platform: () => ({ "user-agent": `pi (${platform()} ${release()}; ${arch()})` }),
  showsRejections: true,
  givenUp: "Request was aborted",
  describeThrown: String,
  overSocket: codexOverSocket,
  openPayload(payload) {
    // Pi's payload always has this key; hosts ask for it with `in`.
    const { model, store, stream, instructions, input, text, include, prompt_cache_key, ...rest } = payload;
    return { model, store, stream, instructions, input, text, include, prompt_cache_key, ...rest };
  },
  finishPayload: (payload) => payload,
};

/** Starts a turn in `stream`. */
export function startOpenAICodexResponses(asked: Asked, stream: AssistantMessageEventStream): void {
  startTurn(dialect, asked, stream);
}

/** What `streamOpenAICodexResponses` asks for. */
export function askOpenAICodexResponses(
  model: Model<"openai-codex-responses">,
  context: Context,
  options: OpenAICodexResponsesOptions | undefined,
): Asked {
  const apiKey = options?.apiKey || getEnvApiKey(model.provider) || "";
  return { model, context, options: options as Asked["options"], simple: false, apiKey, client: false };
}

/** What `streamSimpleOpenAICodexResponses` asks for. */
export function askSimpleOpenAICodexResponses(
  model: Model<"openai-codex-responses">,
  context: Context,
  options: SimpleStreamOptions | undefined,
): Asked {
  const apiKey = requireApiKey(model, options);
  return { model, context, options: options as Asked["options"], simple: true, apiKey, client: false };
}
