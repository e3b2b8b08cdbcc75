// The shapes of Argent's own API: a request that needs no more than strings, a response, and the events between.

import type {
  Api,
  AssistantMessage,
  CacheRetention,
  Context,
  ImageContent,
  Message,
  Model,
  SimpleStreamOptions,
  TextContent,
  ThinkingContent,
  ThinkingLevel,
  Tool,
  ToolCall,
} from "../pi-ai/types.js";

/** Which model to ask and how. */
export interface ModelConfig {
  id: string;
  /** Most tokens of the answer; a thinking budget is added to it. Default 8192. */
  maxTokens?: number;
  temperature?: number;
  /** Whether to think. Default: no. */
  thinking?: boolean;
  /** Tokens that thinking may take, for models that count them. Default: that of the effort. */
  thinkingBudget?: number;
  /** How hard to think. Default `medium`. */
  effort?: "low" | "medium" | "high" | "max";
}

/** A tool call in a request. */
export type TurnToolCall = Pick<ToolCall, "id" | "name" | "arguments" | "thoughtSignature"> & {
  type?: "toolCall";
};

/** A message of a request in Argent's short form. */
export interface TurnMessage {
  role: "user" | "assistant" | "tool";
  /** What was said; blocks may hold images, thinking with its signature and tool calls. */
  content?: string | (TextContent | ThinkingContent | ImageContent | ToolCall)[];
  /** What an assistant said; goes before `content` unless it is empty. */
  text?: string;
  /** The calls of an assistant's message. */
  toolCalls?: TurnToolCall[];
  /** Which call a tool's message answers. */
  toolCallId?: string;
  /** The tool's name; found by the call's id if it is left out. */
  toolName?: string;
  /** Whether the tool failed. */
  isError?: boolean;
  /** The whole message where this is a short form of one; a native provider sends this one. */
  message?: Message;
}

/** Options of one turn: Pi's, and Argent's older name for the thinking level. */
export type TurnOptions = SimpleStreamOptions & {
  /** As `reasoning`, which goes before it; `off` is no thinking. */
  thinkingLevel?: ThinkingLevel | "off";
};

/** What a provider is asked. */
export interface TurnRequest {
  systemPrompt?: string;
  /** The conversation: short messages and Pi's whole ones, mixed at will. */
  messages: (TurnMessage | Message)[];
  tools?: (Pick<Tool, "name" | "description"> & { parameters: unknown })[];
  /** Which model to ask, where the call does not say. */
  model?: string | ModelConfig | Model<Api>;
  /** Signal, key, headers, caching, hooks: they go before what the provider was set up with. */
  options?: TurnOptions;
}

/** Tokens of a response. */
export interface TurnUsage {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  totalTokens: number;
}

/** Why a response ended. */
export type TurnStopReason = "stop" | "length" | "tool_use" | "error";

/** What a provider answers. */
export interface TurnResponse {
  text: string;
  thinking?: string;
  toolCalls: ToolCall[];
  usage: TurnUsage;
  stopReason: TurnStopReason;
  provider: string;
  model: string;
  errorMessage?: string;
  /** The whole answer, with the order of its blocks, signatures and costs; as such it may go into the next request. */
  message?: AssistantMessage;
}

/** What happens while a response comes. `partial` is the response as far as the events have told it. */
export type StreamEvent =
  | { type: "start"; partial: TurnResponse }
  | { type: "text_start"; partial: TurnResponse }
  | { type: "text_delta"; delta: string; partial: TurnResponse }
  | { type: "text_end"; text: string; partial: TurnResponse }
  | { type: "thinking_start"; partial: TurnResponse }
  | { type: "thinking_delta"; delta: string; partial: TurnResponse }
  | { type: "thinking_end"; thinking: string; partial: TurnResponse }
  | { type: "tool_call_start"; partial: TurnResponse }
  | { type: "tool_call_delta"; delta: string; partial: TurnResponse }
  | { type: "tool_call_end"; toolCall: ToolCall; partial: TurnResponse }
  | { type: "done"; response: TurnResponse }
  | { type: "error"; error: TurnResponse };

