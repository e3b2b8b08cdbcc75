// Pi's events of Argent's, as hosts' own providers send them: with the right places of the blocks, each block opened and
// closed, what only the last event tells made up for, and exactly one last event.

import { emptyMessage } from "../pi-ai/assembler.js";
import { type Failure, failureOf, record } from "../pi-ai/failure.js";
import { calculateCost } from "../pi-ai/models.js";
import { StreamingArguments } from "../pi-ai/streaming-arguments.js";
import type { Api, AssistantMessage, AssistantMessageEvent, Model, ToolCall } from "../pi-ai/types.js";
import { mapArgentStopReasonToPi, piUsage } from "./responses.js";
import { plainArguments, withComplaint } from "./soundness.js";
import type { StreamEvent, TurnResponse } from "./types.js";

type Words = "text" | "thinking";

/** A call that is being written. */
interface OpenCall {
  index: number;
  call: ToolCall;
  args: StreamingArguments;
}

/** Translates the events of one response. */
export class Translator {
  /** The message as far as the events have told it. */
  readonly output: AssistantMessage;
  /** Whether the last event has been given. */
  over = false;
  private started = false;
  private readonly open: Partial<Record<Words, number>> = {};
  private readonly calls: OpenCall[] = [];

  /** @param emit - takes Pi's events, in order. */
  constructor(
    private readonly model: Model<Api>,
    private readonly emit: (event: AssistantMessageEvent) => void,
  ) {
    this.output = emptyMessage(model);
  }

  /** Takes the next event. Events after the last one, and of unknown types, are ignored. */
  take(event: StreamEvent): void {
    if (this.over) return;
    if (!this.started) {
      this.started = true;
      this.emit({ type: "start", partial: this.output });
    }
    switch (event.type) {
      case "text_start":
      case "thinking_start":
        this.begin(event.type === "text_start" ? "text" : "thinking");
        break;
      case "text_delta":
      case "thinking_delta":
        this.add(event.type === "text_delta" ? "text" : "thinking", event.delta);
        break;
      case "text_end":
        this.close("text", event.text);
        break;
      case "thinking_end":
        this.close("thinking", event.thinking);
        break;
      case "tool_call_start":
        this.beginCall(event.partial?.toolCalls?.[this.count("toolCall")]);
        break;
      case "tool_call_delta":
        this.addToCall(this.calls.at(-1) ?? this.beginCall(undefined), event.delta);
        break;
      case "tool_call_end":
        this.endCall(event.toolCall);
        break;
      case "done":
        this.finish(event.response);
        break;
      case "error":
        this.finish({ ...event.error, stopReason: "error" });
    }
  }

  /** Ends the message with a failure, keeping what came. */
  fail(failure: Failure, stopReason: "error" | "aborted"): void {
    if (this.over) return;
    this.over = true;
    for (const { call, args } of this.calls.splice(0)) settle(call, args.get());
    this.output.errorMessage = failure.message;
    this.output.stopReason = stopReason;
    const error = withComplaint(this.output, stopReason);
    record(error, failure);
    this.emit({ type: "error", reason: stopReason, error });
  }

  private count(type: string): number {
    return this.output.content.reduce((sum, block) => sum + (block.type === type ? 1 : 0), 0);
  }

  private begin(kind: Words): number {
    this.close(kind, undefined);
    const { output } = this;
    const contentIndex = output.content.length;
    output.content.push(kind === "text" ? { type: kind, text: "" } : { type: kind, thinking: "" });
    this.open[kind] = contentIndex;
    this.emit({ type: `${kind}_start`, contentIndex, partial: output });
    return contentIndex;
  }

  private add(kind: Words, delta: string): void {
    const contentIndex = this.open[kind] ?? this.begin(kind);
    const block = this.output.content[contentIndex];
    if (block?.type === "text") block.text += delta;
    else if (block?.type === "thinking") block.thinking += delta;
    this.emit({ type: `${kind}_delta`, contentIndex, delta, partial: this.output });
  }

  /** @param whole - the provider's own last word on the block, if it has one. */
  private close(kind: Words, whole: string | undefined): void {
    if (this.open[kind] === undefined && !whole) return;
    // A block that comes whole was never opened.
    if (this.open[kind] === undefined) this.add(kind, whole as string);
    const contentIndex = this.open[kind] as number;
    const block = this.output.content[contentIndex];
    if (typeof whole === "string" && block?.type === "text") block.text = whole;
    if (typeof whole === "string" && block?.type === "thinking") block.thinking = whole;
    const content = block?.type === "text" ? block.text : block?.type === "thinking" ? block.thinking : "";
    this.open[kind] = undefined;
    this.emit({ type: `${kind}_end`, contentIndex, content, partial: this.output });
  }

