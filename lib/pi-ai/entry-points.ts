// The two shapes in which a protocol's functions are exported: as Pi's subpaths have them, and as Pi's root does.

import { emptyMessage } from "./assembler.js";
import { AssistantMessageEventStream } from "./event-stream.js";
import type { Asked } from "./request.js";
import { withoutSecrets } from "./secrets.js";
import type { Api, AssistantMessageEvent, Context, Model } from "./types.js";

/** Works out what a call asks for; throws when that cannot be, for example without a key. */
export type Ask<M, O> = (model: M, context: Context, options: O | undefined) => Asked;

/** Starts a turn in a stream. */
export type Start = (asked: Asked, stream: AssistantMessageEventStream) => void;

/** What a subpath's function returns: the stream of a turn that has started. */
export function started(asked: Asked, start: Start): AssistantMessageEventStream {
  const stream = new AssistantMessageEventStream();
  start(asked, stream);
  return stream;
}

/** Passes on the stream that `start` returns; what it throws is an event of the stream. */
export function forwarded(model: Model<Api>, start: () => AsyncIterable<AssistantMessageEvent>) {
  const stream = new AssistantMessageEventStream();
  const pass = async () => {
    for await (const event of start()) stream.push(event);
    stream.end();
  };
  Promise.resolve()
    .then(pass)
    .catch((error: unknown) => refuse(stream, model, error));
  return stream;
}

/** The root's function: starts in the next microtask; what `ask` throws is an event of the stream. */
export function deferred<M extends Model<Api>, O>(ask: Ask<M, O>, start: Start) {
  return (model: M, context: Context, options?: O): AssistantMessageEventStream => {
    const stream = new AssistantMessageEventStream();
    queueMicrotask(() => {
      try {
        start(ask(model, context, options), stream);
      } catch (error) {
        refuse(stream, model, error);
      }
    });
    return stream;
  };
}

/** Ends a stream that cannot begin, with what was thrown. */
export function refuse(stream: AssistantMessageEventStream, model: Model<Api>, error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  const errorMessage = withoutSecrets(text, "errors");
  const message = { ...emptyMessage(model), stopReason: "error" as const, errorMessage };
  stream.push({ type: "error", reason: "error", error: message });
  stream.end(message);
}
