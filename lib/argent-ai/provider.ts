// A native provider: a description in Rust, the host's settings, and the wire of the model that is asked.

import { refuse } from "../pi-ai/entry-points.js";
import { AssistantMessageEventStream } from "../pi-ai/event-stream.js";
import type { Asked } from "../pi-ai/request.js";
import type { Api, Context, Message, Model, SimpleStreamOptions } from "../pi-ai/types.js";
import { descriptions, type ProviderDescription } from "./descriptions.js";
import { getEnvApiKey } from "./env-keys.js";
import { argentEvents, named } from "./facade-events.js";
import { AsksAgain, ThinkingIsTheAnswer } from "./recovery.js";
import { type AskedModel, piOptions, reached, requestPart } from "./request.js";
import { piMessageToArgentResponse } from "./responses.js";
import type {
  ModelConfig,
  Provider,
  ProviderConfig,
  StreamEvent,
  TurnOptions,
  TurnRequest,
  TurnResponse,
} from "./types.js";
import { wireOf } from "./wires.js";

/** One of the package's own providers. Its requests are made and its answers read in Rust, as those of `pi-ai` are. */
export class NativeProvider implements Provider {
  readonly id: string;
  readonly name: string;
  declare private readonly description: ProviderDescription;
  declare private readonly config: ProviderConfig;

  /**
   * @param kind - which provider: `anthropic`, `openai`, `openai-responses`, `openai-codex`, `google`, `xai`, `minimax`,
   * `zai`, `zai-coding` or `inception`.
   * @throws Error when it is none of these.
   */
  constructor(kind: string, config: ProviderConfig = {}) {
    const description = descriptions().get(kind);
    if (!description)
      throw new Error(`Unknown provider: ${kind} (known: ${[...descriptions().keys()].join(", ")})`);
    this.id = config.name ?? kind;
    this.name = this.id;
    // A key must not appear where a host prints the provider.
    Object.defineProperties(this, { description: { value: description }, config: { value: { ...config } } });
  }

  complete(request: TurnRequest, model?: ModelConfig | Model<Api>): Promise<TurnResponse> {
    return this.execute(request, model);
  }

  async execute(request: TurnRequest, model?: ModelConfig | Model<Api>): Promise<TurnResponse> {
    const message = await this.ask(request, model ?? request.model, request.options).result();
    return named(piMessageToArgentResponse(message), this.name);
  }

  async *stream(request: TurnRequest, model?: ModelConfig | Model<Api>): AsyncGenerator<StreamEvent> {
    const asked = model ?? request.model;
    const stop = new AbortController();
    const host = request.options?.signal;
    const onAbort = () => stop.abort();
    if (host?.aborted) onAbort();
    host?.addEventListener?.("abort", onAbort, { once: true });
    try {
      const events = this.ask(request, asked, { ...request.options, signal: stop.signal });
      yield* argentEvents(events, this.name, typeof asked === "object" ? asked.id : (asked ?? ""));
    } finally {
      host?.removeEventListener?.("abort", onAbort);
      // A consumer that breaks off wants no more of the answer; after its end this does nothing.
      stop.abort();
    }
  }

  /**
   * One turn with Pi's model, context and options, and nothing of them lost. The model's `api` decides the wire. Does
   * not throw: what goes wrong is the stream's last event.
   */
  streamSimple(model: Model<Api>, context: Context, options?: TurnOptions): AssistantMessageEventStream {
    return this.start(model, options, context, (asked) => asked);
  }

  private ask(
    request: TurnRequest,
    wanted: AskedModel | undefined,
    options: TurnOptions | undefined,
  ): AssistantMessageEventStream {
    return this.start(wanted, options, { messages: [] }, (asked, thinks) => {
      const wishes = thinks || typeof wanted !== "object" ? wanted : { ...wanted, thinking: false };
      const part = requestPart(this.description.id, asked.model, wishes as AskedModel, request);
      return { ...asked, request: part };
    });
  }

  /** Starts a turn. `fill` completes what is asked, and is told whether the model may think. */
  private start(
    wanted: AskedModel | undefined,
    given: TurnOptions | undefined,
    context: Context,
    fill: (asked: Asked, thinks: boolean) => Asked,
  ): AssistantMessageEventStream {
    const options = piOptions(given);
    const launch = (stream: AssistantMessageEventStream, thinks: boolean) => {
      let model = { id: "", api: this.description.api, provider: this.id } as Model<Api>;
      try {
        if (!wanted) throw new Error(`No model is named for provider ${this.id}`);
        model = reached(this.description.id, this.config, wanted);
        const { start, ask } = wireOf(model.api);
        const own = this.withDefaults({ ...options, ...(!thinks && { reasoning: undefined }) });
        start(fill(ask(model, tolerated(context), own), thinks), stream);
      } catch (error) {
        refuse(stream, model, error);
      }
    };
    const stream = this.streamFor(
      !!options?.reasoning || (wanted as ModelConfig | undefined)?.thinking === true,
      (again) => launch(again, false),
    );
    launch(stream, true);
    return stream;
  }

  private streamFor(
    thinks: boolean,
    again: (stream: AssistantMessageEventStream) => void,
  ): AssistantMessageEventStream {
    const { onlyThinking } = this.description;
    if (onlyThinking === "isTheAnswer") return new ThinkingIsTheAnswer();
    return onlyThinking === "asksAgain" && thinks ? new AsksAgain(again) : new AssistantMessageEventStream();
  }

  /** The options with what the provider was set up with, where they do not say. */
  private withDefaults({ thinkingLevel: _, ...options }: TurnOptions): SimpleStreamOptions {
    const { apiKey, oauthToken, cacheRetention, store } = this.config;
    const { onPayload } = options;
    const stored: SimpleStreamOptions["onPayload"] = async (payload, model) => {
      const next = await onPayload?.(payload, model);
      return { ...((next ?? payload) as object), store: true };
    };
    return {
      ...options,
      apiKey: options.apiKey || oauthToken || apiKey || getEnvApiKey(this.description.id),
      cacheRetention: options.cacheRetention ?? cacheRetention,
      ...(store && { onPayload: stored }),
    };
  }
}

/** A conversation whose messages all have content: a host's history may lack some. */
function tolerated(context: Context): Context {
  const isBare = ({ content }: Message) => content === undefined || content === null;
  if (!context.messages.some(isBare)) return context;
  const messages = context.messages.map((message) =>
    isBare(message) ? ({ ...message, content: [] } as Message) : message,
  );
  return { ...context, messages };
}
