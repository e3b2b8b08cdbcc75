// One call on its way through an executor: policies, hooks before, the tool, hooks after.

import { textOf } from "../pi-agent-core/failure.js";
import type { ToolCall } from "../pi-ai/types.js";
import type { Slots } from "./slots.js";
import type {
  ExtendedToolHandler,
  PostExecutionHook,
  PreExecutionHook,
  ToolExecEvent,
  ToolExecutionContext,
  ToolPolicy,
  ToolResult,
} from "./tool-execution.js";
import type { ExecuteOptions, ToolExecutorConfig } from "./tool-executor.js";
import { validArgs } from "./tool-registry.js";

/** Everything that a call is run under. */
type Rules = ToolExecutorConfig & {
  policies: ToolPolicy[];
  preHooks: PreExecutionHook[];
  postHooks: PostExecutionHook[];
  slots: Slots;
};

/** What the last event of a call is to be about. */
type Ending = ToolExecEvent extends infer E
  ? E extends { durationMs: number }
    ? Omit<E, "durationMs" | "toolCall">
    : never
  : never;

/** A call that is over before its tool could run, or in the middle of it. */
class Over extends Error {
  constructor(
    readonly result: ToolResult,
    readonly ending: Ending,
  ) {
    super(result.content);
  }
}

const failed = (text: string): ToolResult => ({ content: `Error: ${text}`, isError: true });

const LONGEST_WAIT = 5_000;

/** A call that is run once. */
export class ToolRun {
  private readonly started = performance.now();
  private readonly controller = new AbortController();
  private readonly context: ToolExecutionContext;
  private call: ToolCall;
  private readonly hosts: AbortSignal[];

  constructor(
    call: ToolCall,
    private readonly handler: ExtendedToolHandler,
    private readonly rules: Rules,
    private readonly options: ExecuteOptions,
    private readonly tell: (event: ToolExecEvent) => void,
  ) {
    this.call = { ...call, arguments: { ...call.arguments } };
    this.hosts = [rules.signal, options.signal].filter((signal) => signal !== undefined);
    this.context = {
      signal: this.controller.signal,
      onProgress: (update) => this.tell({ type: "tool_exec_progress", toolCall: this.call, update }),
      toolCallId: call.id,
      iteration: options.iteration ?? 0,
      ...(options.agentId !== undefined && { agentId: options.agentId }),
      metadata: {},
    };
  }

  async run(): Promise<ToolResult> {
    const onAbort = () => this.controller.abort(this.hosts.find(({ aborted }) => aborted)?.reason);
    for (const host of this.hosts) host.addEventListener("abort", onAbort, { once: true });
    if (this.hosts.some(({ aborted }) => aborted)) onAbort();
    this.tell({ type: "tool_exec_start", toolCall: this.call, timestamp: Date.now() });
    try {
      this.heedAbort();
      await this.askPolicies();
      await this.askPreHooks();
      return await this.useTool();
    } catch (error) {
      if (error instanceof Over) return this.end(error.result, error.ending);
      const text = textOf(error);
      return this.end(failed(text), { type: "tool_exec_error", error: text });
    } finally {
      for (const host of this.hosts) host.removeEventListener("abort", onAbort);
    }
  }

  private end(result: ToolResult, ending: Ending): ToolResult {
    const durationMs = performance.now() - this.started;
    const whole = { ...this.cut(result), durationMs };
    const told = ending.type === "tool_exec_complete" ? { ...ending, result: whole } : ending;
    this.tell({ ...told, toolCall: this.call, durationMs } as ToolExecEvent);
    return whole;
  }

  private heedAbort(): void {
    if (!this.context.signal.aborted) return;
    const reason = "The call was aborted";
    throw new Over(failed(reason), { type: "tool_exec_abort", reason });
  }

  /** All have their say: whatever the others want, one that denies decides. */
  private async askPolicies(): Promise<void> {
    let prompt: string | undefined;
    for (const policy of this.rules.policies) {
      const decision = this.decide(policy);
      if (!decision) continue;
      this.tell({ type: "tool_exec_policy", toolCall: this.call, decision, policyName: policy.name });
      if (decision.action === "deny") {
        const error = `Denied by policy "${policy.name}": ${decision.reason}`;
        throw new Over(failed(error), { type: "tool_exec_error", error });
      }
      if (decision.action === "transform") this.call = { ...this.call, arguments: { ...decision.args } };
      if (decision.action === "confirm") prompt ??= decision.prompt;
    }
    if (prompt !== undefined) await this.askToConfirm(prompt);
  }

  private decide(policy: ToolPolicy): ReturnType<ToolPolicy["evaluate"]> {
    try {
      return policy.evaluate(this.call, this.handler, this.context);
    } catch (error) {
      return { action: "deny", reason: textOf(error) };
    }
  }

