// Argent's events of Pi's. They are made as they are read, so that `partial` never tells more than the events have.

import type { AssistantMessageEvent, ToolCall } from "../pi-ai/types.js";
import { emptyResponse, piMessageToArgentResponse } from "./responses.js";
import type { StreamEvent, TurnResponse } from "./types.js";

/** The events of one response. */
export async function* argentEvents(
  events: AsyncIterable<AssistantMessageEvent>,
  provider: string,
  model: string,
): AsyncGenerator<StreamEvent, void> {
  const partial = emptyResponse(provider, model);
  for await (const event of events) yield argentEvent(event, partial);
}

/** A response under the name of its provider. */
export function named(response: TurnResponse, provider: string): TurnResponse {
  return { ...response, provider };
}

function argentEvent(event: AssistantMessageEvent, partial: TurnResponse): StreamEvent {
  switch (event.type) {
    case "start":
      return { type: "start", partial };
    case "text_start":
      return { type: "text_start", partial };
    case "text_delta":
      partial.text += event.delta;
      return { type: "text_delta", delta: event.delta, partial };
    case "text_end":
      return { type: "text_end", text: event.content, partial };
    case "thinking_start":
      return { type: "thinking_start", partial };
    case "thinking_delta":
      partial.thinking = (partial.thinking ?? "") + event.delta;
      return { type: "thinking_delta", delta: event.delta, partial };
    case "thinking_end":
      return { type: "thinking_end", thinking: event.content, partial };
    case "toolcall_start":
      partial.toolCalls.push(event.partial.content[event.contentIndex] as ToolCall);
      return { type: "tool_call_start", partial };
    case "toolcall_delta":
      return { type: "tool_call_delta", delta: event.delta, partial };
    case "toolcall_end":
      return { type: "tool_call_end", toolCall: event.toolCall, partial };
    case "done":
      return { type: "done", response: named(piMessageToArgentResponse(event.message), partial.provider) };
    case "error":
      return { type: "error", error: named(piMessageToArgentResponse(event.error), partial.provider) };
  }
}
