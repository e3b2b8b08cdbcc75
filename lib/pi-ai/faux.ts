// A provider that replays messages given to it, for tests of hosts: it streams them in small pieces, estimates
// usage with a prompt cache per session, and fails or aborts as real ones do. Unlike theirs, its events carry
// copies of the message.

import { type ApiStreamFunction, registerApiProvider, unregisterApiProviders } from "./api-registry.js";
import { createAssistantMessageEventStream } from "./event-stream.js";
import { endWith, paceOf, playMessage } from "./faux-playback.js";
import { estimateUsage } from "./faux-usage.js";
import type { AssistantMessage, Context, TextContent, ThinkingContent, ToolCall, Usage } from "./messages.js";
import type { Model, StreamOptions } from "./types.js";

/** A model of the faux provider; all but the id has a default. */
export interface FauxModelDefinition {
  id: string;
  /** Default: the id. */
  name?: string;
  /** Default: false. */
  reasoning?: boolean;
  /** Default: text and images. */
  input?: ("text" | "image")[];
  /** US dollars per million tokens. Default: free. */
  cost?: { input: number; output: number; cacheRead: number; cacheWrite: number };
  /** Tokens. Default: 128000. */
  contextWindow?: number;
  /** Tokens. Default: 16384. */
  maxTokens?: number;
}

/** Whatever an assistant message can contain. */
export type FauxContentBlock = TextContent | ThinkingContent | ToolCall;

/** Makes a response from the request. What it throws becomes an `error` event. */
export type FauxResponseFactory = (
  context: Context,
  options: StreamOptions | undefined,
  state: { callCount: number },
  model: Model<string>,
) => AssistantMessage | Promise<AssistantMessage>;

/** A response, or how to make it. */
export type FauxResponseStep = AssistantMessage | FauxResponseFactory;

/** How a faux provider is set up. */
export interface RegisterFauxProviderOptions {
  /** Default: a new name, so that several providers can be registered at once. */
  api?: string;
  /** Default: `faux`. */
  provider?: string;
  /** Default: one model, `faux-1`. */
  models?: FauxModelDefinition[];
  /** Default: as fast as the consumer's turns allow. */
  tokensPerSecond?: number;
  /** Least and most tokens of a delta, at four characters each. Default: 3 to 5. */
  tokenSize?: { min?: number; max?: number };
}

/** A registered faux provider. */
export interface FauxProviderRegistration {
  api: string;
  models: [Model<string>, ...Model<string>[]];
  /** The first model. */
  getModel(): Model<string>;
  /** The model with an id. */
  getModel(modelId: string): Model<string> | undefined;
  /** How many requests were made. */
  state: { callCount: number };
  /** Replaces the responses that are still to be given. */
  setResponses: (responses: FauxResponseStep[]) => void;
  /** Adds responses after those that are still to be given. */
  appendResponses: (responses: FauxResponseStep[]) => void;
  getPendingResponseCount: () => number;
  /** Takes the provider out of the registry. */
  unregister: () => void;
}

const FAUX = "faux";
const FIRST_MODEL = { id: "faux-1", name: "Faux Model" };

const freePrices = () => ({ input: 0, output: 0, cacheRead: 0, cacheWrite: 0 });

const noUsage = (): Usage => ({ ...freePrices(), totalTokens: 0, cost: { ...freePrices(), total: 0 } });

const newId = (kind: string) => `${kind}:${Date.now()}:${Math.random().toString(36).slice(2)}`;

/** A text block. */
export function fauxText(text: string): TextContent {
  return { type: "text", text };
}

/** A thinking block. */
export function fauxThinking(thinking: string): ThinkingContent {
  return { type: "thinking", thinking };
}

/** A tool call, with a new id unless one is given. */
export function fauxToolCall(
  name: string,
  arguments_: ToolCall["arguments"],
  options: { id?: string } = {},
): ToolCall {
  return { type: "toolCall", id: options.id ?? newId("tool"), name, arguments: arguments_ };
}

