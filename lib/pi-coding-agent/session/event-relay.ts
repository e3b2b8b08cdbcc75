// Takes the agent's events, one after another: tells extensions and listeners, keeps messages, and acts when a run ends.

import type { AgentMessage } from "../../pi-agent-core/messages.js";
import type { AgentEvent } from "../../pi-agent-core/types.js";
import type { AssistantMessage } from "../../pi-ai/types.js";
import type { AgentSession } from "./agent-session.js";
import { lastAnswer, textOf } from "./transcript.js";

/** Works through the events of one session's agent. */
export class EventRelay {
  /** Settles when all events so far have been worked through. */
  done: Promise<void> = Promise.resolve();
  #turn = 0;
  #answer: AssistantMessage | undefined;

  constructor(private readonly session: AgentSession) {}

  /** The agent's listener. The agent does not wait for it. */
  readonly take = (event: AgentEvent): void => {
    this.session.retries.expect(event);
    const work = () => this.#work(event);
    this.done = this.done.then(work, work);
    this.done.catch(() => {});
  };

  async #work(event: AgentEvent): Promise<void> {
    const { session } = this;
    if (event.type === "message_start" && event.message.role === "user") {
      session.compactions.newPrompt();
      const text = textOf(event.message.content);
      if (text && session.pendingTexts.take(text)) session.tellQueues();
    }
    await this.#tellExtensions(event);
    session.tell(event);
    if (event.type === "message_end") this.#keep(event.message);
    if (event.type === "agent_end") await this.#end(event.messages);
  }

  async #end(messages: AgentMessage[]): Promise<void> {
    const { session } = this;
    // A run that failed before it had an answer says so only here.
    const answer = this.#answer ?? lastAnswer(messages);
    const isTold = this.#answer !== undefined;
    this.#answer = undefined;
    if (answer && session.retries.isRetryable(answer) && (await session.retries.retry(answer))) return;
    session.retries.settle();
    if (answer && isTold) await session.compactions.check(answer);
  }

  #keep(message: AgentMessage): void {
    const { session } = this;
    if (message.role === "custom") {
      const { customType, content, display, details } = message;
      session.sessionManager.appendCustomMessageEntry(customType, content, display, details);
    } else if (message.role === "user" || message.role === "assistant" || message.role === "toolResult") {
      session.sessionManager.appendMessage(message);
    }
    if (message.role !== "assistant") return;
    this.#answer = message;
    if (message.stopReason === "error") return;
    session.compactions.answered(message);
    session.retries.succeed();
  }

  async #tellExtensions(event: AgentEvent): Promise<void> {
    const runner = this.session.extensionRunner;
    switch (event.type) {
      case "agent_start":
        this.#turn = 0;
        await runner.emit({ type: "agent_start" });
        break;
      case "agent_end":
        await runner.emit({ type: "agent_end", messages: event.messages });
        break;
      case "turn_start":
        await runner.emit({ type: "turn_start", turnIndex: this.#turn, timestamp: Date.now() });
        break;
      case "turn_end": {
        const { message, toolResults } = event;
        await runner.emit({ type: "turn_end", turnIndex: this.#turn, message, toolResults });
        this.#turn++;
        break;
      }
      case "message_end": {
        const { message } = event;
        const replacement = await runner.emitMessageEnd({ type: "message_end", message });
        if (replacement) refill(message, replacement);
        break;
      }
      case "message_update": {
        const { message, assistantMessageEvent } = event;
        await runner.emit({ type: "message_update", message, assistantMessageEvent });
        break;
      }
      default:
        await runner.emit({ ...event });
    }
  }
}

/**
 * Makes one message say what another does. The agent's state, later events and the session's entry hold the one object,
 * so it stays and its fields go.
 */
function refill(message: AgentMessage, replacement: AgentMessage): void {
  if (message === replacement) return;
  for (const key of Object.keys(message)) delete (message as unknown as Record<string, unknown>)[key];
  Object.assign(message, replacement);
}
