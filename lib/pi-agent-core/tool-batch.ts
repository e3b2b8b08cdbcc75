// The calls of one answer: checked, run and answered, each exactly once.

import type { AssistantMessage, ToolResultMessage } from "../pi-ai/types.js";
import { validateToolArguments } from "../pi-ai/validation.js";
import type { Run } from "./agent-loop.js";
import { textOf } from "./failure.js";
import type { AgentTool, AgentToolCall, AgentToolResult } from "./types.js";

/** What became of a call. */
interface Outcome {
  // biome-ignore lint/suspicious/noExplicitAny: what a tool gives is the host's.
  result: AgentToolResult<any>;
  isError: boolean;
}

/** A call that may be run. */
interface Prepared {
  call: AgentToolCall;
  tool: AgentTool;
  args: unknown;
}

const errorOutcome = (text: string): Outcome => ({
  result: { content: [{ type: "text", text }], details: {} },
  isError: true,
});

/** The calls of an answer. One that failed or was aborted has none: its calls may be cut off anywhere. */
export class ToolBatch {
  /** The results that were told, in the order of the calls. */
  readonly results: ToolResultMessage[] = [];
  private readonly calls: AgentToolCall[];
  /** By the place of the call. */
  private readonly outcomes: Outcome[] = [];

  constructor(
    private readonly run: Run,
    private readonly message: AssistantMessage,
  ) {
    const failed = message.stopReason === "error" || message.stopReason === "aborted";
    this.calls = failed ? [] : message.content.filter((block) => block.type === "toolCall");
  }

  /** Whether the model is to be asked again: it called something, and not every result is to be the last word. */
  get goesOn(): boolean {
    return this.calls.length > 0 && !this.outcomes.every(({ result }) => result.terminate === true);
  }

  /**
   * Runs the calls.
   * @throws what `emit` throws, once no tool of the batch runs any more.
   */
  async runAll(): Promise<void> {
    if (this.calls.length === 0) return;
    const { toolExecution } = this.run.config;
    const alone = this.calls.some(({ name }) => this.toolNamed(name)?.executionMode === "sequential");
    if (toolExecution === "sequential" || alone) await this.runInTurn();
    else await this.runAtOnce();
  }

  /** Answers what the batch has not, because something threw; listeners may throw again. */
  async answerRest(error: unknown): Promise<void> {
    while (this.results.length < this.calls.length) {
      this.outcomes[this.results.length] ??= errorOutcome(`Tool call was not run: ${textOf(error)}`);
      await this.answerNext().catch(() => {});
    }
  }

  private async runInTurn(): Promise<void> {
    for (const [place, call] of this.calls.entries()) {
      await this.announce(call);
      const prepared = await this.prepare(call);
      if ("tool" in prepared) await this.carryOut(place, prepared);
      else await this.end(place, prepared);
      await this.answerNext();
    }
  }

  private async runAtOnce(): Promise<void> {
    const ready: [place: number, prepared: Prepared][] = [];
    for (const [place, call] of this.calls.entries()) {
      await this.announce(call);
      const prepared = await this.prepare(call);
      if ("tool" in prepared) ready.push([place, prepared]);
      else await this.end(place, prepared);
    }
    let failure: { error: unknown } | undefined;
    const running = ready.map(async ([place, prepared]) => {
      try {
        await this.carryOut(place, prepared);
      } catch (error) {
        failure ??= { error };
      }
    });
    await Promise.all(running);
    if (failure) throw failure.error;
    while (this.results.length < this.calls.length) await this.answerNext();
  }

  private async carryOut(place: number, prepared: Prepared): Promise<void> {
    const outcome = await this.execute(place, prepared);
    await this.end(place, await this.revise(prepared, outcome));
  }

  private announce({ id, name, arguments: args }: AgentToolCall): Promise<void> | void {
    return this.run.emit({ type: "tool_execution_start", toolCallId: id, toolName: name, args });
  }

