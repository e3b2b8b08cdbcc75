// What extensions are told of an agent's work, and what they may answer.

import type { AgentMessage } from "../../pi-agent-core/messages.js";
import type { ThinkingLevel } from "../../pi-agent-core/types.js";
import type {
  Api,
  AssistantMessageEvent,
  ImageContent,
  Model,
  ToolResultMessage,
} from "../../pi-ai/types.js";
import type { BashResult } from "../bash-result.js";
import type { CustomMessage } from "../messages.js";
import type { BuildSystemPromptOptions } from "../system-prompt.js";
import type { BashOperations } from "../tools/bash.js";

/** The messages that a model is about to see: a copy, to be changed or replaced. */
export interface ContextEvent {
  type: "context";
  messages: AgentMessage[];
}

/** The messages to send in place of them. */
export interface ContextEventResult {
  messages?: AgentMessage[];
}

/** A request that is about to be sent. */
export interface BeforeProviderRequestEvent {
  type: "before_provider_request";
  payload: unknown;
}

/** The payload to send in place of it; `undefined` leaves it. */
export type BeforeProviderRequestEventResult = unknown;

/** A response whose stream has not been read yet. */
export interface AfterProviderResponseEvent {
  type: "after_provider_response";
  status: number;
  headers: Record<string, string>;
}

/** A prompt that the agent is about to work on. */
export interface BeforeAgentStartEvent {
  type: "before_agent_start";
  /** The user's text, its templates filled in. */
  prompt: string;
  images?: ImageContent[];
  systemPrompt: string;
  /** What the system prompt was made of. */
  systemPromptOptions: BuildSystemPromptOptions;
}

/** A message to add, and the system prompt for this run. */
export interface BeforeAgentStartEventResult {
  message?: Pick<CustomMessage, "customType" | "content" | "display" | "details">;
  systemPrompt?: string;
}

/** The agent starts to work. */
export interface AgentStartEvent {
  type: "agent_start";
}

/** The agent is done. */
export interface AgentEndEvent {
  type: "agent_end";
  messages: AgentMessage[];
}

/** The agent is about to ask the model. */
export interface TurnStartEvent {
  type: "turn_start";
  turnIndex: number;
  /** Milliseconds since 1970. */
  timestamp: number;
}

/** The model has answered and its tools have run. */
export interface TurnEndEvent {
  type: "turn_end";
  turnIndex: number;
  message: AgentMessage;
  toolResults: ToolResultMessage[];
}

/** A message begins. */
export interface MessageStartEvent {
  type: "message_start";
  message: AgentMessage;
}

/** A message grows. */
export interface MessageUpdateEvent {
  type: "message_update";
  message: AgentMessage;
  assistantMessageEvent: AssistantMessageEvent;
}

/** A message is whole. */
export interface MessageEndEvent {
  type: "message_end";
  message: AgentMessage;
}

/** The message to keep in place of it, of the same role. */
export interface MessageEndEventResult {
  message?: AgentMessage;
}

/** How a model came to be the session's. */
export type ModelSelectSource = "set" | "cycle" | "restore";

/** The session has another model. */
export interface ModelSelectEvent {
  type: "model_select";
  model: Model<Api>;
  previousModel: Model<Api> | undefined;
  source: ModelSelectSource;
}

/** The session has another thinking level. */
export interface ThinkingLevelSelectEvent {
  type: "thinking_level_select";
  level: ThinkingLevel;
  previousLevel: ThinkingLevel;
}

/** A command of the user's own, before it runs. */
export interface UserBashEvent {
  type: "user_bash";
  command: string;
  /** Whether the model is not to see it. */
  excludeFromContext: boolean;
  cwd: string;
}

/** What runs it, or what it came to. */
export interface UserBashEventResult {
  operations?: BashOperations;
  result?: BashResult;
}

/** Where a text of the user's came from. */
export type InputSource = "interactive" | "rpc" | "extension";

/** A text of the user's, before anything is made of it. */
export interface InputEvent {
  type: "input";
  text: string;
  images?: ImageContent[];
  source: InputSource;
}

/** What becomes of it: it goes on as it is or changed, or is done with. */
export type InputEventResult =
  | { action: "continue" }
  | { action: "transform"; text: string; images?: ImageContent[] }
  | { action: "handled" };

/** What extensions are told of an agent's work, but for its tools. */
export type AgentWorkEvent =
  | ContextEvent
  | BeforeProviderRequestEvent
  | AfterProviderResponseEvent
  | BeforeAgentStartEvent
  | AgentStartEvent
  | AgentEndEvent
  | TurnStartEvent
  | TurnEndEvent
  | MessageStartEvent
  | MessageUpdateEvent
  | MessageEndEvent
  | ModelSelectEvent
  | ThinkingLevelSelectEvent
  | UserBashEvent
  | InputEvent;
