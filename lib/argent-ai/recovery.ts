// Answers that are thinking and nothing else. Some servers put the answer into the field for thoughts; Z.AI's models
// sometimes stop after thinking, and answer when they are asked again without.

import { AssistantMessageEventStream } from "../pi-ai/event-stream.js";
import { failureOf, record } from "../pi-ai/failure.js";
import type { AssistantMessage, AssistantMessageEvent, Usage } from "../pi-ai/types.js";

/** Whether a message says nothing and calls nothing, but thought. */
function isOnlyThinking({ content }: AssistantMessage): boolean {
  const says = (block: AssistantMessage["content"][number]) =>
    block.type === "toolCall" || (block.type === "text" && block.text.trim() !== "");
  return !content.some(says) && content.some((block) => block.type === "thinking" && block.thinking.trim());
}

/** A stream that gives an answer of thinking alone as text. */
export class ThinkingIsTheAnswer extends AssistantMessageEventStream {
  override push(event: AssistantMessageEvent): void {
    if (event.type === "done" && event.reason === "stop" && isOnlyThinking(event.message)) {
      const { content } = event.message;
      const text = content.map((block) => (block.type === "thinking" ? block.thinking : "")).join("");
      const at = { contentIndex: content.length, partial: event.message };
      const block = { type: "text" as const, text: "" };
      content.push(block);
      super.push({ type: "text_start", ...at });
      block.text = text;
      super.push({ type: "text_delta", delta: text, ...at });
      super.push({ type: "text_end", content: text, ...at });
    }
    super.push(event);
  }
}

/** A stream that asks once more where an answer is thinking alone, and goes on with what comes then. */
export class AsksAgain extends AssistantMessageEventStream {
  /** @param again - asks once more, with thinking off, into another stream. */
  #again: ((stream: AssistantMessageEventStream) => void) | undefined;
  #waits = false;

  constructor(again: (stream: AssistantMessageEventStream) => void) {
    super();
    this.#again = again;
  }

  override push(event: AssistantMessageEvent): void {
    const again = this.#again;
    if (again && event.type === "done" && event.reason === "stop" && isOnlyThinking(event.message)) {
      this.#again = undefined;
      this.#waits = true;
      again(new Continuation(event.message, (later) => this.#goOn(later)));
    } else {
      super.push(event);
    }
  }

  override end(result?: AssistantMessage): void {
    if (!this.#waits) super.end(result);
  }

  #goOn(event: AssistantMessageEvent): void {
    super.push(event);
    if (event.type !== "done" && event.type !== "error") return;
    this.#waits = false;
    super.end();
  }
}

/** Takes the events of a second answer and tells them of the first one's message. */
class Continuation extends AssistantMessageEventStream {
  #offset: number;

  constructor(
    private readonly message: AssistantMessage,
    private readonly tell: (event: AssistantMessageEvent) => void,
  ) {
    super();
    this.#offset = message.content.length;
  }

  override push(event: AssistantMessageEvent): void {
    const { message } = this;
    if (event.type === "start") return;
    if (event.type === "done") this.#finish(event.message);
    else if (event.type === "error") this.#fail(event.reason, event.error);
    else {
      const contentIndex = this.#offset + event.contentIndex;
      message.content[contentIndex] = event.partial.content[
        event.contentIndex
      ] as AssistantMessage["content"][number];
      this.tell({ ...event, contentIndex, partial: message });
    }
  }

  #finish(answer: AssistantMessage): void {
    const { message } = this;
    if (!answer.content.some((block) => block.type !== "thinking")) {
      this.#add(answer);
      message.errorMessage = `${message.provider} answered with nothing but thinking, twice`;
      message.stopReason = "error";
      record(message, { kind: "stopped", message: message.errorMessage, retryable: true });
      this.tell({ type: "error", reason: "error", error: message });
      return;
    }
    this.#add(answer);
    this.tell({ type: "done", reason: answer.stopReason as "stop" | "length" | "toolUse", message });
  }

  #fail(reason: "error" | "aborted", answer: AssistantMessage): void {
    this.#add(answer);
    const failure = failureOf(answer);
    if (failure) record(this.message, failure);
    this.tell({ type: "error", reason, error: this.message });
  }

  /** What both answers used is paid for. */
  #add(answer: AssistantMessage): void {
    const { message } = this;
    add(message.usage, answer.usage);
    message.stopReason = answer.stopReason;
    if (answer.responseId !== undefined) message.responseId = answer.responseId;
    if (answer.errorMessage !== undefined) message.errorMessage = answer.errorMessage;
  }
}

function add(sum: Usage, { cost, ...tokens }: Usage): void {
  for (const key of ["input", "output", "cacheRead", "cacheWrite", "totalTokens"] as const) {
    sum[key] += tokens[key];
  }
  for (const key of ["input", "output", "cacheRead", "cacheWrite", "total"] as const) {
    sum.cost[key] += cost[key];
  }
}
