// One request for a summary.

import type { AssistantMessage, Model, SimpleStreamOptions } from "../../pi-ai/types.js";
import { SUMMARIZATION_SYSTEM_PROMPT } from "./prompts.js";

/**
 * Asks a model for a summary.
 * @param conversation - what is summarised, as text.
 * @param earlier - the summary that the new one continues.
 */
export async function requestSummary(
  // biome-ignore lint/suspicious/noExplicitAny: models of every protocol
  model: Model<any>,
  { conversation, earlier, task }: { conversation: string; earlier?: string; task: string },
  options: SimpleStreamOptions,
): Promise<AssistantMessage> {
  const previous = earlier ? `<previous-summary>\n${earlier}\n</previous-summary>\n\n` : "";
  const text = `<conversation>\n${conversation}\n</conversation>\n\n${previous}${task}`;
  const content = [{ type: "text" as const, text }];
  const messages = [{ role: "user" as const, content, timestamp: Date.now() }];
  // Most hosts import this package for its sessions and tools, and need no provider.
  const { completeSimple } = await import("../../pi-ai/stream.js");
  return completeSimple(model, { systemPrompt: SUMMARIZATION_SYSTEM_PROMPT, messages }, options);
}

/** What a model has written. */
export function textOf({ content }: AssistantMessage): string {
  return content
    .filter((block) => block.type === "text")
    .map(({ text }) => text)
    .join("\n");
}
