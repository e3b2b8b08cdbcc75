// Guesses what a request would have consumed, at four characters a token, with one cached prompt per session.

import type { AssistantMessage, Context, ImageContent, Message, TextContent, Usage } from "./messages.js";
import type { StreamOptions } from "./types.js";

/** Tokens of a text, by its length in UTF-16 units. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/**
 * Usage of a request and its answer. With a session id, and unless caching is off, the prompt is kept in `prompts`,
 * and what it has in common with the one before counts as read from the cache.
 */
export function estimateUsage(
  answer: AssistantMessage,
  context: Context,
  options: StreamOptions | undefined,
  prompts: Map<string, string>,
): Usage {
  const prompt = promptText(context);
  const output = estimateTokens(answerText(answer));
  let input = estimateTokens(prompt);
  let cacheRead = 0;
  let cacheWrite = 0;

  const session = options?.cacheRetention === "none" ? undefined : options?.sessionId;
  if (session) {
    const previous = prompts.get(session);
    if (previous) {
      const common = commonLength(previous, prompt);
      cacheRead = estimateTokens(prompt.slice(0, common));
      cacheWrite = estimateTokens(prompt.slice(common));
      input = Math.max(0, input - cacheRead);
    } else {
      cacheWrite = input;
    }
    prompts.set(session, prompt);
  }
  return {
    input,
    output,
    cacheRead,
    cacheWrite,
    totalTokens: input + output + cacheRead + cacheWrite,
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 },
  };
}

function promptText({ systemPrompt, messages, tools }: Context): string {
  const parts = messages.map((message) => `${message.role}:${messageText(message)}`);
  if (systemPrompt) parts.unshift(`system:${systemPrompt}`);
  if (tools?.length) parts.push(`tools:${JSON.stringify(tools)}`);
  return parts.join("\n\n");
}

function messageText(message: Message): string {
  if (message.role === "user") return inputText(message.content);
  if (message.role === "assistant") return answerText(message);
  return [message.toolName, ...message.content.map((block) => inputText([block]))].join("\n");
}

function inputText(content: string | (TextContent | ImageContent)[]): string {
  if (typeof content === "string") return content;
  const lines = content.map((block) =>
    block.type === "text" ? block.text : `[image:${block.mimeType}:${block.data.length}]`,
  );
  return lines.join("\n");
}

function answerText({ content }: AssistantMessage): string {
  const lines = content.map((block) => {
    if (block.type === "text") return block.text;
    if (block.type === "thinking") return block.thinking;
    return `${block.name}:${JSON.stringify(block.arguments)}`;
  });
  return lines.join("\n");
}

function commonLength(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let length = 0;
  while (length < end && a[length] === b[length]) length++;
  return length;
}
