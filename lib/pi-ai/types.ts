// Models, stream options and the names they use, with every other type of Pi's `types` module re-exported.
// `AssistantMessageEventStream` is exported as a class by `event-stream.ts`, so that types do not hide the value.

import type { AnthropicMessagesCompat, OpenAICompletionsCompat, OpenAIResponsesCompat } from "./compat.js";
import type { AssistantMessageEventStream } from "./event-stream.js";
import type { Context } from "./messages.js";

export type * from "./compat.js";
export type * from "./messages.js";

/** Wire protocols that have a built-in codec. */
export type KnownApi =
  | "openai-completions"
  | "mistral-conversations"
  | "openai-responses"
  | "azure-openai-responses"
  | "openai-codex-responses"
  | "anthropic-messages"
  | "bedrock-converse-stream"
  | "google-generative-ai"
  | "google-vertex";

/** A wire protocol: a built-in one, or one that the host registered. */
export type Api = KnownApi | (string & {});

/** Providers of the built-in catalogue. */
export type KnownProvider =
  | "amazon-bedrock"
  | "anthropic"
  | "google"
  | "google-vertex"
  | "openai"
  | "azure-openai-responses"
  | "openai-codex"
  | "deepseek"
  | "github-copilot"
  | "xai"
  | "groq"
  | "cerebras"
  | "openrouter"
  | "vercel-ai-gateway"
  | "zai"
  | "mistral"
  | "minimax"
  | "minimax-cn"
  | "moonshotai"
  | "moonshotai-cn"
  | "huggingface"
  | "fireworks"
  | "opencode"
  | "opencode-go"
  | "kimi-coding"
  | "cloudflare-workers-ai"
  | "cloudflare-ai-gateway"
  | "xiaomi"
  | "xiaomi-token-plan-cn"
  | "xiaomi-token-plan-ams"
  | "xiaomi-token-plan-sgp";

/** A provider: one of the catalogue, or one that the host named. */
export type Provider = KnownProvider | string;

/** How hard a model should think, when it thinks. */
export type ThinkingLevel = "minimal" | "low" | "medium" | "high" | "xhigh";

/** {@link ThinkingLevel}, or `off` for no thinking. */
export type ModelThinkingLevel = "off" | ThinkingLevel;

/** The provider's word for each level. A level left out has the usual word; `null` means it is not offered. */
export type ThinkingLevelMap = Partial<Record<ModelThinkingLevel, string | null>>;

/** Tokens that thinking may use at each level, for providers that count it in tokens. */
export interface ThinkingBudgets {
  minimal?: number;
  low?: number;
  medium?: number;
  high?: number;
}

/** How long a provider should keep the prompt in its cache. */
export type CacheRetention = "none" | "short" | "long";

/** How the events travel, for providers that offer a choice. */
export type Transport = "sse" | "websocket" | "websocket-cached" | "auto";

/** Head of an HTTP response. */
export interface ProviderResponse {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
}

/** Options beyond Pi's: the host's own `fetch` or client, and deadlines. */
export interface TransportOptions {
  /** Sends the request instead of this library's own connections. */
  fetch?: typeof globalThis.fetch;
  /** How long to wait for the first event after the response's head, in milliseconds; 0 for ever. Default 600,000. */
  firstEventTimeoutMs?: number;
  /** How long to wait from one event to the next, in milliseconds; 0 for ever. Default 300,000. */
  idleTimeoutMs?: number;
}

/** What every provider's `stream` understands. Providers ignore what they have no use for. */
export interface StreamOptions extends TransportOptions {
  temperature?: number;
  /** Most tokens to generate. */
  maxTokens?: number;
  /** Ends the stream with an `error` event whose reason is `aborted`. */
  signal?: AbortSignal;
  /** Overrides the key found in the environment. */
  apiKey?: string;
  /** Ignored by providers that have only one transport. */
  transport?: Transport;
  /** Default: `short`. */
  cacheRetention?: CacheRetention;
  /** Keeps the requests of one session on one prompt cache or connection, where the provider can. */
  sessionId?: string;
  /**
   * Sees the request body before it is sent. May edit it in place, or return another one to send instead;
   * `undefined` keeps it. What it throws ends the stream with an `error` event.
   */
  onPayload?: (payload: unknown, model: Model<Api>) => unknown | undefined | Promise<unknown | undefined>;
  /** Sees the head of the response before the body is read. */
  onResponse?: (response: ProviderResponse, model: Model<Api>) => void | Promise<void>;
  /** Added to the provider's headers, and stronger than they. Bedrock ignores them. */
  headers?: Record<string, string>;
  /** Milliseconds until an unanswered request fails. */
  timeoutMs?: number;
  /** How often a failed request is sent again. */
  maxRetries?: number;
  /** Longest wait, in milliseconds, that a server may impose before a retry; 0 for no bound. Default: 60000. */
  maxRetryDelayMs?: number;
  /** Facts about the request, such as Anthropic's `user_id`; each provider takes what it knows. */
  metadata?: Record<string, unknown>;
}

/** {@link StreamOptions} with whatever else a provider takes. */
export type ProviderStreamOptions = StreamOptions & Record<string, unknown>;

/** Options that mean the same for every provider. */
export interface SimpleStreamOptions extends StreamOptions {
  /** Left out: no thinking. */
  reasoning?: ThinkingLevel;
  /** Replaces the usual token budgets of the levels. */
  thinkingBudgets?: ThinkingBudgets;
}

/**
 * Starts a request and returns its events at once. Failures of the request are events of the stream, never
 * exceptions.
 */
export type StreamFunction<TApi extends Api = Api, TOptions extends StreamOptions = StreamOptions> = (
  model: Model<TApi>,
  context: Context,
  options?: TOptions,
) => AssistantMessageEventStream;

/** Prices in US dollars per million tokens. */
export interface Price {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  /** Of what will stay in the cache for an hour; as `cacheWrite` unless set. */
  cacheWrite1h?: number;
}

/** A model and where to reach it. Hosts may add keys of their own. */
export interface Model<TApi extends Api> {
  id: string;
  /** Name for people. */
  name: string;
  api: TApi;
  provider: Provider;
  baseUrl: string;
  /** Whether the model can think. */
  reasoning: boolean;
  thinkingLevelMap?: ThinkingLevelMap;
  /** What a user message may contain. */
  input: ("text" | "image")[];
  /** US dollars per million tokens. */
  cost: Price & {
    /** Other prices for longer prompts. The highest tier that a prompt exceeds prices the whole request. */
    tiers?: (Price & {
      /** Tokens of the prompt, cached ones included, above which the tier's prices hold. */
      inputTokensAbove: number;
    })[];
  };
  /** Tokens of prompt and answer together. */
  contextWindow: number;
  /** Most tokens of one answer. */
  maxTokens: number;
  /** Sent with each request. */
  headers?: Record<string, string>;
  /** Departures from the API; what is left out is guessed from `baseUrl`. */
  compat?: TApi extends "openai-completions"
    ? OpenAICompletionsCompat
    : TApi extends "openai-responses"
      ? OpenAIResponsesCompat
      : TApi extends "anthropic-messages"
        ? AnthropicMessagesCompat
        : never;
}
