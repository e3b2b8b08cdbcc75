import * as pi from "@mariozechner/pi-ai";

/** Pi with one fault, named by PARITY_FAULT: shows that the comparison sees it. */

const faults = {
  "drop-event": (event) => (event.type === "text_end" ? undefined : event),
  "change-delta": (event) => (event.delta ? { ...event, delta: `${event.delta} ` } : event),
  "clone-message": (event) => (event.message ? { ...event, message: structuredClone(event.message) } : event),
  "own-partials": (event) => (event.partial ? { ...event, partial: structuredClone(event.partial) } : event),
  "late-partials": (event) => {
    if (event.type === "text_delta") event.partial.content[event.contentIndex].text += "!";
    return event;
  },
  "error-text": (event) => {
    if (event.error) event.error.errorMessage = `GenericFailure, ${event.error.errorMessage}`;
    return event;
  },
  "key-order": (event) => {
    for (const block of event.message?.content ?? []) {
      const { type } = block;
      delete block.type;
      block.type = type;
    }
    return event;
  },
};

const changes = {
  "body-key": (payload) => ({ extra: 1, ...payload }),
  "body-order": ({ model, ...payload }) => ({ ...payload, model }),
  "body-text": (payload) => JSON.parse(JSON.stringify(payload).replaceAll("the ", "The ")),
};

const fault = process.env.PARITY_FAULT;

function wrap(call) {
  return (model, context, options) => {
    const inner = { ...options };
    if (changes[fault]) {
      inner.onPayload = async (payload, m) =>
        changes[fault]((await options.onPayload(payload, m)) ?? payload);
    }
    if (fault === "header") inner.headers = { ...options.headers, "x-fault": "1" };
    if (fault === "mutation") context.messages.push({ role: "user", content: "left behind" });
    if (fault === "retry") inner.maxRetries = (options.maxRetries ?? 2) + 1;
    const source = call(model, context, inner);
    if (!faults[fault] || source instanceof Promise) return source;
    const stream = new pi.AssistantMessageEventStream();
    (async () => {
      for await (const event of source) {
        const changed = faults[fault](event);
        if (changed) stream.push(changed);
      }
      stream.end();
    })();
    return stream;
  };
}

export const stream = wrap(pi.stream);
export const streamSimple = wrap(pi.streamSimple);
export const streamAnthropic = wrap(pi.streamAnthropic);
export const streamSimpleAnthropic = wrap(pi.streamSimpleAnthropic);
export const streamOpenAICompletions = wrap(pi.streamOpenAICompletions);
export const streamSimpleOpenAICompletions = wrap(pi.streamSimpleOpenAICompletions);
export const streamGoogle = wrap(pi.streamGoogle);
export const streamSimpleGoogle = wrap(pi.streamSimpleGoogle);
export const streamGoogleVertex = wrap(pi.streamGoogleVertex);
export const streamSimpleGoogleVertex = wrap(pi.streamSimpleGoogleVertex);
export const complete = wrap(pi.complete);
export const completeSimple = wrap(pi.completeSimple);
