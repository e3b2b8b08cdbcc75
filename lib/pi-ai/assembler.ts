// Makes Pi's events of the native side's batches, around the one message that all events of a turn share.

import type { AssistantMessageEventStream } from "./event-stream.js";
import { describe, type Failure, record } from "./failure.js";
import { withoutSecrets } from "./secrets.js";
import { StreamingArguments } from "./streaming-arguments.js";
import type { Api, AssistantMessage, Model, ProviderResponse, StopReason, Usage } from "./types.js";

/** The scratch keys that a protocol's blocks carry while they stream; hosts know them from Pi. */
export interface Scratch {
  /** The JSON text of a call's arguments so far. */
  args?: "partialJson" | "partialArgs";
  /** The provider's number for a block. */
  index?: "index" | "streamIndex";
}

/** How a WebSocket broke: closed, or what went wrong with it. */
export type Broken = { message: string } | { code?: number; reason: string; wasClean?: boolean };

/** What a batch said that is not an event. */
export type Notice = { head: ProviderResponse } | { failure: Failure } | { broken: Broken } | "done";

type Block = AssistantMessage["content"][number] & Record<string, unknown>;

/** How many calls of this process had to be given an id. */
let callsNamed = 0;

/** The message of a turn before anything came. */
export function emptyMessage(model: Model<Api>): AssistantMessage {
  return {
    role: "assistant",
    content: [],
    api: model.api,
    provider: model.provider,
    model: model.id,
    usage: {
      input: 0,
      output: 0,
      cacheRead: 0,
      cacheWrite: 0,
      totalTokens: 0,
      cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 },
    },
    stopReason: "stop",
    timestamp: Date.now(),
  };
}

/** One turn's message in the making. */
export class Assembler {
  private readonly args = new Map<number, StreamingArguments>();
  /** Whether the event that opens the turn was made. */
  started = false;
  /** Called before the event that ends the turn. */
  beforeEnd: ((succeeded: boolean) => void) | undefined;
  private batch = "";
  private at = 0;

  constructor(
    readonly output: AssistantMessage,
    private readonly stream: AssistantMessageEventStream,
    private readonly scratch: Scratch,
  ) {}

  /** Takes a batch. Its records are read one by one with `next`. */
  take(batch: string): void {
    this.batch = batch;
    this.at = 0;
  }

  /** How many pieces of the batch are still to be read. */
  get piecesLeft(): number {
    let left = 0;
    for (let at = this.at; at < this.batch.length; at = this.recordEnd(at)) left += this.isPiece(at) ? 1 : 0;
    return left;
  }

  /** Whether the next record begins what came in one piece. */
  get startsPiece(): boolean {
    return this.isPiece(this.at);
  }

  /** Applies the next record: `undefined` at the end of the batch, `true` when it made an event. */
  next(): Notice | boolean | undefined {
    const { batch, at } = this;
    if (at >= batch.length) return undefined;
    const block = (batch.charCodeAt(at + 1) << 7) | batch.charCodeAt(at + 2);
    this.at = this.recordEnd(at);
    return this.apply(batch[at] as string, block, batch.slice(at + 7, this.at));
  }

  /** The event that opens the turn. */
  start(): void {
    this.started = true;
    this.stream.push({ type: "start", partial: this.output });
  }

  /** Ends the turn with a failure, keeping what came. */
  fail(failure: Failure, aborted: boolean): void {
    const { output, stream } = this;
    this.settleAll();
    for (const block of output.content as Block[]) {
      for (const key of ["index", "partialJson", "partialArgs", "streamIndex"]) delete block[key];
    }
    const reason = aborted ? "aborted" : "error";
    output.stopReason = reason;
    output.errorMessage = withoutSecrets(describe(failure), "errors");
    record(output, failure);
    this.beforeEnd?.(false);
    stream.push({ type: "error", reason, error: output });
    stream.end();
  }

  private isPiece(at: number): boolean {
    return (this.batch.charCodeAt(at + 3) & 0x40) !== 0;
  }

  private recordEnd(at: number): number {
    const digit = (place: number) => this.batch.charCodeAt(at + place);
    return at + 7 + (((digit(3) & 0x3f) << 21) | (digit(4) << 14) | (digit(5) << 7) | digit(6));
  }

  private apply(kind: string, index: number, text: string): Notice | boolean {
    const { output, stream } = this;
    switch (kind) {
      case "d":
        return this.delta(index, text);
      case "T":
      case "K":
      case "R":
      case "C":
        return this.open(kind, index, JSON.parse(text));
      case "Q":
        return this.wholeCall(index, JSON.parse(text));
      case "e":
        return this.close(index);
      case "S":
        this.start();
        return true;
      case "H":
        return { head: JSON.parse(text) };
      case "F":
        return { failure: JSON.parse(text) };
      case "B":
        return { broken: JSON.parse(text) };
      case "f":
        record(output, JSON.parse(text));
        return false;
      case "D":
        this.settleAll();
        output.stopReason = text as StopReason;
        this.beforeEnd?.(true);
        stream.push({ type: "done", reason: text as "stop" | "length" | "toolUse", message: output });
        stream.end();
        return "done";
      case "i":
        output.responseId = text;
        return false;
      case "m":
        output.responseModel = text;
        return false;
      case "x":
        output.errorMessage = withoutSecrets(text, "errors");
        return false;
      case "s":
        output.stopReason = text as StopReason;
        return false;
      case "u":
        this.count(JSON.parse(text));
        return false;
      default:
        this.amend(kind, index, text);
        return false;
    }
  }

