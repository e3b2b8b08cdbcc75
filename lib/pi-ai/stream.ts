// One turn, through whichever provider is registered for the model's `api`.

import "./register-builtins.js";
import { getApiProvider } from "./api-registry.js";
import type { AssistantMessageEventStream } from "./event-stream.js";
import type {
  Api,
  AssistantMessage,
  Context,
  Model,
  ProviderStreamOptions,
  SimpleStreamOptions,
} from "./types.js";

function providerOf(api: Api) {
  const provider = getApiProvider(api);
  if (!provider) throw new Error(`No API provider registered for api: ${api}`);
  return provider;
}

/**
 * Streams one turn with the options of the model's own protocol. What goes wrong ends the stream with an `error` event.
 * @throws Error when no provider is registered for the model's `api`.
 */
export function stream<TApi extends Api>(
  model: Model<TApi>,
  context: Context,
  options?: ProviderStreamOptions,
): AssistantMessageEventStream {
  return providerOf(model.api).stream(model, context, options);
}

/** As `stream`, for the finished message alone. A failed turn resolves too, with `stopReason` `error` or `aborted`. */
export async function complete<TApi extends Api>(
  model: Model<TApi>,
  context: Context,
  options?: ProviderStreamOptions,
): Promise<AssistantMessage> {
  return stream(model, context, options).result();
}

/**
 * Streams one turn with options that fit every provider. What goes wrong ends the stream with an `error` event.
 * @throws Error when no provider is registered for the model's `api`.
 */
export function streamSimple<TApi extends Api>(
  model: Model<TApi>,
  context: Context,
  options?: SimpleStreamOptions,
): AssistantMessageEventStream {
  return providerOf(model.api).streamSimple(model, context, options);
}

/** As `streamSimple`, for the finished message alone. */
export async function completeSimple<TApi extends Api>(
  model: Model<TApi>,
  context: Context,
  options?: SimpleStreamOptions,
): Promise<AssistantMessage> {
  return streamSimple(model, context, options).result();
}
