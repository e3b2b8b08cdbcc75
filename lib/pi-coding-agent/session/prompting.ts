// What becomes of a text that is prompted: a command's call, a queued message, or messages for a new run.

import type { AgentMessage } from "../../pi-agent-core/messages.js";
import type { ImageContent, TextContent } from "../../pi-ai/types.js";
import type { AgentSession } from "./agent-session.js";
import type { CustomParts } from "./custom-messages.js";
import { expandText, runCommand } from "./expansion.js";
import {
  formatExpiredMessage,
  formatNoApiKeyFoundMessage,
  formatNoModelSelectedMessage,
} from "./guidance.js";
import { lastAnswer } from "./transcript.js";
import type { PromptOptions } from "./types.js";

const BUSY =
  "Agent is already processing. Specify streamingBehavior ('steer' or 'followUp') to queue the message.";

/** Prompts: resolves when the run, and any retry of it, is over. */
export async function prompt(
  session: AgentSession,
  typed: string,
  options: PromptOptions = {},
): Promise<void> {
  let messages: AgentMessage[];
  try {
    const expands = options.expandPromptTemplates ?? true;
    if (expands && typed.startsWith("/") && (await runCommand(session, typed))) {
      options.preflightResult?.(true);
      return;
    }
    let { images } = options;
    let text = typed;
    const { extensionRunner: runner } = session;
    if (runner.hasHandlers("input")) {
      const taken = await runner.emitInput(text, images, options.source ?? "interactive");
      if (taken.action === "handled") {
        options.preflightResult?.(true);
        return;
      }
      if (taken.action === "transform") {
        text = taken.text;
        images = taken.images ?? images;
      }
    }
    if (expands) text = expandText(session, text);
    if (session.isStreaming) {
      if (!options.streamingBehavior) throw new Error(BUSY);
      await session.queue(options.streamingBehavior, text, images);
      options.preflightResult?.(true);
      return;
    }
    session.bash.flush();
    requireModel(session);
    const last = lastAnswer(session.messages);
    if (last) await session.compactions.check(last, false);
    messages = [userMessage(text, images), ...session.takeNextTurnMessages()];
    const { _baseSystemPrompt: base, systemPromptOptions: parts } = session;
    const added = await runner.emitBeforeAgentStart(text, images, base, parts);
    messages.push(...customMessages(added?.messages));
    session.agent.state.systemPrompt = added?.systemPrompt || session._baseSystemPrompt;
  } catch (error) {
    options.preflightResult?.(false);
    throw error;
  }
  options.preflightResult?.(true);
  await session.agent.prompt(messages);
  await session.waitForRetry();
  await session.settled();
}

/** Throws if there is no model, or no key for it. */
function requireModel({ model, modelRegistry }: AgentSession): void {
  if (!model) throw new Error(formatNoModelSelectedMessage());
  if (modelRegistry.hasConfiguredAuth(model)) return;
  const isExpired = modelRegistry.isUsingOAuth(model);
  throw new Error((isExpired ? formatExpiredMessage : formatNoApiKeyFoundMessage)(model.provider));
}

/** What extensions add to a prompt. */
function customMessages(added: CustomParts[] = []): AgentMessage[] {
  return added.map(({ customType, content, display, details }) => {
    return { role: "custom", customType, content, display, details, timestamp: Date.now() };
  });
}

/** What a user says. */
export function userMessage(text: string, images: ImageContent[] = []): AgentMessage {
  const content: (TextContent | ImageContent)[] = [{ type: "text", text }, ...images];
  return { role: "user", content, timestamp: Date.now() };
}
