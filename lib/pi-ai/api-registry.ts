// Which functions speak which wire protocol. The registry is state of this module, so that a test which resets
// modules starts with an empty one.

import type { AssistantMessageEventStream } from "./event-stream.js";
import type { Api, Context, Model, SimpleStreamOptions, StreamFunction, StreamOptions } from "./types.js";

/** Streams with a protocol's own options. Throws at once if the model speaks another protocol. */
export type ApiStreamFunction = (
  model: Model<Api>,
  context: Context,
  options?: StreamOptions,
) => AssistantMessageEventStream;

/** Streams with the options that all protocols share. Throws at once if the model speaks another protocol. */
export type ApiStreamSimpleFunction = (
  model: Model<Api>,
  context: Context,
  options?: SimpleStreamOptions,
) => AssistantMessageEventStream;

/** What a host hands in to teach a protocol. */
export interface ApiProvider<TApi extends Api = Api, TOptions extends StreamOptions = StreamOptions> {
  api: TApi;
  stream: StreamFunction<TApi, TOptions>;
  streamSimple: StreamFunction<TApi, SimpleStreamOptions>;
}

interface RegisteredProvider {
  api: Api;
  stream: ApiStreamFunction;
  streamSimple: ApiStreamSimpleFunction;
}

const registry = new Map<Api, { provider: RegisteredProvider; sourceId: string | undefined }>();

/** Refuses models of other protocols before `stream` sees them; results pass through untouched. */
function guarded<TApi extends Api, TOptions extends StreamOptions>(
  api: TApi,
  stream: StreamFunction<TApi, TOptions>,
): ApiStreamFunction {
  return (model, context, options) => {
    if (model.api !== api) throw new Error(`Mismatched api: ${model.api} expected ${api}`);
    return stream(model as Model<TApi>, context, options as TOptions | undefined);
  };
}

/**
 * Registers the functions for a protocol, in place of earlier ones. They are called without a `this`.
 *
 * @param sourceId - whose they are, for {@link unregisterApiProviders}.
 */
export function registerApiProvider<TApi extends Api, TOptions extends StreamOptions>(
  provider: ApiProvider<TApi, TOptions>,
  sourceId?: string,
): void {
  const { api, stream, streamSimple } = provider;
  registry.set(api, {
    provider: { api, stream: guarded(api, stream), streamSimple: guarded(api, streamSimple) },
    sourceId,
  });
}

/** The functions for a protocol: the same object at each call until it is registered anew. */
export function getApiProvider(api: Api): RegisteredProvider | undefined {
  return registry.get(api)?.provider;
}

/** All functions, in the order in which their protocols were first registered. */
export function getApiProviders(): RegisteredProvider[] {
  return Array.from(registry.values(), ({ provider }) => provider);
}

/** Forgets everything that was registered under a source. */
export function unregisterApiProviders(sourceId: string): void {
  for (const [api, entry] of registry) {
    if (entry.sourceId === sourceId) registry.delete(api);
  }
}

/** Forgets everything, the built-in protocols included. */
export function clearApiProviders(): void {
  registry.clear();
}