  /** @param known - what the provider has said of the call by now. */
  private beginCall(known: Partial<ToolCall> | undefined): OpenCall {
    const { output } = this;
    const call: ToolCall = { type: "toolCall", id: known?.id ?? "", name: known?.name ?? "", arguments: {} };
    const args = new StreamingArguments({});
    args.attach(call);
    const opened = { index: output.content.length, call, args };
    output.content.push(call);
    this.calls.push(opened);
    this.emit({ type: "toolcall_start", contentIndex: opened.index, partial: output });
    return opened;
  }

  private addToCall({ index, args }: OpenCall, delta: string): void {
    args.append(delta);
    this.emit({ type: "toolcall_delta", contentIndex: index, delta, partial: this.output });
  }

  private endCall(ended: ToolCall): void {
    const { arguments: value, ...known } = plainArguments({ ...ended, type: "toolCall" });
    const byId = this.calls.find(({ call }) => call.id !== "" && call.id === known.id);
    const open = byId ?? this.calls.find(({ call }) => call.id === "");
    const { index, call } = open ?? this.wholeCall(known, value);
    this.calls.splice(
      this.calls.findIndex((other) => other.call === call),
      1,
    );
    Object.assign(call, known);
    settle(call, value);
    this.emit({ type: "toolcall_end", contentIndex: index, toolCall: call, partial: this.output });
  }

  /** A call that came whole, with the events that it lacks. */
  private wholeCall(known: Partial<ToolCall>, value: unknown): OpenCall {
    const opened = this.beginCall(known);
    this.addToCall(opened, JSON.stringify(value));
    return opened;
  }

  private finish(response: TurnResponse): void {
    const { output, model } = this;
    this.completeBy(response);
    output.usage = piUsage(response.usage, model);
    if (model.cost) calculateCost(model, output.usage);
    output.stopReason = mapArgentStopReasonToPi(response.stopReason);
    if (response.errorMessage !== undefined) output.errorMessage = response.errorMessage;
    if (response.message) this.adopt(response.message);
    const { stopReason } = output;
    const failed = stopReason === "error" || stopReason === "aborted";
    if (failed) {
      const known = response.message && failureOf(response.message);
      const message = output.errorMessage ?? "The provider failed and did not say why";
      this.fail(known ?? { kind: "rejected", message, retryable: false }, stopReason);
      return;
    }
    this.over = true;
    this.emit({ type: "done", reason: stopReason, message: output });
  }

  /** Closes what is open, and tells what the response has and no event has told. */
  private completeBy({ text, thinking, toolCalls = [] }: TurnResponse): void {
    const { content } = this.output;
    const has = (kind: Words) =>
      content.some((block) => block.type === kind && ("text" in block ? block.text : block.thinking).trim());
    if (thinking?.trim() && !has("thinking")) this.close("thinking", thinking);
    if (text?.trim() && !has("text")) this.close("text", text);
    this.close("thinking", undefined);
    this.close("text", undefined);
    const told = new Set(content.map((block) => (block.type === "toolCall" ? block.id : undefined)));
    const pending = new Set(this.calls.map(({ call }) => call.id));
    for (const call of toolCalls) {
      if (!told.has(call.id) || pending.has(call.id)) this.endCall(call);
    }
    for (const { call, args } of [...this.calls])
      this.endCall({ ...call, arguments: args.finish() as object });
  }

  /** A provider that is made of a native one passes on its whole message, with signatures and costs. */
  private adopt(message: AssistantMessage): void {
    const { output } = this;
    const { content, usage, stopReason, errorMessage, responseId, responseModel } = message;
    const known = { usage, stopReason, errorMessage, responseId, responseModel };
    for (const [key, value] of Object.entries(known)) {
      if (value !== undefined) Object.assign(output, { [key]: value });
    }
    if (content.length !== output.content.length) return;
    for (const [at, block] of content.entries()) {
      const own = output.content[at];
      if (own?.type === block.type) Object.assign(own, block);
    }
  }
}

/** Makes a call's arguments an ordinary value. */
function settle(call: ToolCall, value: unknown): void {
  const { arguments: plain } = plainArguments({ ...call, arguments: value as ToolCall["arguments"] });
  Object.defineProperty(call, "arguments", {
    value: plain,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
