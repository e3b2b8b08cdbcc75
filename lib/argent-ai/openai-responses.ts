// OpenAI's Responses API for hosts that call it by itself.

import type { AssistantMessageEventStream } from "../pi-ai/event-stream.js";
import { stream } from "../pi-ai/stream.js";
import type { Api, Context, Model, ProviderStreamOptions } from "../pi-ai/types.js";

/** Streams one turn over the Responses API, whatever the model's `api` says. */
export function streamOpenAIResponses(
  model: Model<Api>,
  context: Context,
  options?: ProviderStreamOptions,
): AssistantMessageEventStream {
  return stream({ ...model, api: "openai-responses" }, context, options);
}
