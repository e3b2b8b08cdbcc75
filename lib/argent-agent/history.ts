// Between the short messages of Argent's loops and the transcript of the loop that they run on.

import { piContextToArgentRequest } from "../argent-ai/compat.js";
import type { ModelConfig, ProviderLike, TurnMessage } from "../argent-ai/types.js";
import type { AgentMessage } from "../pi-agent-core/messages.js";
import { emptyMessage } from "../pi-ai/assembler.js";
import type { Api, AssistantMessage, Message, Model, TextContent } from "../pi-ai/types.js";

/** A message of a loop: in short form, or a whole one of Pi's. */
export type LoopMessage = TurnMessage | Message;

/** What hosts gave, by what was made of it: providers are asked with the host's own. */
const givenAs = new WeakMap<object, LoopMessage>();

/** The model of a configuration, as the loop names it in its messages. */
export function modelOf(
  provider: ProviderLike,
  { id, thinking = false, maxTokens = 0 }: ModelConfig,
): Model<Api> {
  return {
    id,
    name: id,
    api: "argent",
    provider: provider.name ?? provider.id ?? "argent",
    baseUrl: "",
    reasoning: thinking,
    input: ["text", "image"],
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    contextWindow: 0,
    maxTokens,
  };
}

/** The transcript that short messages stand for. */
export function toTranscript(messages: LoopMessage[], model: Model<Api>): AgentMessage[] {
  const names = new Map<string, string>();
  return messages.map((given) => {
    const message = whole(given, model, names);
    if (message.role === "assistant")
      for (const block of message.content) if (block.type === "toolCall") names.set(block.id, block.name);
    if (message !== given) givenAs.set(message, given);
    return message;
  });
}

/** The messages as a provider is asked with them. */
export function toRequest(messages: Message[]): LoopMessage[] {
  return messages.flatMap(
    (message) => givenAs.get(message) ?? piContextToArgentRequest({ messages: [message] }).messages,
  );
}

function whole(given: LoopMessage, model: Model<Api>, names: Map<string, string>): Message {
  const short = given as TurnMessage;
  if (short.message) return short.message;
  if (given.role === "toolResult" || (given.role === "assistant" && "api" in given)) return given as Message;
  const { content = "", text, toolCalls = [], toolCallId = "", isError = false } = short;
  const timestamp = Date.now();
  const blocks = typeof content === "string" ? textBlocks(content) : content;
  if (short.role === "user")
    return { role: "user", content: content as Extract<Message, { role: "user" }>["content"], timestamp };
  if (short.role === "tool") {
    const toolName = short.toolName ?? names.get(toolCallId) ?? "";
    return { role: "toolResult", toolCallId, toolName, content: blocks as TextContent[], isError, timestamp };
  }
  const calls = toolCalls.map((call) => ({ ...call, type: "toolCall" as const }));
  const said = [...(text ? textBlocks(text) : blocks), ...calls] as AssistantMessage["content"];
  return { ...emptyMessage(model), content: said, stopReason: calls.length > 0 ? "toolUse" : "stop" };
}

const textBlocks = (text: string): TextContent[] => (text ? [{ type: "text", text }] : []);
