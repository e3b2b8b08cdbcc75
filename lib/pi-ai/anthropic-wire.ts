// What `anthropic-messages` needs of the driver of a turn, and what its entry points ask for.

import type { AnthropicClient, AnthropicOptions } from "./anthropic.js";
import { getEnvApiKey } from "./env-api-keys.js";
import type { AssistantMessageEventStream } from "./event-stream.js";
import type { Send } from "./fetch-transport.js";
import { type Asked, requireApiKey } from "./request.js";
import { type Dialect, startTurn } from "./turn.js";
import type { Model, SimpleStreamOptions } from "./types.js";

const dialect: Dialect = {
  protocol: "anthropic-messages",
  scratch: { args: "partialJson", index: "index" },
  finishPayload: (payload) => ({ ...payload, stream: true }),
  viaClient,
};

function viaClient(
  client: AnthropicClient,
  payload: Record<string, unknown>,
  options: Asked["options"],
): Send {
  const { timeoutMs, maxRetries } = options ?? {};
  return (signal) => {
    const request = {
      signal,
      ...(timeoutMs !== undefined && { timeout: timeoutMs }),
      ...(maxRetries !== undefined && { maxRetries }),
    };
    return client.messages.create(payload as never, request as never).asResponse();
  };
}

/** Starts a turn in `stream`. */
export function startAnthropic(asked: Asked, stream: AssistantMessageEventStream): void {
  startTurn(dialect, asked, stream);
}

/** What `streamAnthropic` asks for. */
export function askAnthropic(
  model: Model<"anthropic-messages">,
  context: Asked["context"],
  options: AnthropicOptions | undefined,
): Asked {
  const apiKey = options?.apiKey ?? getEnvApiKey(model.provider) ?? "";
  return {
    model,
    context,
    options: options as Asked["options"],
    simple: false,
    apiKey,
    client: !!options?.client,
  };
}

/** What `streamSimpleAnthropic` asks for. */
export function askSimpleAnthropic(
  model: Model<"anthropic-messages">,
  context: Asked["context"],
  options: SimpleStreamOptions | undefined,
): Asked {
  const apiKey = requireApiKey(model, options);
  return { model, context, options: options as Asked["options"], simple: true, apiKey, client: false };
}
