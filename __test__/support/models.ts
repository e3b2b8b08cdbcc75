// Models and turns against a provider of the tests.

import type { AssistantMessage, AssistantMessageEvent, Context, Model } from "argent-runtime/pi-ai";

export function anthropicModel(baseUrl: string): Model<"anthropic-messages"> {
  return {
    id: "claude-test",
    name: "Claude",
    api: "anthropic-messages",
    provider: "anthropic",
    baseUrl,
    reasoning: true,
    input: ["text", "image"],
    cost: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
    contextWindow: 200_000,
    maxTokens: 64_000,
  };
}

export function chatModel(baseUrl: string): Model<"openai-completions"> {
  return { ...anthropicModel(baseUrl), id: "gpt-test", api: "openai-completions", provider: "openai" };
}

export function responsesModel(baseUrl: string): Model<"openai-responses"> {
  return { ...anthropicModel(baseUrl), id: "gpt-test", api: "openai-responses", provider: "openai" };
}

export function saying(content: string): Context {
  return { messages: [{ role: "user", content, timestamp: 1 }] };
}

/** All events of a stream, with the time from the first to the last in the order of arrival. */
export async function collect(
  stream: AsyncIterable<AssistantMessageEvent>,
): Promise<AssistantMessageEvent[]> {
  const events = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** The message of the last event. */
export function lastMessage(events: AssistantMessageEvent[]): AssistantMessage {
  const last = events.at(-1);
  if (last?.type === "done") return last.message;
  if (last?.type === "error") return last.error;
  throw new Error(`The stream ended with ${last?.type}`);
}

/** A PNG of one pixel, base64. */
export const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