  private async askToConfirm(confirmationPrompt: string): Promise<void> {
    const confirm = this.options.confirm ?? this.rules.confirm;
    if (!confirm) {
      const content = `This call has to be confirmed first: ${confirmationPrompt}`;
      const result: ToolResult = {
        content,
        isError: false,
        followUp: { type: "request_confirmation", confirmationPrompt },
      };
      throw new Over(result, { type: "tool_exec_complete", result });
    }
    if (await this.unlessAborted(Promise.resolve(confirm(this.call, confirmationPrompt)))) return;
    const error = "The call was not confirmed";
    throw new Over(failed(error), { type: "tool_exec_error", error });
  }

  private async askPreHooks(): Promise<void> {
    for (const hook of this.rules.preHooks) {
      const asked = Promise.resolve(hook.execute(this.call, this.handler, this.context));
      const result = await this.unlessAborted(asked);
      this.tell({ type: "tool_exec_pre_hook", toolCall: this.call, hookName: hook.name, result });
      if (result.action === "skip")
        throw new Over(result.result, { type: "tool_exec_complete", result: result.result });
      if (result.action === "abort") {
        const { reason } = result;
        throw new Over(failed(reason), { type: "tool_exec_abort", reason });
      }
      if (result.args) this.call = { ...this.call, arguments: { ...result.args } };
      Object.assign(this.context.metadata, result.metadata);
    }
  }

  private async useTool(): Promise<ToolResult> {
    const args = validArgs(this.handler, this.call);
    this.call = { ...this.call, arguments: args };
    const first = await this.attempt();
    const result = await this.askPostHooks(first.result);
    if (first.error !== undefined && result === first.result)
      return this.end(result, { type: "tool_exec_error", error: first.error });
    return this.end(result, { type: "tool_exec_complete", result });
  }

  /** Runs the tool once. What it throws is an error result, which the hooks see as any other. */
  private async attempt(): Promise<{ result: ToolResult; error?: string }> {
    const { handler, call, context } = this;
    try {
      const result = await this.rules.slots.use(async () => {
        this.heedAbort();
        // Hosts' tools may give their results at once.
        const work = handler.executeExtended
          ? Promise.resolve(handler.executeExtended(call.arguments, context))
          : Promise.resolve(handler.handler(call.arguments)).then((content) => ({ content, isError: false }));
        return this.inTime(work);
      });
      return { result };
    } catch (error) {
      if (error instanceof Over) throw error;
      return { result: failed(textOf(error)), error: textOf(error) };
    }
  }

  private async inTime(work: Promise<ToolResult>): Promise<ToolResult> {
    const timeoutMs = this.handler.timeoutMs ?? this.rules.defaultTimeoutMs ?? 0;
    if (!timeoutMs) return this.unlessAborted(work);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const text = `Tool "${this.call.name}" took longer than ${timeoutMs} ms`;
        reject(new Over(failed(text), { type: "tool_exec_timeout", timeoutMs }));
        this.controller.abort(new Error(text));
      }, timeoutMs);
    });
    try {
      return await Promise.race([late, this.unlessAborted(work)]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The work, or the end of the call if it is aborted before. Work that goes on regardless is nobody's concern. */
  private unlessAborted<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.context;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        try {
          this.heedAbort();
        } catch (error) {
          reject(error);
        }
      };
      if (signal.aborted) onAbort();
      signal.addEventListener("abort", onAbort, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
    });
  }

  private async askPostHooks(first: ToolResult): Promise<ToolResult> {
    let result = first;
    for (const hook of this.rules.postHooks) {
      this.heedAbort();
      let asked: Awaited<ReturnType<PostExecutionHook["execute"]>>;
      try {
        asked = await hook.execute(this.call, result, this.handler, this.context);
      } catch {
        continue;
      }
      this.tell({ type: "tool_exec_post_hook", toolCall: this.call, hookName: hook.name, result: asked });
      if (asked.action === "retry") result = await this.retry(result, asked);
      else if (asked.action === "inject_followup") result = { ...result, followUp: asked.followUp };
      else if (asked.result) result = asked.result;
    }
    return result;
  }

  private async retry(
    last: ToolResult,
    { reason, maxRetries = this.rules.maxRetries ?? 1 }: { reason: string; maxRetries?: number },
  ): Promise<ToolResult> {
    let result = last;
    for (let attempt = 1; attempt <= maxRetries; attempt++) {
      await this.pause(Math.min(100 * 2 ** attempt, LONGEST_WAIT));
      Object.assign(this.context.metadata, { retryAttempt: attempt, retryReason: reason });
      ({ result } = await this.attempt());
      if (!result.isError) return result;
    }
    return { ...result, content: `${result.content}\n(tried ${maxRetries + 1} times)` };
  }

  private async pause(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    try {
      await this.unlessAborted(waited);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The result with a text that is not too long; no character is cut in two. */
  private cut(result: ToolResult): ToolResult {
    const { maxResultBytes = Infinity } = this.rules;
    const bytes = Buffer.byteLength(result.content);
    if (bytes <= maxResultBytes) return result;
    const { read } = new TextEncoder().encodeInto(result.content, new Uint8Array(maxResultBytes));
    const content = `${result.content.slice(0, read)}\n[cut: ${maxResultBytes} of ${bytes} bytes]`;
    return { ...result, content };
  }
}
