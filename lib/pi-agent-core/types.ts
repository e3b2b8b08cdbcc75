// The plain shapes of the agent: its tools, hooks, configuration, state and events.

import type { streamSimple } from "../pi-ai/stream.js";
import type {
  AssistantMessage,
  AssistantMessageEvent,
  ImageContent,
  Message,
  ThinkingLevel as ModelLevel,
  SimpleStreamOptions,
  TextContent,
  ThinkingBudgets,
  ToolResultMessage,
  Transport,
} from "../pi-ai/types.js";
import type { AgentGuards, AgentStop } from "./guards.js";
import type { AgentMessage } from "./messages.js";
import type { AgentTool, AgentToolResult, ToolExecutionMode } from "./tool.js";

export type { AgentTool, AgentToolResult, AgentToolUpdateCallback, ToolExecutionMode } from "./tool.js";

// biome-ignore lint/suspicious/noExplicitAny: hosts pass models, tools and details of any kind, as Pi lets them.
type Any = any;
type AnyModel = Parameters<typeof streamSimple>[0];

/**
 * Asks the model. What goes wrong with the request should be the stream's last event, but a function that throws or
 * rejects ends the run in the same way.
 */
export type StreamFn = (
  ...args: Parameters<typeof streamSimple>
) => ReturnType<typeof streamSimple> | Promise<ReturnType<typeof streamSimple>>;

/** How many queued messages a turn takes. */
export type QueueMode = "all" | "one-at-a-time";

/** A call in an answer. */
export type AgentToolCall = Extract<AssistantMessage["content"][number], { type: "toolCall" }>;

/** What `beforeToolCall` decides. */
export interface BeforeToolCallResult {
  /** Whether the call is refused: its result is an error. */
  block?: boolean;
  /** Text of that error. */
  reason?: string;
}

/** What `afterToolCall` changes of a result. Each field that is there replaces the result's own as a whole. */
export interface AfterToolCallResult {
  content?: (TextContent | ImageContent)[];
  details?: unknown;
  isError?: boolean;
  /** See {@link AgentToolResult.terminate}. */
  terminate?: boolean;
}

/** What `beforeToolCall` sees. */
export interface BeforeToolCallContext {
  assistantMessage: AssistantMessage;
  /** The call as it stands in the message. */
  toolCall: AgentToolCall;
  /** The validated arguments that the tool will get: a change in place reaches it. */
  args: unknown;
  context: AgentContext;
}

/** What `afterToolCall` sees. */
export interface AfterToolCallContext extends BeforeToolCallContext {
  /** What the tool gave, or what became of its error. */
  result: AgentToolResult<Any>;
  isError: boolean;
}

/** What `shouldStopAfterTurn` sees. */
export interface ShouldStopAfterTurnContext {
  message: AssistantMessage;
  toolResults: ToolResultMessage[];
  /** With the turn's messages. */
  context: AgentContext;
  /** What the run would return if it stopped now. */
  newMessages: AgentMessage[];
}

type BeforeToolCall = (
  context: BeforeToolCallContext,
  signal?: AbortSignal,
) => Promise<BeforeToolCallResult | undefined>;

type AfterToolCall = (
  context: AfterToolCallContext,
  signal?: AbortSignal,
) => Promise<AfterToolCallResult | undefined>;

/** The hooks that an agent and its loop share. What `convertToLlm`, `transformContext` and `getApiKey` throw ends the run. */
interface AgentHooks {
  /** Changes the transcript for a request, before it is converted; the transcript itself stays. */
  transformContext?: (messages: AgentMessage[], signal?: AbortSignal) => Promise<AgentMessage[]>;
  /** Asked before each request, for keys that expire; without an answer `apiKey` counts. */
  getApiKey?: (provider: string) => Promise<string | undefined> | string | undefined;
  /** Called once the arguments are valid. What it throws becomes the call's error result. */
  beforeToolCall?: BeforeToolCall;
  /** Called once the tool has run, before anybody sees the result. What it throws replaces the result by an error. */
  afterToolCall?: AfterToolCall;
  /** Default `parallel`. One `sequential` tool among those called makes the whole answer sequential. */
  toolExecution?: ToolExecutionMode;
  /** Bounds of a run. Default: none. */
  guards?: AgentGuards;
}

