// The protocols that come with the package, and the entry points that the package root has for them. Unlike the direct
// ones of the subpaths these never throw: what goes wrong, a missing key included, is an event of the stream.

import { askAnthropic, askSimpleAnthropic, startAnthropic } from "./anthropic-wire.js";
import { clearApiProviders, registerApiProvider } from "./api-registry.js";
import {
  askAzureOpenAIResponses,
  askSimpleAzureOpenAIResponses,
  startAzureOpenAIResponses,
} from "./azure-openai-responses-wire.js";
import type { bedrockProviderModule } from "./bedrock-provider.js";
import { askBedrock, askSimpleBedrock, startBedrock } from "./bedrock-wire.js";
import { deferred, forwarded } from "./entry-points.js";
import { askGoogleVertex, askSimpleGoogleVertex, startGoogleVertex } from "./google-vertex-wire.js";
import { askGoogle, askSimpleGoogle, startGoogle } from "./google-wire.js";
import { askMistral, askSimpleMistral, startMistral } from "./mistral-wire.js";
import {
  askOpenAICodexResponses,
  askSimpleOpenAICodexResponses,
  startOpenAICodexResponses,
} from "./openai-codex-responses-wire.js";
import {
  askOpenAICompletions,
  askSimpleOpenAICompletions,
  startOpenAICompletions,
} from "./openai-completions-wire.js";
import {
  askOpenAIResponses,
  askSimpleOpenAIResponses,
  startOpenAIResponses,
} from "./openai-responses-wire.js";
import type { AssistantMessageEvent } from "./types.js";

export const streamAnthropic = deferred(askAnthropic, startAnthropic);
export const streamSimpleAnthropic = deferred(askSimpleAnthropic, startAnthropic);
export const streamGoogle = deferred(askGoogle, startGoogle);
export const streamSimpleGoogle = deferred(askSimpleGoogle, startGoogle);
export const streamGoogleVertex = deferred(askGoogleVertex, startGoogleVertex);
export const streamSimpleGoogleVertex = deferred(askSimpleGoogleVertex, startGoogleVertex);
export const streamOpenAICompletions = deferred(askOpenAICompletions, startOpenAICompletions);
export const streamSimpleOpenAICompletions = deferred(askSimpleOpenAICompletions, startOpenAICompletions);
export const streamMistral = deferred(askMistral, startMistral);
export const streamSimpleMistral = deferred(askSimpleMistral, startMistral);
export const streamOpenAIResponses = deferred(askOpenAIResponses, startOpenAIResponses);
export const streamSimpleOpenAIResponses = deferred(askSimpleOpenAIResponses, startOpenAIResponses);
export const streamAzureOpenAIResponses = deferred(askAzureOpenAIResponses, startAzureOpenAIResponses);
export const streamSimpleAzureOpenAIResponses = deferred(
  askSimpleAzureOpenAIResponses,
  startAzureOpenAIResponses,
);
export const streamOpenAICodexResponses = deferred(askOpenAICodexResponses, startOpenAICodexResponses);
export const streamSimpleOpenAICodexResponses = deferred(
  askSimpleOpenAICodexResponses,
  startOpenAICodexResponses,
);

const nativeBedrock = {
  streamBedrock: deferred(askBedrock, startBedrock),
  streamSimpleBedrock: deferred(askSimpleBedrock, startBedrock),
};
/** A host's functions for Bedrock: any source of events will do. */
type BedrockModule = {
  [Name in keyof typeof bedrockProviderModule]: (
    ...parameters: Parameters<(typeof bedrockProviderModule)[Name]>
  ) => AsyncIterable<AssistantMessageEvent>;
};
let hostBedrock: BedrockModule | undefined;

/** Puts a host's functions in place of the package's own for `bedrock-converse-stream`. */
export function setBedrockProviderModule(module: BedrockModule): void {
  const { streamBedrock, streamSimpleBedrock } = module;
  hostBedrock = { streamBedrock, streamSimpleBedrock };
}

/** Bedrock's functions, of the host when it has set its own by the time of the call. */
const bedrock: typeof bedrockProviderModule = {
  streamBedrock: (model, context, options) => {
    const host = hostBedrock;
    return host
      ? forwarded(model, () => host.streamBedrock(model, context, options))
      : nativeBedrock.streamBedrock(model, context, options);
  },
  streamSimpleBedrock: (model, context, options) => {
    const host = hostBedrock;
    return host
      ? forwarded(model, () => host.streamSimpleBedrock(model, context, options))
      : nativeBedrock.streamSimpleBedrock(model, context, options);
  },
};

/** Puts the protocols that come with the package into the registry, in place of what has their names. */
export function registerBuiltInApiProviders(): void {
  registerApiProvider({
    api: "anthropic-messages",
    stream: streamAnthropic,
    streamSimple: streamSimpleAnthropic,
  });
  registerApiProvider({
    api: "openai-completions",
    stream: streamOpenAICompletions,
    streamSimple: streamSimpleOpenAICompletions,
  });
  registerApiProvider({
    api: "mistral-conversations",
    stream: streamMistral,
    streamSimple: streamSimpleMistral,
  });
  registerApiProvider({
    api: "openai-responses",
    stream: streamOpenAIResponses,
    streamSimple: streamSimpleOpenAIResponses,
  });
  registerApiProvider({
    api: "azure-openai-responses",
    stream: streamAzureOpenAIResponses,
    streamSimple: streamSimpleAzureOpenAIResponses,
  });
  registerApiProvider({
    api: "openai-codex-responses",
    stream: streamOpenAICodexResponses,
    streamSimple: streamSimpleOpenAICodexResponses,
  });
  registerApiProvider({
    api: "google-generative-ai",
    stream: streamGoogle,
    streamSimple: streamSimpleGoogle,
  });
  registerApiProvider({
    api: "google-vertex",
    stream: streamGoogleVertex,
    streamSimple: streamSimpleGoogleVertex,
  });
  registerApiProvider({
    api: "bedrock-converse-stream",
    stream: bedrock.streamBedrock,
    streamSimple: bedrock.streamSimpleBedrock,
  });
}

/** Empties the registry, the host's own providers included, and puts in those that come with the package. */
export function resetApiProviders(): void {
  clearApiProviders();
  registerBuiltInApiProviders();
}

registerBuiltInApiProviders();