/** A provider of models. `id` and `name` are the same, and so are `complete` and `execute`. */
export interface Provider {
  readonly id: string;
  readonly name: string;
  /** One whole response. Does not reject: what goes wrong is in `stopReason` and `errorMessage`. */
  complete(request: TurnRequest, model?: ModelConfig | Model<Api>): Promise<TurnResponse>;
  /** As `complete`. */
  execute(request: TurnRequest, model?: ModelConfig | Model<Api>): Promise<TurnResponse>;
  /** The events of a response; ends with one `done` or `error`. To stop reading is to stop the request. */
  stream(request: TurnRequest, model?: ModelConfig | Model<Api>): AsyncGenerator<StreamEvent>;
}

/** A provider as hosts write them: under either name, with the events at least. */
export type ProviderLike = Partial<Pick<Provider, "id" | "name">> & {
  // biome-ignore lint/suspicious/noExplicitAny: hosts' classes take narrower requests and configurations.
  stream(request: any, model?: any): AsyncIterable<StreamEvent>;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  complete?(request: any, model?: any): Promise<TurnResponse>;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  execute?(request: any, model?: any): Promise<TurnResponse>;
};

/** What a provider is set up with. */
export interface ProviderConfig {
  apiKey?: string;
  /** A token sent as a bearer in place of a key (Anthropic). */
  oauthToken?: string;
  /** Where to reach it, in place of its own address. */
  baseURL?: string;
  /** The wire protocol, where it is not the provider's usual one and the model does not say. */
  api?: Api;
  /** Which of the provider's plans: `standard` or `coding` (Z.AI), `chat`, `chat-cn` or `cn` (MiniMax), `chatgpt` (Codex). */
  plan?: string;
  /** Another name for it, as for a server that imitates it. */
  name?: string;
  /** Sent with each request. */
  headers?: Record<string, string>;
  /** Who is billed (OpenAI). */
  organization?: string;
  /** For requests that do not say. Default `short`. */
  cacheRetention?: CacheRetention;
  /** Whether the provider keeps responses (OpenAI Responses). Default: no. */
  store?: boolean;
}

/** Pi's context with what Argent's gateway knows of it. */
export interface ArgentContext extends Context {
  sessionId?: string;
  agentId?: string;
  familyId?: string;
  enableLessons?: boolean;
  metadata?: Record<string, unknown>;
}

/** Pi's simple options with Argent's. */
export interface ArgentStreamOptions extends SimpleStreamOptions {
  enableVisualPresence?: boolean;
  onVisualPresence?: (event: VisualPresenceEvent) => void;
  sessionKey?: string;
  emitLifecycleEvents?: boolean;
  thinkingBudget?: number;
  priority?: "low" | "normal" | "high" | "urgent";
}

/** How an agent shows what it does. */
export type VisualPresenceEvent =
  | { type: "gesture"; gesture: string; intensity: number }
  | { type: "mood"; mood: string }
  | { type: "formation"; text: string; duration?: number }
  | { type: "symbol"; symbol: string };

/** What happens to an agent, beside its messages. */
export type AgentLifecycleEvent =
  | { type: "agent:start"; agentId: string; sessionKey: string }
  | { type: "agent:turn_start"; agentId: string; turnIndex: number }
  | { type: "agent:turn_complete"; agentId: string; turnIndex: number; success: boolean }
  | { type: "agent:error"; agentId: string; error: Error }
  | { type: "agent:stop"; agentId: string; reason: "complete" | "error" };

/** What an agent learns and remembers; for hosts that tell of it themselves. */
export type AgentMemoryEvent =
  | { type: "lesson:inject"; lessonId: string; confidence: number; triggered: boolean }
  | { type: "lesson:applied"; lessonId: string; success: boolean; feedback?: string }
  | { type: "memory:recall"; query: string; resultsCount: number }
  | { type: "memory:store"; key: string; significance: number };
