// Any stream function, held to what hosts rely on: one last event in every case, a result that always comes, content
// that is a list, and tool arguments that are objects.

import { emptyMessage } from "../pi-ai/assembler.js";
import { caughtUp, HIGH_WATER, isAhead, LOW_WATER } from "../pi-ai/event-consumer.js";
import { AssistantMessageEventStream } from "../pi-ai/event-stream.js";
import { failureOf, record, thrown } from "../pi-ai/failure.js";
import type {
  Api,
  AssistantMessage,
  AssistantMessageEvent,
  Context,
  Model,
  SimpleStreamOptions,
} from "../pi-ai/types.js";
import { hasSoundArguments, plainArguments, soundContent, withComplaint } from "./soundness.js";

/** What a stream function gives: events and, if it can, a result. */
export type LooseStream = AsyncIterable<AssistantMessageEvent> & { result?(): Promise<AssistantMessage> };

/** A stream function as hosts write them. */
export type LooseStreamFunction = (
  // biome-ignore lint/suspicious/noExplicitAny: hosts' functions take models of their own apis.
  model: any,
  context: Context,
  options?: SimpleStreamOptions,
) => LooseStream | Promise<LooseStream>;

/** A stream function that never throws and whose streams always end. */
export type HardStreamFunction = (
  model: Model<Api>,
  context: Context,
  options?: SimpleStreamOptions,
) => AssistantMessageEventStream;

/**
 * The same function, but: what it throws, at once or while it streams, is one `error` event; `result()` always
 * resolves; an abort ends the stream at once, whether or not the function notices; a stream that ends without a last
 * event gets the one that its result means; tool arguments that are no object are `{}`, and content that is no list is
 * empty. Costs one step an event, whatever the length of the message.
 */
export function hardenStreamSimple(streamFn: LooseStreamFunction): HardStreamFunction {
  return (model, context, options) => {
    const stream = new AssistantMessageEventStream();
    relay(streamFn, model, context, options, stream);
    return stream;
  };
}

/** Has a stream function's events, hardened, put into a stream. Never throws. */
export function relay(
  streamFn: LooseStreamFunction,
  model: Model<Api>,
  context: Context,
  options: SimpleStreamOptions | undefined,
  stream: AssistantMessageEventStream,
): void {
  const relayed = new Relay(model, stream);
  const signal = options?.signal;
  const onAbort = () => relayed.abort();
  if (signal?.aborted) {
    onAbort();
    return;
  }
  signal?.addEventListener?.("abort", onAbort, { once: true });
  relayed
    .run(() => streamFn(model, context, options), signal)
    .catch((error: unknown) => relayed.fail(error))
    .finally(() => signal?.removeEventListener?.("abort", onAbort));
}

class Relay {
  private over = false;
  /** Whether a call with arguments that are no object has come, so that every message must be looked through. */
  private unsound = false;
  private last: AssistantMessage;
  private events: AsyncIterator<AssistantMessageEvent> | undefined;

  constructor(
    model: Model<Api>,
    private readonly stream: AssistantMessageEventStream,
  ) {
    this.last = emptyMessage(model);
  }

  async run(open: () => LooseStream | Promise<LooseStream>, signal: AbortSignal | undefined): Promise<void> {
    const inner = await open();
    this.events = inner[Symbol.asyncIterator]();
    while (!this.over) {
      const next = await this.events.next();
      if (this.over) return;
      if (next.done) return this.conclude(await soon(inner.result?.()));
      this.take(next.value);
      if (isAhead(this.stream, HIGH_WATER)) await caughtUp(this.stream, LOW_WATER, signal);
    }
  }

  abort(): void {
    const message: AssistantMessage = {
      ...this.last,
      stopReason: "aborted",
      errorMessage: "Request was aborted.",
    };
    record(message, { kind: "aborted", message: "Request was aborted.", retryable: false });
    this.finish(message);
    // An iteration that hangs does not answer to this either; nobody waits for it.
    void this.events?.return?.().catch?.(() => {});
  }

  fail(error: unknown): void {
    const failure = thrown(error);
    const stack =
      process.env.ARGENT_DEBUG_ERROR_STACKS === "1" && error instanceof Error ? error.stack : undefined;
    const errorMessage = stack ? `${failure.message}\n${stack}` : failure.message;
    const message: AssistantMessage = { ...this.last, stopReason: "error", errorMessage };
    record(message, failure);
    this.finish(message);
  }

  private take(event: AssistantMessageEvent): void {
    if (event.type === "done") this.finish(event.message);
    else if (event.type === "error") this.finish(event.error, event.reason);
    else this.pass(event);
  }

  private pass(event: Exclude<AssistantMessageEvent, { type: "done" | "error" }>): void {
    const partial = this.sound(event.partial, "contentIndex" in event ? event.contentIndex : undefined);
    this.last = partial;
    if (event.type === "toolcall_end" && !hasSoundArguments(event.toolCall)) {
      this.stream.push({ ...event, toolCall: plainArguments(event.toolCall), partial });
    } else {
      this.stream.push(partial === event.partial ? event : { ...event, partial });
    }
  }

  /** A message as it must be: itself, unless something is wrong with it. Looks at one block as long as all is well. */
  private sound(message: AssistantMessage, index: number | undefined): AssistantMessage {
    if (typeof message !== "object" || message === null) return this.last;
    if (!Array.isArray(message.content)) return { ...message, content: [] };
    const block = index === undefined ? undefined : message.content[index];
    this.unsound ||= block?.type === "toolCall" && !hasSoundArguments(block);
    return this.unsound ? soundContent(message) : message;
  }

  /** The stream ended without a last event. */
  private conclude(result: AssistantMessage | undefined): void {
    if (!result) this.fail(new Error("The stream ended without its last event"));
    else this.finish(result);
  }

  private finish(given: AssistantMessage, reason?: "error" | "aborted"): void {
    if (this.over) return;
    this.over = true;
    const whole = soundContent(typeof given === "object" && given !== null ? given : this.last);
    const stopReason = reason ?? whole.stopReason;
    const failed = stopReason === "error" || stopReason === "aborted";
    const message = failed ? withComplaint(whole, stopReason) : whole;
    const failure = failureOf(given);
    if (failure && message !== given) record(message, failure);
    if (failed) this.stream.push({ type: "error", reason: stopReason, error: message });
    else this.stream.push({ type: "done", reason: doneReason(stopReason), message });
    this.stream.end();
  }
}

/** How long a result may take once its events have ended, in milliseconds: that of many streams then never comes. */
const GRACE = 1000;

// Hosts' tests put clocks of their own in place of this one.
const { setTimeout: later, clearTimeout: never } = globalThis;

async function soon<T>(result: Promise<T> | undefined): Promise<T | undefined> {
  if (!result) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = later(() => resolve(undefined), GRACE);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    never(timer);
  }
}

function doneReason(reason: unknown): "stop" | "length" | "toolUse" {
  return reason === "length" || reason === "toolUse" ? reason : "stop";
}
