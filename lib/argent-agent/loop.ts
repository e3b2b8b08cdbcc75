// Argent's loops: answers of a provider and the calls in them, as one stream of events.

import type { ModelConfig, ProviderLike, TurnMessage } from "../argent-ai/types.js";
import type { ToolCall } from "../pi-ai/types.js";
import { type AgentEvent, isLoopEvent, isStreamEvent, isToolEvent, type LoopV2Event } from "./events.js";
import type { LoopMessage } from "./history.js";
import type { ConfirmToolCall, ToolExecEvent, ToolResult } from "./tool-execution.js";
import type { ToolExecutor } from "./tool-executor.js";
import { executeToolCall, type ToolRegistry } from "./tool-registry.js";
import { type TurnTools, turns } from "./turns.js";

/** What a loop runs on. */
export interface AgentLoopConfig {
  provider: ProviderLike;
  model: ModelConfig;
  systemPrompt: string;
  messages: LoopMessage[];
  /** Without it the first answer is the last, whatever it calls. */
  tools?: ToolRegistry;
  /** Answers at most. Default 10. */
  maxIterations?: number;
  /** Asked before each answer for what the user has said meanwhile; a message that is given again is said again. */
  getSteeringMessages?: () => Pick<TurnMessage, "role" | "content">[];
  /** Ends the loop, and the answer or tool that it waits for. */
  signal?: AbortSignal;
}

/** What the second loop runs on besides. */
export interface AgentLoopV2Config extends AgentLoopConfig {
  /** Runs the calls, in place of `tools`. */
  toolExecutor?: ToolExecutor;
  agentId?: string;
  /** Whether the calls of an answer run at once. Default true; `tools` without an executor run in turn. */
  parallelTools?: boolean;
  /** Hears what the executor tells. */
  onToolEvent?: (event: ToolExecEvent) => void;
  /** Asked where a policy wants a call confirmed. */
  confirm?: ConfirmToolCall;
}

/**
 * Runs until an answer calls nothing. Calls run one after another.
 *
 * @returns events; the value at the end is the messages that were added.
 */
export async function* agentLoop(config: AgentLoopConfig): AsyncGenerator<AgentEvent, LoopMessage[]> {
  const { maxIterations = 10, tools, ...rest } = config;
  const events = turns({ ...rest, maxIterations, tools: tools && registered(tools) });
  try {
    for (;;) {
      const { value, done } = await events.next();
      if (done) return value;
      if (isStreamEvent(value) || isToolEvent(value) || isLoopEvent(value)) yield value;
    }
  } finally {
    await events.return([]);
  }
}

/** As `agentLoop`, with an executor, and with events for batches, steering, follow-ups and aborts. */
export async function* agentLoopV2(config: AgentLoopV2Config): AsyncGenerator<LoopV2Event, LoopMessage[]> {
  const { maxIterations = 10, tools, toolExecutor, ...rest } = config;
  const runs = toolExecutor ? executed(toolExecutor, config) : tools && registered(tools);
  return yield* turns({ ...rest, maxIterations, tools: runs });
}

function registered(registry: ToolRegistry): TurnTools {
  return {
    parallel: false,
    defs: () => registry.toToolDefs(),
    async run(toolCall: ToolCall): Promise<ToolResult> {
      const { result: content, isError } = await executeToolCall(toolCall, registry);
      return { content, isError };
    },
  };
}

function executed(
  executor: ToolExecutor,
  { agentId, parallelTools = true, onToolEvent, confirm }: AgentLoopV2Config,
): TurnTools {
  return {
    parallel: parallelTools,
    defs: () => executor.getToolDefs(),
    run: (toolCall, iteration, signal) =>
      executor.execute(toolCall, { iteration, agentId, signal, confirm, onEvent: onToolEvent }),
  };
}
