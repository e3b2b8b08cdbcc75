// A provider's events as Pi's, for hosts that hold the generator themselves.

import { thrown } from "../pi-ai/failure.js";
import type { Api, AssistantMessage, AssistantMessageEvent, Model } from "../pi-ai/types.js";
import { Translator } from "./translator.js";
import type { StreamEvent } from "./types.js";

/** The events of one response as Pi's. For one consumer. */
export class StreamAdapter implements AsyncIterable<AssistantMessageEvent> {
  private readonly told: AssistantMessageEvent[] = [];
  private readonly translator: Translator;
  private readonly events: AsyncGenerator<AssistantMessageEvent, void>;
  private message: AssistantMessage | undefined;

  constructor(
    source: AsyncIterable<StreamEvent>,
    providerName: string,
    modelId: string,
    api: Api = "anthropic-messages",
  ) {
    const model = { id: modelId, provider: providerName, api } as Model<Api>;
    this.translator = new Translator(model, (event) => this.told.push(event));
    this.events = this.read(source);
  }

  [Symbol.asyncIterator](): AsyncGenerator<AssistantMessageEvent, void> {
    return this.events;
  }

  /**
   * The finished message; reads what nobody has read.
   * @throws Error when the consumer broke off before there was one.
   */
  async result(): Promise<AssistantMessage> {
    while (!this.message) {
      if ((await this.events.next()).done) break;
    }
    if (!this.message) throw new Error("The stream was left before its last event");
    return this.message;
  }

  private async *read(source: AsyncIterable<StreamEvent>): AsyncGenerator<AssistantMessageEvent, void> {
    try {
      for await (const event of source) {
        this.translator.take(event);
        yield* this.take();
        if (this.translator.over) return;
      }
      this.translator.fail(thrown(new Error("The stream ended without its last event")), "error");
    } catch (error) {
      this.translator.fail(thrown(error), "error");
    }
    yield* this.take();
  }

  private *take(): Generator<AssistantMessageEvent, void> {
    for (const event of this.told.splice(0)) {
      if (event.type === "done") this.message = event.message;
      if (event.type === "error") this.message = event.error;
      yield event;
    }
  }
}
