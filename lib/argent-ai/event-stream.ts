// Pi's event streams with what Argent's have besides: a way to fail, and a result also where the events end without one.

import { emptyMessage } from "../pi-ai/assembler.js";
import {
  AssistantMessageEventStream as PiAssistantMessageEventStream,
  EventStream as PiEventStream,
} from "../pi-ai/event-stream.js";
import { record, thrown } from "../pi-ai/failure.js";
import type { Api, AssistantMessage, AssistantMessageEvent, Model } from "../pi-ai/types.js";

/** A stream of events that may fail. As in Pi the last event settles the result, and nothing is taken in after it. */
export class EventStream<T, R = T> extends PiEventStream<T, R> {
  /** Ends the stream; `result()` rejects with the error, unless there is a result already. */
  error(error: unknown): void {
    const failure = Promise.reject(error);
    // A result that nobody asks for is nobody's unhandled rejection.
    failure.catch(() => {});
    this.result().catch(() => {});
    this.end(failure as unknown as R);
  }
}

/** The events of one assistant message, for hosts that produce them. Its result always comes. */
export class AssistantMessageEventStream extends PiAssistantMessageEventStream {
  #partial: AssistantMessage | undefined;
  #ended = false;

  override push(event: AssistantMessageEvent): void {
    if ("partial" in event) this.#partial = event.partial;
    else this.#ended = true;
    super.push(event);
  }

  /** Ends the stream. Where there was neither a last event nor a result, that is an error. */
  override end(result?: AssistantMessage): void {
    if (result === undefined && !this.#ended)
      this.error(new Error("The stream ended without its last event"));
    this.#ended = true;
    super.end(result);
  }

  /** Ends the stream with an `error` event. */
  error(error: unknown): void {
    const nobody = { id: "unknown", api: "unknown", provider: "unknown" } as Model<Api>;
    const failure = thrown(error);
    const known = this.#partial ?? emptyMessage(nobody);
    const message: AssistantMessage = { ...known, stopReason: "error", errorMessage: failure.message };
    record(message, failure);
    this.push({ type: "error", reason: "error", error: message });
    this.end();
  }
}

/** Makes an empty stream, for hosts that produce the events themselves. */
export function createAssistantMessageEventStream(): AssistantMessageEventStream {
  return new AssistantMessageEventStream();
}
