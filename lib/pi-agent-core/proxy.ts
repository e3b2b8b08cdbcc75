// Turns through a host's own server, which has the keys. It sends the events without `partial`, one JSON text a line.

import { emptyMessage } from "../pi-ai/assembler.js";
import { AssistantMessageEventStream } from "../pi-ai/event-stream.js";
import { StreamingArguments } from "../pi-ai/streaming-arguments.js";
import type {
  Api,
  AssistantMessage,
  AssistantMessageEvent,
  Context,
  Model,
  SimpleStreamOptions,
  StopReason,
} from "../pi-ai/types.js";
import { textOf } from "./failure.js";

/** What the server sends. */
export type ProxyAssistantMessageEvent =
  | { type: "start" }
  | { type: "text_start"; contentIndex: number }
  | { type: "text_delta"; contentIndex: number; delta: string }
  | { type: "text_end"; contentIndex: number; contentSignature?: string }
  | { type: "thinking_start"; contentIndex: number }
  | { type: "thinking_delta"; contentIndex: number; delta: string }
  | { type: "thinking_end"; contentIndex: number; contentSignature?: string }
  | { type: "toolcall_start"; contentIndex: number; id: string; toolName: string }
  | { type: "toolcall_delta"; contentIndex: number; delta: string }
  | { type: "toolcall_end"; contentIndex: number }
  | {
      type: "done";
      reason: Extract<StopReason, "stop" | "length" | "toolUse">;
      usage: AssistantMessage["usage"];
    }
  | {
      type: "error";
      reason: Extract<StopReason, "aborted" | "error">;
      errorMessage?: string;
      usage: AssistantMessage["usage"];
    };

/** The options that go to the server. */
const SENT = [
  "temperature",
  "maxTokens",
  "reasoning",
  "cacheRetention",
  "sessionId",
  "headers",
  "metadata",
  "transport",
  "thinkingBudgets",
  "maxRetryDelayMs",
] as const;

/** Options of a turn through a server. */
export interface ProxyStreamOptions extends Pick<SimpleStreamOptions, (typeof SENT)[number]> {
  signal?: AbortSignal;
  /** Sent as a bearer token. */
  authToken: string;
  /** Where the server is, without the path `/api/stream`. */
  proxyUrl: string;
}

/** Streams one turn through a server. What goes wrong ends the stream with an `error` event. */
export function streamProxy(
  model: Model<Api>,
  context: Context,
  options: ProxyStreamOptions,
): AssistantMessageEventStream {
  const stream = new AssistantMessageEventStream();
  const answer = new ProxiedAnswer(emptyMessage(model));
  void (async () => {
    try {
      for await (const line of linesOf(await ask(model, context, options))) {
        if (options.signal?.aborted) throw new Error("Request aborted by user");
        const text = line.startsWith("data: ") ? line.slice(6).trim() : "";
        const event = text && answer.take(JSON.parse(text));
        if (event) stream.push(event);
      }
      if (options.signal?.aborted) throw new Error("Request aborted by user");
      if (!answer.over) throw new Error("Proxy stream ended without a final event");
    } catch (error) {
      stream.push(answer.fail(error, options.signal?.aborted === true));
    }
    stream.end();
  })();
  return stream;
}

async function ask(
  model: Model<Api>,
  context: Context,
  options: ProxyStreamOptions,
): Promise<ReadableStream<Uint8Array>> {
  const sent = Object.fromEntries(SENT.map((name) => [name, options[name]]));
  const response = await fetch(`${options.proxyUrl}/api/stream`, {
    method: "POST",
    headers: { Authorization: `Bearer ${options.authToken}`, "Content-Type": "application/json" },
    body: JSON.stringify({ model, context, options: sent }),
    signal: options.signal,
  });
  if (response.ok && response.body) return response.body;
  const told = await response.json().catch(() => undefined);
  const reason = (told as { error?: unknown } | undefined)?.error;
  throw new Error(`Proxy error: ${reason || `${response.status} ${response.statusText}`}`);
}