  private async prepare(call: AgentToolCall): Promise<Prepared | Outcome> {
    const { config, context, guards, signal } = this.run;
    const refusal = guards.refusal(call);
    if (refusal !== undefined) return errorOutcome(refusal);
    const tool = this.toolNamed(call.name);
    if (!tool) return errorOutcome(`Tool ${call.name} not found`);
    try {
      const given = tool.prepareArguments ? tool.prepareArguments(call.arguments) : call.arguments;
      const args = validateToolArguments(tool, { ...call, arguments: given as AgentToolCall["arguments"] });
      if (config.beforeToolCall) {
        const about = { assistantMessage: this.message, toolCall: call, args, context };
        const verdict = await config.beforeToolCall(about, signal);
        if (verdict?.block) return errorOutcome(verdict.reason || "Tool execution was blocked");
      }
      return { call, tool, args };
    } catch (error) {
      return errorOutcome(textOf(error));
    }
  }

  private async execute(place: number, { call, tool, args }: Prepared): Promise<Outcome> {
    const { emit, guards, signal } = this.run;
    const { id: toolCallId, name: toolName } = call;
    const updates: Promise<void>[] = [];
    let settled = false;
    let outcome: Outcome;
    try {
      const work = tool.execute(toolCallId, args, signal, (partialResult) => {
        if (settled) return;
        const event = { toolCallId, toolName, args: call.arguments, partialResult };
        const told = Promise.resolve(emit({ type: "tool_execution_update", ...event }));
        // It is awaited below; until then it is nobody's unhandled rejection.
        told.catch(() => {});
        updates.push(told);
      });
      const result = await guards.within(Promise.resolve(work), `Tool ${toolName}`);
      if (!result) throw new Error(`Tool ${toolName} gave no result`);
      outcome = { result, isError: false };
    } catch (error) {
      outcome = errorOutcome(textOf(error));
    }
    settled = true;
    this.outcomes[place] = outcome;
    await Promise.all(updates);
    return outcome;
  }

  /** The outcome as `afterToolCall` leaves it. */
  private async revise({ call: toolCall, args }: Prepared, outcome: Outcome): Promise<Outcome> {
    const { config, context, signal } = this.run;
    if (!config.afterToolCall) return outcome;
    const { result, isError } = outcome;
    const about = { assistantMessage: this.message, toolCall, args, result, isError, context };
    try {
      const revision = await config.afterToolCall(about, signal);
      if (!revision) return outcome;
      const { content, details, terminate } = revision;
      return {
        result: {
          content: content ?? result.content,
          details: details ?? result.details,
          terminate: terminate ?? result.terminate,
        },
        isError: revision.isError ?? isError,
      };
    } catch (error) {
      return errorOutcome(textOf(error));
    }
  }

  private async end(place: number, outcome: Outcome): Promise<void> {
    this.outcomes[place] = outcome;
    const { id: toolCallId, name: toolName } = this.calls[place] as AgentToolCall;
    await this.run.emit({ type: "tool_execution_end", toolCallId, toolName, ...outcome });
  }

  /** Tells the result of the first call that has not been answered, to its end in any case. */
  private async answerNext(): Promise<void> {
    const place = this.results.length;
    const { id: toolCallId, name: toolName } = this.calls[place] as AgentToolCall;
    const { result, isError } = this.outcomes[place] as Outcome;
    const { content, details } = result;
    const timestamp = Date.now();
    const message: ToolResultMessage = {
      role: "toolResult",
      toolCallId,
      toolName,
      content,
      details,
      isError,
      timestamp,
    };
    this.results.push(message);
    try {
      await this.run.emit({ type: "message_start", message });
    } finally {
      await this.run.emit({ type: "message_end", message });
    }
  }

  private toolNamed(name: string): AgentTool | undefined {
    return this.run.context.tools?.find((tool) => tool.name === name);
  }
}
