// A provider's answer as a stream of Pi's.

import { AssistantMessageEventStream } from "../pi-ai/event-stream.js";
import { type Failure, thrown } from "../pi-ai/failure.js";
import type { Api, Model } from "../pi-ai/types.js";
import { Translator } from "./translator.js";
import type { StreamEvent } from "./types.js";

const ABORTED: Failure = { kind: "aborted", message: "Request was aborted.", retryable: false };

/**
 * The events that `open` gives as Pi's. The stream ends with exactly one `done` or `error`, and at once when the signal
 * says so.
 */
export function translated(
  model: Model<Api>,
  signal: AbortSignal | undefined,
  open: () => AsyncIterable<StreamEvent>,
): AssistantMessageEventStream {
  const stream = new AssistantMessageEventStream();
  void play(model, signal, open, stream);
  return stream;
}

/** Never rejects. */
async function play(
  model: Model<Api>,
  signal: AbortSignal | undefined,
  open: () => AsyncIterable<StreamEvent>,
  stream: AssistantMessageEventStream,
): Promise<void> {
  const translator = new Translator(model, (event) => stream.push(event));
  let events: AsyncIterator<StreamEvent> | undefined;
  const onAbort = () => {
    translator.fail(ABORTED, "aborted");
    stream.end();
    // A provider that hangs does not answer to this either; nobody waits for it.
    void events?.return?.().catch?.(() => {});
  };
  try {
    if (signal?.aborted) return onAbort();
    signal?.addEventListener?.("abort", onAbort, { once: true });
    events = open()[Symbol.asyncIterator]();
    while (!translator.over) {
      const next = await events.next();
      if (next.done) throw new Error("The provider's stream ended without its last event");
      translator.take(next.value);
    }
    void events.return?.().catch?.(() => {});
  } catch (error) {
    translator.fail(thrown(error), "error");
  } finally {
    signal?.removeEventListener?.("abort", onAbort);
    stream.end();
  }
}