  private block(index: number): Block {
    return this.output.content[index] as Block;
  }

  private count({ cost, ...tokens }: Usage): void {
    const { usage } = this.output;
    Object.assign(usage, tokens);
    Object.assign(usage.cost, cost);
  }

  private open(kind: "T" | "K" | "R" | "C", index: number, parts: unknown[]): boolean {
    const { output, stream, scratch } = this;
    const [wire, first, second, initial] = parts;
    const numbered = scratch.index === "index" ? { index: wire ?? undefined } : {};
    if (kind === "T") {
      output.content.push({ type: "text", text: "", ...numbered } as Block);
      stream.push({ type: "text_start", contentIndex: index, partial: output });
    } else if (kind === "C") {
      const args = new StreamingArguments(initial ?? {});
      const call = {
        type: "toolCall",
        id: first,
        name: second,
        arguments: {},
        ...(scratch.args && { [scratch.args]: "" }),
        ...(scratch.index && { [scratch.index]: wire ?? undefined }),
      };
      args.attach(call);
      this.args.set(index, args);
      output.content.push(call as unknown as Block);
      stream.push({ type: "toolcall_start", contentIndex: index, partial: output });
    } else {
      const thinking = kind === "R" ? "[Reasoning redacted]" : "";
      const redacted = kind === "R" ? { redacted: true } : {};
      output.content.push({
        type: "thinking",
        thinking,
        ...(first !== undefined && { thinkingSignature: first }),
        ...redacted,
        ...numbered,
      } as Block);
      stream.push({ type: "thinking_start", contentIndex: index, partial: output });
    }
    return true;
  }

  /** A call that came whole. One without an id of its own gets one as Pi makes them. */
  private wholeCall(index: number, [, id, name, thoughtSignature, args]: unknown[]): boolean {
    const { output, stream } = this;
    output.content.push({
      type: "toolCall",
      id: id || `${name}_${Date.now()}_${++callsNamed}`,
      name,
      arguments: args,
      ...(thoughtSignature !== "" && { thoughtSignature }),
    } as unknown as Block);
    stream.push({ type: "toolcall_start", contentIndex: index, partial: output });
    stream.push({
      type: "toolcall_delta",
      contentIndex: index,
      delta: JSON.stringify(args),
      partial: output,
    });
    return true;
  }

  private delta(index: number, delta: string): boolean {
    const { output, stream } = this;
    const block = this.block(index);
    if (block.type === "text") {
      block.text += delta;
      stream.push({ type: "text_delta", contentIndex: index, delta, partial: output });
    } else if (block.type === "thinking") {
      block.thinking += delta;
      stream.push({ type: "thinking_delta", contentIndex: index, delta, partial: output });
    } else {
      const { args } = this.scratch;
      if (args) (block as Block)[args] = `${(block as Block)[args] ?? ""}${delta}`;
      this.args.get(index)?.append(delta);
      stream.push({ type: "toolcall_delta", contentIndex: index, delta, partial: output });
    }
    return true;
  }

  private close(index: number): boolean {
    const { output, stream } = this;
    const block = this.block(index);
    if (this.scratch.index === "index") delete block.index;
    if (block.type === "text") {
      stream.push({ type: "text_end", contentIndex: index, content: block.text, partial: output });
    } else if (block.type === "thinking") {
      stream.push({ type: "thinking_end", contentIndex: index, content: block.thinking, partial: output });
    } else {
      const streamed = this.args.get(index);
      if (streamed) this.settle(index, streamed.finish());
      const { args, index: number } = this.scratch;
      if (args) delete (block as Block)[args];
      if (number) delete (block as Block)[number];
      stream.push({ type: "toolcall_end", contentIndex: index, toolCall: block, partial: output });
    }
    return true;
  }

  /** Makes the arguments of calls that were not closed ordinary values. */
  private settleAll(): void {
    for (const [index, args] of this.args) this.settle(index, args.get());
  }

  /** Makes a call's arguments an ordinary value. */
  private settle(index: number, value: unknown): void {
    this.args.delete(index);
    Object.defineProperty(this.block(index), "arguments", {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }

  private amend(kind: string, index: number, text: string): void {
    const block = this.block(index);
    if (kind === "W") {
      this.replace(index, text);
    } else if (kind === "a" && block.type === "text") {
      block.textSignature = text;
    } else if (block.type === "thinking") {
      if (kind === "g") block.thinkingSignature = (block.thinkingSignature ?? "") + text;
      else if (kind === "G") block.thinkingSignature = text;
    } else if (block.type === "toolCall") {
      if (kind === "c") block.id = text;
      else if (kind === "n") block.name = text;
      else if (kind === "t") block.thoughtSignature = text;
      else if (kind === "w") this.number(block, Number(text));
    }
  }

  private number(block: Block, wire: number): void {
    const { index } = this.scratch;
    if (index) (block as Record<string, unknown>)[index] = wire;
  }

  /** Puts the whole of a block in place of what was streamed. */
  private replace(index: number, text: string): void {
    const block = this.block(index);
    if (block.type === "text") block.text = text;
    else if (block.type === "thinking") block.thinking = text;
    else if (block.type === "toolCall") {
      const { args } = this.scratch;
      if (args) (block as Record<string, unknown>)[args] = text;
      const whole = new StreamingArguments({});
      whole.append(text);
      whole.attach(block);
      this.args.set(index, whole);
    }
  }
}
