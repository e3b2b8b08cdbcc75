/** Every type and value of `pi-agent-core`. */

import type * as pi from "@mariozechner/pi-agent-core";
import type * as ours from "argent-runtime/pi-agent-core";
import type { Misfits, Only, ValueMisfits } from "./fit.js";

interface Types {
  AfterToolCallContext: [pi.AfterToolCallContext, ours.AfterToolCallContext];
  AfterToolCallResult: [pi.AfterToolCallResult, ours.AfterToolCallResult];
  AgentContext: [pi.AgentContext, ours.AgentContext];
  AgentEvent: [pi.AgentEvent, ours.AgentEvent];
  AgentEventSink: [pi.AgentEventSink, ours.AgentEventSink];
  AgentLoopConfig: [pi.AgentLoopConfig, ours.AgentLoopConfig];
  AgentMessage: [pi.AgentMessage, ours.AgentMessage];
  AgentOptions: [pi.AgentOptions, ours.AgentOptions];
  AgentState: [pi.AgentState, ours.AgentState];
  AgentTool: [pi.AgentTool, ours.AgentTool];
  AgentToolCall: [pi.AgentToolCall, ours.AgentToolCall];
  AgentToolResult: [pi.AgentToolResult<unknown>, ours.AgentToolResult<unknown>];
  AgentToolUpdateCallback: [pi.AgentToolUpdateCallback, ours.AgentToolUpdateCallback];
  BeforeToolCallContext: [pi.BeforeToolCallContext, ours.BeforeToolCallContext];
  BeforeToolCallResult: [pi.BeforeToolCallResult, ours.BeforeToolCallResult];
  CustomAgentMessages: [pi.CustomAgentMessages, ours.CustomAgentMessages];
  ProxyAssistantMessageEvent: [pi.ProxyAssistantMessageEvent, ours.ProxyAssistantMessageEvent];
  ProxyStreamOptions: [pi.ProxyStreamOptions, ours.ProxyStreamOptions];
  ShouldStopAfterTurnContext: [pi.ShouldStopAfterTurnContext, ours.ShouldStopAfterTurnContext];
  StreamFn: [pi.StreamFn, ours.StreamFn];
  ThinkingLevel: [pi.ThinkingLevel, ours.ThinkingLevel];
  ToolExecutionMode: [pi.ToolExecutionMode, ours.ToolExecutionMode];
}

export const types: Only<never, Misfits<Types>> = true;
export const values: Only<never, ValueMisfits<typeof pi, typeof ours>> = true;
