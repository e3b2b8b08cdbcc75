// The protocols that come with the package, and the entry points that the package root has for them. Unlike the direct
// ones of the subpaths these never throw: what goes wrong, a missing key included, is an event of the stream.

import { askAnthropic, askSimpleAnthropic, startAnthropic } from "./anthropic-wire.js";
import { clearApiProviders, registerApiProvider } from "./api-registry.js";
import { emptyMessage } from "./assembler.js";
import { AssistantMessageEventStream } from "./event-stream.js";
import {
  askOpenAICompletions,
  askSimpleOpenAICompletions,
  startOpenAICompletions,
} from "./openai-completions-wire.js";
import type { Asked } from "./request.js";
import type { Api, Context, Model } from "./types.js";

type Ask<M, O> = (model: M, context: Context, options: O | undefined) => Asked;
type Start = (asked: Asked, stream: AssistantMessageEventStream) => void;

/** An entry point that returns its stream at once and starts the turn in the next microtask. */
function deferred<M extends Model<Api>, O>(ask: Ask<M, O>, start: Start) {
  return (model: M, context: Context, options?: O): AssistantMessageEventStream => {
    const stream = new AssistantMessageEventStream();
    queueMicrotask(() => {
      try {
        start(ask(model, context, options), stream);
      } catch (error) {
        const errorMessage = error instanceof Error ? error.message : String(error);
        const message = { ...emptyMessage(model), stopReason: "error" as const, errorMessage };
        stream.push({ type: "error", reason: "error", error: message });
        stream.end(message);
      }
    });
    return stream;
  };
}

export const streamAnthropic = deferred(askAnthropic, startAnthropic);
export const streamSimpleAnthropic = deferred(askSimpleAnthropic, startAnthropic);
export const streamOpenAICompletions = deferred(askOpenAICompletions, startOpenAICompletions);
export const streamSimpleOpenAICompletions = deferred(askSimpleOpenAICompletions, startOpenAICompletions);

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
}

/** Empties the registry, the host's own providers included, and puts in those that come with the package. */
export function resetApiProviders(): void {
  clearApiProviders();
  registerBuiltInApiProviders();
}

registerBuiltInApiProviders();
