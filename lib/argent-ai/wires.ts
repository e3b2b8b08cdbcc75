// The wires that native providers speak, by protocol. A protocol that is not here may be one of the host's.

import { askSimpleAnthropic, startAnthropic } from "../pi-ai/anthropic-wire.js";
import { getApiProvider } from "../pi-ai/api-registry.js";
import type { Ask, Start } from "../pi-ai/entry-points.js";
import { askSimpleGoogle, startGoogle } from "../pi-ai/google-wire.js";
import {
  askSimpleOpenAICodexResponses,
  startOpenAICodexResponses,
} from "../pi-ai/openai-codex-responses-wire.js";
import { askSimpleOpenAICompletions, startOpenAICompletions } from "../pi-ai/openai-completions-wire.js";
import { askSimpleOpenAIResponses, startOpenAIResponses } from "../pi-ai/openai-responses-wire.js";
import type { Asked } from "../pi-ai/request.js";
import type { Api, Model, SimpleStreamOptions } from "../pi-ai/types.js";
import { relay } from "./harden.js";

/** One wire: what a call asks for, and how it starts. */
export interface Wire {
  ask: Ask<Model<Api>, SimpleStreamOptions>;
  start: Start;
}

const wire = (ask: unknown, start: Start): Wire => ({ ask: ask as Wire["ask"], start });

const WIRES: ReadonlyMap<Api, Wire> = new Map([
  ["anthropic-messages", wire(askSimpleAnthropic, startAnthropic)],
  ["openai-completions", wire(askSimpleOpenAICompletions, startOpenAICompletions)],
  ["google-generative-ai", wire(askSimpleGoogle, startGoogle)],
  ["openai-codex-responses", wire(askSimpleOpenAICodexResponses, startOpenAICodexResponses)],
  ["openai-responses", wire(askSimpleOpenAIResponses, startOpenAIResponses)],
]);

/**
 * The wire for a protocol.
 * @throws Error when there is none.
 */
export function wireOf(api: Api): Wire {
  const own = WIRES.get(api);
  if (own) return own;
  const provider = getApiProvider(api);
  if (!provider) throw new Error(`No API provider registered for api: ${api}`);
  const ask = (
    model: Model<Api>,
    context: Asked["context"],
    options: SimpleStreamOptions | undefined,
  ): Asked => ({
    model,
    context,
    options: options as Asked["options"],
    simple: true,
    apiKey: options?.apiKey ?? "",
    client: false,
  });
  return {
    ask,
    start({ model, context, options, request }, stream) {
      if (request) throw new Error(`Requests of Argent's cannot go over the host's own api: ${api}`);
      relay(provider.streamSimple, model, context, options, stream);
    },
  };
}