/** The lines of a text, the last one too if nothing ends it. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  let rest = "";
  for await (const piece of body.pipeThrough(new TextDecoderStream() as never) as ReadableStream<string>) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  yield rest;
}

type Block = AssistantMessage["content"][number];

/** The message that the events make. */
class ProxiedAnswer {
  /** Whether the last event came. */
  over = false;
  private readonly args = new Map<number, StreamingArguments>();

  constructor(private readonly partial: AssistantMessage) {}

  /** Pi's event of the server's; none of an event that says nothing. */
  take(event: ProxyAssistantMessageEvent): AssistantMessageEvent | undefined {
    const { partial } = this;
    switch (event.type) {
      case "start":
        return { type: event.type, partial };
      case "text_start":
      case "thinking_start": {
        const { type, contentIndex } = event;
        partial.content[contentIndex] =
          type === "text_start" ? { type: "text", text: "" } : { type: "thinking", thinking: "" };
        return { type, contentIndex, partial };
      }
      case "text_delta":
        this.block(event, "text").text += event.delta;
        return { ...event, partial };
      case "thinking_delta":
        this.block(event, "thinking").thinking += event.delta;
        return { ...event, partial };
      case "text_end": {
        const { type, contentIndex, contentSignature } = event;
        const block = this.block(event, "text");
        block.textSignature = contentSignature;
        return { type, contentIndex, content: block.text, partial };
      }
      case "thinking_end": {
        const { type, contentIndex, contentSignature } = event;
        const block = this.block(event, "thinking");
        block.thinkingSignature = contentSignature;
        return { type, contentIndex, content: block.thinking, partial };
      }
      case "toolcall_start": {
        const { type, contentIndex, id, toolName: name } = event;
        const args = new StreamingArguments({});
        const block: Block = { type: "toolCall", id, name, arguments: {} };
        args.attach(block);
        this.args.set(contentIndex, args);
        partial.content[contentIndex] = block;
        return { type, contentIndex, partial };
      }
      case "toolcall_delta":
        this.block(event, "toolCall");
        this.args.get(event.contentIndex)?.append(event.delta);
        return { ...event, partial };
      case "toolcall_end": {
        const { type, contentIndex } = event;
        if (partial.content[contentIndex]?.type !== "toolCall") return undefined;
        return { type, contentIndex, toolCall: this.settle(contentIndex), partial };
      }
      case "done":
        this.finish(event);
        return { type: event.type, reason: event.reason, message: partial };
      case "error":
        this.finish(event);
        partial.errorMessage = event.errorMessage;
        return { type: event.type, reason: event.reason, error: partial };
      default:
        return undefined;
    }
  }

  /** The event of a turn that broke off; what came stays. */
  fail(error: unknown, aborted: boolean): AssistantMessageEvent {
    const reason = aborted ? "aborted" : "error";
    this.finish({ reason, usage: this.partial.usage });
    this.partial.errorMessage = textOf(error);
    return { type: "error", reason, error: this.partial };
  }

  private finish({ reason, usage }: Pick<AssistantMessage, "usage"> & { reason: StopReason }): void {
    this.over = true;
    for (const place of [...this.args.keys()]) this.settle(place);
    this.partial.stopReason = reason;
    this.partial.usage = usage;
  }

  /** Makes plain data of a call's arguments. */
  private settle(place: number): Extract<Block, { type: "toolCall" }> {
    const block = this.partial.content[place] as Extract<Block, { type: "toolCall" }>;
    const args = this.args.get(place);
    if (args) {
      const value = args.get();
      Object.defineProperty(block, "arguments", {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    this.args.delete(place);
    return block;
  }

  private block<T extends Block["type"]>(
    event: { type: string; contentIndex: number },
    type: T,
  ): Extract<Block, { type: T }> {
    const block = this.partial.content[event.contentIndex];
    if (block?.type !== type) throw new Error(`Received ${event.type} for non-${type} content`);
    return block as Extract<Block, { type: T }>;
  }
}
