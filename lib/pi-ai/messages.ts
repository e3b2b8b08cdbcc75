// The plain data of a conversation: content blocks, messages, usage, tools, and the events of a stream.
// Every shape here is JSON-like and survives `structuredClone`.

import type { TSchema } from "typebox";
import type { AssistantMessageDiagnostic } from "./diagnostics.js";
import type { ErrorInfo } from "./failure.js";
import type { Api, Provider } from "./types.js";

/** Version 1 of what `TextContent.textSignature` holds as JSON text for the OpenAI Responses family. */
export interface TextSignatureV1 {
  /** Version of this shape. */
  v: 1;
  /** Id that the provider gave to the output item. */
  id: string;
  /** Whether the text was a remark on the way or the answer itself. */
  phase?: "commentary" | "final_answer";
}

/** Visible text. */
export interface TextContent {
  type: "text";
  text: string;
  /** Opaque token to hand back to the same provider: an item id, or {@link TextSignatureV1} as JSON text. */
  textSignature?: string;
}

/** Reasoning that the model showed, or proof of reasoning that it hid. */
export interface ThinkingContent {
  type: "thinking";
  thinking: string;
  /** Opaque token that the same model needs to accept this block again. */
  thinkingSignature?: string;
  /** True if the provider withheld the text; what it sent in its place is in `thinkingSignature`. */
  redacted?: boolean;
}

/** A picture. */
export interface ImageContent {
  type: "image";
  /** The bytes in base64, without a `data:` prefix. */
  data: string;
  /** For instance `image/png`. */
  mimeType: string;
}

/** The model's request that a tool be run. */
export interface ToolCall {
  type: "toolCall";
  /** Id that the answering {@link ToolResultMessage} must name. */
  id: string;
  name: string;
  /** Parsed arguments; incomplete while the call is streaming, not validated. */
  // biome-ignore lint/suspicious/noExplicitAny: hosts read arguments without narrowing, as Pi lets them.
  arguments: Record<string, any>;
  /** Google's signature of the thought that led to the call. */
  thoughtSignature?: string;
}

/** What a request consumed: counts in tokens, costs in US dollars. */
export interface Usage {
  /** Prompt tokens that neither came from the cache nor went into it. */
  input: number;
  output: number;
  /** Prompt tokens read from the provider's cache. */
  cacheRead: number;
  /** Prompt tokens written to the provider's cache. */
  cacheWrite: number;
  /** Those of `cacheWrite` that will stay there for an hour, where the provider says so. */
  cacheWrite1h?: number;
  totalTokens: number;
  cost: {
    input: number;
    output: number;
    cacheRead: number;
    cacheWrite: number;
    /** The sum of the four or, where the provider says what it charges, that. */
    total: number;
    /** Whether `total` is what the provider says that it charges. */
    totalFromProvider?: boolean;
  };
}

/** Why an assistant message ended. */
export type StopReason = "stop" | "length" | "toolUse" | "error" | "aborted";

/** What the user said. */
export interface UserMessage {
  role: "user";
  content: string | (TextContent | ImageContent)[];
  /** Milliseconds since the epoch. */
  timestamp: number;
}

/** What the model answered, or how its answer failed. */
export interface AssistantMessage {
  role: "assistant";
  content: (TextContent | ThinkingContent | ToolCall)[];
  api: Api;
  provider: Provider;
  /** Id of the model that was asked. */
  model: string;
  /** Id of the model that answered, if the provider names another one. */
  responseModel?: string;
  /** The provider's id of the response. */
  responseId?: string;
  /** Troubles that were overcome on the way. */
  diagnostics?: AssistantMessageDiagnostic[];
  usage: Usage;
  stopReason: StopReason;
  /** What went wrong; set with the stop reasons `error` and `aborted`. */
  errorMessage?: string;
  /**
   * What went wrong, for programs. Also on an answer that ended well and says nothing (`empty`), and on one by which
   * the model declined (`refused`), though their `stopReason` is `stop`.
   */
  errorInfo?: ErrorInfo;
  /** Milliseconds since the epoch. */
  timestamp: number;
}

/** What a tool gave back. */
// biome-ignore lint/suspicious/noExplicitAny: the default lets hosts read `details` of unknown tools, as Pi's.
export interface ToolResultMessage<TDetails = any> {
  role: "toolResult";
  /** Id of the {@link ToolCall} answered. */
  toolCallId: string;
  toolName: string;
  content: (TextContent | ImageContent)[];
  /** The tool's own data for the host; never sent to the model. */
  details?: TDetails;
  isError: boolean;
  /** Milliseconds since the epoch. */
  timestamp: number;
}

/** Any message that a model can be sent. */
export type Message = UserMessage | AssistantMessage | ToolResultMessage;

/** A tool as the model sees it. */
export interface Tool<TParameters extends TSchema = TSchema> {
  name: string;
  description: string;
  /** JSON Schema of the arguments, made by TypeBox or by hand. */
  parameters: TParameters;
}

/** Everything that a model is asked to continue. */
export interface Context {
  systemPrompt?: string;
  messages: Message[];
  tools?: Tool[];
}

/**
 * What happens while a message is streamed. `start` comes first; each content block then has its own start,
 * deltas and end; exactly one `done` or `error` closes the stream. `contentIndex` is the position of the block
 * in `partial.content`, and `partial` is the message as far as it is known.
 */
export type AssistantMessageEvent =
  | { type: "start"; partial: AssistantMessage }
  | { type: "text_start"; contentIndex: number; partial: AssistantMessage }
  | { type: "text_delta"; contentIndex: number; delta: string; partial: AssistantMessage }
  | { type: "text_end"; contentIndex: number; content: string; partial: AssistantMessage }
  | { type: "thinking_start"; contentIndex: number; partial: AssistantMessage }
  | { type: "thinking_delta"; contentIndex: number; delta: string; partial: AssistantMessage }
  | { type: "thinking_end"; contentIndex: number; content: string; partial: AssistantMessage }
  | { type: "toolcall_start"; contentIndex: number; partial: AssistantMessage }
  | { type: "toolcall_delta"; contentIndex: number; delta: string; partial: AssistantMessage }
  | { type: "toolcall_end"; contentIndex: number; toolCall: ToolCall; partial: AssistantMessage }
  | { type: "done"; reason: Extract<StopReason, "stop" | "length" | "toolUse">; message: AssistantMessage }
  | { type: "error"; reason: Extract<StopReason, "aborted" | "error">; error: AssistantMessage };