/** A message to respond with; a string is one text block. Dated now, and a `stop`, unless told otherwise. */
export function fauxAssistantMessage(
  content: string | FauxContentBlock | FauxContentBlock[],
  options: {
    stopReason?: AssistantMessage["stopReason"];
    errorMessage?: string;
    responseId?: string;
    timestamp?: number;
  } = {},
): AssistantMessage {
  const block = typeof content === "string" ? fauxText(content) : content;
  return {
    role: "assistant",
    content: Array.isArray(block) ? block : [block],
    api: FAUX,
    provider: FAUX,
    model: FIRST_MODEL.id,
    usage: noUsage(),
    stopReason: options.stopReason ?? "stop",
    errorMessage: options.errorMessage,
    responseId: options.responseId,
    timestamp: options.timestamp ?? Date.now(),
  };
}

/**
 * Registers a provider that answers each request with the next of the responses queued for it. A request that
 * finds none gets an `error` event.
 */
export function registerFauxProvider(options: RegisterFauxProviderOptions = {}): FauxProviderRegistration {
  const api = options.api ?? newId(FAUX);
  const provider = options.provider ?? FAUX;
  const sourceId = newId("faux-provider");
  const pace = paceOf(options);
  const definitions = options.models?.length ? options.models : [FIRST_MODEL];
  const models = definitions.map((definition) => modelOf(definition, api, provider));
  const state = { callCount: 0 };
  const prompts = new Map<string, string>();
  let responses: FauxResponseStep[] = [];

  const stream: ApiStreamFunction = (model, context, streamOptions) => {
    const events = createAssistantMessageEventStream();
    const step = responses.shift();
    state.callCount++;
    const fail = (error: unknown) => failure(error, { api, provider, model: model.id });
    const estimated = (message: AssistantMessage): AssistantMessage => ({
      ...message,
      usage: estimateUsage(message, context, streamOptions, prompts),
    });
    queueMicrotask(async () => {
      try {
        await streamOptions?.onResponse?.({ status: 200, headers: {} }, model);
        if (!step) {
          endWith(events, estimated(fail(new Error("No more faux responses queued"))));
          return;
        }
        const response = typeof step === "function" ? await step(context, streamOptions, state, model) : step;
        const copy = structuredClone(response);
        const timestamp = copy.timestamp ?? Date.now();
        const message = estimated({ ...copy, api, provider, model: model.id, timestamp });
        await playMessage(events, message, pace, streamOptions?.signal);
      } catch (error) {
        endWith(events, fail(error));
      }
    });
    return events;
  };
  registerApiProvider(
    { api, stream, streamSimple: (model, context, streamOptions) => stream(model, context, streamOptions) },
    sourceId,
  );

  return {
    api,
    models: models as FauxProviderRegistration["models"],
    getModel: ((modelId?: string) =>
      modelId ? models.find(({ id }) => id === modelId) : models[0]) as FauxProviderRegistration["getModel"],
    state,
    setResponses(steps) {
      responses = [...steps];
    },
    appendResponses(steps) {
      responses.push(...steps);
    },
    getPendingResponseCount: () => responses.length,
    unregister() {
      unregisterApiProviders(sourceId);
    },
  };
}

function modelOf(definition: FauxModelDefinition, api: string, provider: string): Model<string> {
  return {
    id: definition.id,
    name: definition.name ?? definition.id,
    api,
    provider,
    baseUrl: "http://localhost:0",
    reasoning: definition.reasoning ?? false,
    input: definition.input ?? ["text", "image"],
    cost: definition.cost ?? freePrices(),
    contextWindow: definition.contextWindow ?? 128_000,
    maxTokens: definition.maxTokens ?? 16_384,
  };
}

function failure(
  error: unknown,
  origin: Pick<AssistantMessage, "api" | "provider" | "model">,
): AssistantMessage {
  return {
    role: "assistant",
    content: [],
    ...origin,
    usage: noUsage(),
    stopReason: "error",
    errorMessage: error instanceof Error ? error.message : String(error),
    timestamp: Date.now(),
  };
}
