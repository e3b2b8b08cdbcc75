// A conversation as plain text, for a model to summarise.

import { conversationTexts } from "../../native.js";
import type { Message } from "../../pi-ai/types.js";

/** The text of a conversation. Long results of tools are cut. */
export function serializeConversation(messages: Message[]): string {
  return conversationChunks(messages)[0] as string;
}

/**
 * The text of a conversation in as few pieces as have room; at least one.
 * @param room - the most that a piece may take, in tokens.
 */
export function conversationChunks(messages: Message[], room?: number): string[] {
  return conversationTexts(JSON.stringify(messages.map(withoutImages)), room);
}

/** Images need not cross. */
function withoutImages({ role, content }: Message): unknown {
  if (!Array.isArray(content)) return { role, content };
  return { role, content: (content as { type: string }[]).filter((block) => block?.type !== "image") };
}
