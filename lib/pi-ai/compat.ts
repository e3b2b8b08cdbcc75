// How a model's endpoint departs from the API it claims to speak, and how routers pick an upstream for it.
// Names with underscores are sent to the router as they are.

/**
 * Departures from OpenAI's chat completions. What is left out is guessed from the model's `baseUrl`, or has the
 * default that is given here.
 */
export interface OpenAICompletionsCompat {
  /** The endpoint accepts `store`. */
  supportsStore?: boolean;
  /** The system prompt may have the role `developer`. */
  supportsDeveloperRole?: boolean;
  /** The endpoint accepts `reasoning_effort`. */
  supportsReasoningEffort?: boolean;
  /** Usage is reported while streaming if `stream_options` asks for it. Default: true. */
  supportsUsageInStreaming?: boolean;
  /** Name of the field that limits the output. */
  maxTokensField?: "max_completion_tokens" | "max_tokens";
  /** Tool results must carry the tool's name. */
  requiresToolResultName?: boolean;
  /** A user message may follow tool results only after an assistant message. */
  requiresAssistantAfterToolResult?: boolean;
  /** Thinking is sent back as text between `<thinking>` tags. */
  requiresThinkingAsText?: boolean;
  /** With reasoning on, each replayed assistant message needs `reasoning_content`, even if it is empty. */
  requiresReasoningContentOnAssistantMessages?: boolean;
  /**
   * How reasoning is asked for: `openai` by `reasoning_effort`, `openrouter` by `reasoning.effort`, `deepseek` by
   * `thinking.type` and `reasoning_effort`, `zai` and `qwen` by `enable_thinking`, `qwen-chat-template` by
   * `chat_template_kwargs.enable_thinking`. Default: `openai`.
   */
  thinkingFormat?: "openai" | "openrouter" | "deepseek" | "zai" | "qwen" | "qwen-chat-template";
  /** Which upstreams OpenRouter may use; ignored elsewhere. */
  openRouterRouting?: OpenRouterRouting;
  /** Which upstreams the Vercel AI Gateway may use; ignored elsewhere. */
  vercelGatewayRouting?: VercelGatewayRouting;
  /** z.ai streams tool arguments if `tool_stream` is set. Default: false. */
  zaiToolStream?: boolean;
  /** Tool definitions may carry `strict`. Default: true. */
  supportsStrictMode?: boolean;
  /** `anthropic`: mark the system prompt, the last tool and the last text message with `cache_control`. */
  cacheControlFormat?: "anthropic";
  /** Send `sessionId` in the headers by which routers keep a session on one cache. Default: false. */
  sendSessionAffinityHeaders?: boolean;
  /** The prompt cache can be kept for long: 24 hours, or one hour in Anthropic's format. Default: true. */
  supportsLongCacheRetention?: boolean;
  /**
   * Thinking tags and calls that the model leaks into its text become thinking and calls. Default: for the model
   * families that are known to, and for local servers.
   */
  mendText?: boolean;
}

/** Departures from OpenAI's Responses API. */
export interface OpenAIResponsesCompat {
  /** Send `sessionId` as the header `session_id` when caching is on. Default: true. */
  sendSessionIdHeader?: boolean;
  /** The prompt cache can be kept for 24 hours. Default: true. */
  supportsLongCacheRetention?: boolean;
  /**
   * Thinking tags and calls that the model leaks into its text become thinking and calls. Default: for the model
   * families that are known to, and for local servers.
   */
  mendText?: boolean;
}

/** Departures from Anthropic's Messages API. */
export interface AnthropicMessagesCompat {
  /**
   * Tools may carry `eager_input_streaming`. If not, the beta header `fine-grained-tool-streaming-2025-05-14` is
   * sent with tools instead. Default: true.
   */
  supportsEagerToolInputStreaming?: boolean;
  /** Cache marks may ask for one hour. Default: true. */
  supportsLongCacheRetention?: boolean;
  /**
   * Thinking tags and calls that the model leaks into its text become thinking and calls. Default: for the model
   * families that are known to, and for local servers.
   */
  mendText?: boolean;
}

/**
 * The `provider` field of an OpenRouter request.
 *
 * @see https://openrouter.ai/docs/guides/routing/provider-selection
 */
export interface OpenRouterRouting {
  /** Another upstream may serve if the first fails. Default: true. */
  allow_fallbacks?: boolean;
  /** Use only upstreams that honour every parameter of the request. Default: false. */
  require_parameters?: boolean;
  /** `deny` leaves out upstreams that keep or train on the data. Default: `allow`. */
  data_collection?: "deny" | "allow";
  /** Use only upstreams that retain nothing. */
  zdr?: boolean;
  /** Use only models whose text may be distilled. */
  enforce_distillable_text?: boolean;
  /** Upstreams to try, first to last. */
  order?: string[];
  /** The only upstreams allowed. */
  only?: string[];
  /** Upstreams never to use. */
  ignore?: string[];
  /** Weight precisions allowed, such as `fp8` or `bf16`. */
  quantizations?: string[];
  /** What to prefer: `price`, `throughput` or `latency`, alone or with a partition. */
  sort?:
    | string
    | {
        /** `price`, `throughput` or `latency`. */
        by?: string;
        /** `model` (default) sorts within each model, `none` across all. */
        partition?: string | null;
      };
  /** Highest price accepted, in US dollars: per million tokens, per image, per audio unit, per request. */
  max_price?: {
    prompt?: number | string;
    completion?: number | string;
    image?: number | string;
    audio?: number | string;
    request?: number | string;
  };
  /** Lowest throughput wished for, in tokens a second: at the median, or at the percentiles named. */
  preferred_min_throughput?: number | { p50?: number; p75?: number; p90?: number; p99?: number };
  /** Highest latency wished for, in seconds: at the median, or at the percentiles named. */
  preferred_max_latency?: number | { p50?: number; p75?: number; p90?: number; p99?: number };
}

/**
 * Which upstreams the Vercel AI Gateway may use.
 *
 * @see https://vercel.com/docs/ai-gateway/models-and-providers/provider-options
 */
export interface VercelGatewayRouting {
  /** The only upstreams allowed. */
  only?: string[];
  /** Upstreams to try, first to last. */
  order?: string[];
}
