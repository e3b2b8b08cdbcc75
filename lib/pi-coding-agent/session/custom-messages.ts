// Messages that a host or an extension sends into a session.

import type { ImageContent, TextContent } from "../../pi-ai/types.js";
import type { CustomMessage } from "../messages.js";
import type { AgentSession } from "./agent-session.js";

/** What the sender says of a message. */
export type CustomParts<T = unknown> = Pick<
  CustomMessage<T>,
  "customType" | "content" | "display" | "details"
>;

/** Where a message goes. */
export interface CustomDelivery {
  /** Whether the agent answers it, where it is not answering already. */
  triggerTurn?: boolean;
  /** A queue while the agent answers; `nextTurn` is with the user's next prompt. */
  deliverAs?: "steer" | "followUp" | "nextTurn";
}

/** Sends a message: to the next prompt, to the running agent, as a new run, or just into the conversation. */
export async function sendCustomMessage(
  session: AgentSession,
  parts: CustomParts,
  { triggerTurn, deliverAs }: CustomDelivery = {},
): Promise<void> {
  const { customType, content, display, details } = parts;
  const message: CustomMessage = {
    role: "custom",
    customType,
    content,
    display,
    details,
    timestamp: Date.now(),
  };
  const { agent } = session;
  if (deliverAs === "nextTurn") {
    session.addNextTurnMessage(message);
  } else if (session.isStreaming) {
    if (deliverAs === "followUp") agent.followUp(message);
    else agent.steer(message);
  } else if (triggerTurn) {
    await agent.prompt(message);
  } else {
    agent.state.messages.push(message);
    session.sessionManager.appendCustomMessageEntry(customType, content, display, details);
    session._emit({ type: "message_start", message });
    session._emit({ type: "message_end", message });
  }
}

/** Prompts with a content, as it is. */
export async function sendUserMessage(
  session: AgentSession,
  content: string | (TextContent | ImageContent)[],
  streamingBehavior: "steer" | "followUp" | undefined,
): Promise<void> {
  const blocks: (TextContent | ImageContent)[] =
    typeof content === "string" ? [{ type: "text", text: content }] : content;
  const texts = blocks.filter((block) => block.type === "text").map(({ text }) => text);
  const images = blocks.filter((block): block is ImageContent => block.type !== "text");
  await session.prompt(texts.join("\n"), {
    expandPromptTemplates: false,
    streamingBehavior,
    images: images.length > 0 ? images : undefined,
    source: "extension",
  });
}