/** How a run goes. It is also what the stream function gets as options, with the key and the signal. */
export interface AgentLoopConfig extends SimpleStreamOptions, AgentHooks {
  model: AnyModel;
  /** Makes messages for the model of the transcript's, leaving out what the model is not to see. */
  convertToLlm: (messages: AgentMessage[]) => Message[] | Promise<Message[]>;
  /** Asked after each turn; `true` ends the run before the queues are looked at. */
  shouldStopAfterTurn?: (context: ShouldStopAfterTurnContext) => boolean | Promise<boolean>;
  /** Asked at the start and after each turn for messages that go in before the next answer. */
  getSteeringMessages?: () => Promise<AgentMessage[]>;
  /** Asked when the run would end, for messages to go on with. */
  getFollowUpMessages?: () => Promise<AgentMessage[]>;
}

/** Options of an agent. All but the guards can be changed later, on the agent. */
export interface AgentOptions extends AgentHooks {
  initialState?: Partial<
    Omit<AgentState, "pendingToolCalls" | "isStreaming" | "streamingMessage" | "errorMessage" | "stop">
  >;
  /** Default: leaves out what is neither a user's, an assistant's nor a tool's message. */
  convertToLlm?: (messages: AgentMessage[]) => Message[] | Promise<Message[]>;
  /** Default: `streamSimple`. */
  streamFn?: StreamFn;
  onPayload?: SimpleStreamOptions["onPayload"];
  onResponse?: SimpleStreamOptions["onResponse"];
  /** Default `one-at-a-time`. */
  steeringMode?: QueueMode;
  /** Default `one-at-a-time`. */
  followUpMode?: QueueMode;
  sessionId?: string;
  thinkingBudgets?: ThinkingBudgets;
  /** Default `auto`. */
  transport?: Transport;
  maxRetryDelayMs?: number;
}

/** How hard the model should think. */
export type ThinkingLevel = "off" | ModelLevel;

/** The state of an agent. */
export interface AgentState {
  systemPrompt: string;
  model: AnyModel;
  thinkingLevel: ThinkingLevel;
  /** An array that is assigned is copied. */
  set tools(tools: AgentTool<Any>[]);
  get tools(): AgentTool<Any>[];
  /** The transcript. An array that is assigned is copied. */
  set messages(messages: AgentMessage[]);
  get messages(): AgentMessage[];
  /** Whether a run is going on; until the listeners of `agent_end` have settled. */
  readonly isStreaming: boolean;
  /** The message that is being streamed or told. */
  readonly streamingMessage?: AgentMessage;
  /** Ids of the calls that are running. */
  readonly pendingToolCalls: ReadonlySet<string>;
  /** What went wrong in the latest run. */
  readonly errorMessage?: string;
  /** Which guard stopped the latest run. */
  readonly stop?: AgentStop;
}

/** What a run starts from. */
export interface AgentContext {
  systemPrompt: string;
  messages: AgentMessage[];
  tools?: AgentTool<Any>[];
}

/**
 * What happens in a run. `agent_start` and `agent_end` enclose it, `turn_start` and `turn_end` enclose one answer with
 * the messages before it and the calls and results after it.
 */
export type AgentEvent =
  | { type: "agent_start" }
  /** `stop` is there if a guard ended the run. */
  | { type: "agent_end"; messages: AgentMessage[]; stop?: AgentStop }
  | { type: "turn_start" }
  | { type: "turn_end"; message: AgentMessage; toolResults: ToolResultMessage[] }
  | { type: "message_start"; message: AgentMessage }
  /** Only of an assistant's message. */
  | { type: "message_update"; message: AgentMessage; assistantMessageEvent: AssistantMessageEvent }
  | { type: "message_end"; message: AgentMessage }
  | { type: "tool_execution_start"; toolCallId: string; toolName: string; args: Any }
  | { type: "tool_execution_update"; toolCallId: string; toolName: string; args: Any; partialResult: Any }
  | { type: "tool_execution_end"; toolCallId: string; toolName: string; result: Any; isError: boolean };

/** Takes a run's events. The run waits for it; what it throws ends the run. */
export type AgentEventSink = (event: AgentEvent) => Promise<void> | void;
