// Runs tool calls under policies and hooks, in bounded time, with bounded results and never more than so many at once.

import { textOf } from "../pi-agent-core/failure.js";
import type { ToolCall } from "../pi-ai/types.js";
import { Slots } from "./slots.js";
import type {
  ConfirmToolCall,
  PostExecutionHook,
  PreExecutionHook,
  ToolExecEvent,
  ToolPolicy,
  ToolResult,
} from "./tool-execution.js";
import type { ToolDef, ToolRegistry } from "./tool-registry.js";
import { ToolRun } from "./tool-run.js";

/** How an executor runs calls. */
export interface ToolExecutorConfig {
  registry: ToolRegistry;
  policies?: ToolPolicy[];
  preHooks?: PreExecutionHook[];
  postHooks?: PostExecutionHook[];
  /** Milliseconds that a tool may take which does not say; 0 for no bound. Default 0. */
  defaultTimeoutMs?: number;
  /** How often a call is run again where the hook that asks for it does not say. Default 1. */
  maxRetries?: number;
  /** Hears of everything; what it throws changes nothing. */
  onEvent?: (event: ToolExecEvent) => void;
  /** Aborts every call. */
  signal?: AbortSignal;
  /** Tools that run at once. Default 16. */
  maxParallel?: number;
  /** Bytes of a result's text, beyond which it is cut. Default: no bound. */
  maxResultBytes?: number;
  /** Asked where a policy wants a call confirmed. Without it the result asks, and the tool does not run. */
  confirm?: ConfirmToolCall;
}

/** About one call or batch. */
export interface ExecuteOptions {
  /** Default 0. */
  iteration?: number;
  agentId?: string;
  signal?: AbortSignal;
  /** Before the executor's own. */
  confirm?: ConfirmToolCall;
  /** Hears besides the executor's own. */
  onEvent?: (event: ToolExecEvent) => void;
}

const byPriority = (a: { priority: number }, b: { priority: number }) => a.priority - b.priority;

function removeNamed(list: { name: string }[], name: string): boolean {
  const place = list.findIndex((item) => item.name === name);
  if (place >= 0) list.splice(place, 1);
  return place >= 0;
}

/** Runs the calls of the tools of a registry. */
export class ToolExecutor {
  readonly registry: ToolRegistry;
  private readonly policies: ToolPolicy[];
  private readonly preHooks: PreExecutionHook[];
  private readonly postHooks: PostExecutionHook[];
  private readonly slots: Slots;

  constructor(private readonly config: ToolExecutorConfig) {
    this.registry = config.registry;
    this.policies = [...(config.policies ?? [])];
    this.preHooks = [...(config.preHooks ?? [])].sort(byPriority);
    this.postHooks = [...(config.postHooks ?? [])].sort(byPriority);
    this.slots = new Slots(Math.max(1, config.maxParallel ?? 16));
  }

  /** The tools as the model sees them. */
  getToolDefs(): ToolDef[] {
    return this.registry.toToolDefs();
  }

  /** Runs a call. Never rejects: what goes wrong is an error result. */
  async execute(toolCall: ToolCall, options: ExecuteOptions = {}): Promise<ToolResult> {
    const tell = (event: ToolExecEvent) => {
      for (const hear of [this.config.onEvent, options.onEvent]) {
        try {
          hear?.(event);
        } catch {}
      }
    };
    const handler = this.registry.get(toolCall.name);
    if (!handler) {
      const known = this.registry.list().map(({ name }) => name);
      const error = `Unknown tool "${toolCall.name}". Available tools: ${known.join(", ") || "none"}`;
      tell({ type: "tool_exec_error", toolCall, error, durationMs: 0 });
      return { content: `Error: ${error}`, isError: true, durationMs: 0 };
    }
    const { policies, preHooks, postHooks, slots } = this;
    const rules = { policies: [...policies], preHooks: [...preHooks], postHooks: [...postHooks], slots };
    try {
      return await new ToolRun(toolCall, handler, { ...this.config, ...rules }, options, tell).run();
    } catch (error) {
      return { content: `Error: ${textOf(error)}`, isError: true };
    }
  }

  /** Runs calls; the results are in the order of the calls. `parallel` is the default for more than one. */
  async executeBatch(
    toolCalls: ToolCall[],
    options: ExecuteOptions & { parallel?: boolean } = {},
  ): Promise<ToolResult[]> {
    if (options.parallel ?? true) return Promise.all(toolCalls.map((call) => this.execute(call, options)));
    const results: ToolResult[] = [];
    for (const call of toolCalls) results.push(await this.execute(call, options));
    return results;
  }

  addPolicy(policy: ToolPolicy): void {
    this.policies.push(policy);
  }

  /** Whether there was one of the name. */
  removePolicy(name: string): boolean {
    return removeNamed(this.policies, name);
  }

  addPreHook(hook: PreExecutionHook): void {
    this.preHooks.push(hook);
    this.preHooks.sort(byPriority);
  }

  /** Whether there was one of the name. */
  removePreHook(name: string): boolean {
    return removeNamed(this.preHooks, name);
  }

  addPostHook(hook: PostExecutionHook): void {
    this.postHooks.push(hook);
    this.postHooks.sort(byPriority);
  }

  /** Whether there was one of the name. */
  removePostHook(name: string): boolean {
    return removeNamed(this.postHooks, name);
  }
}
