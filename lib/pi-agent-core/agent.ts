// An agent: a conversation, the queues that steer it, and the listeners that hear of it. Hosts replace its functions and
// write its state while it runs, so everything is read when it is needed.

import { streamSimple } from "../pi-ai/stream.js";
import type { ImageContent, Message, TextContent, ThinkingBudgets, Transport } from "../pi-ai/types.js";
import { runAgentLoop, runAgentLoopContinue } from "./agent-loop.js";
import { apply, createState, type MutableState } from "./agent-state.js";
import { failureMessage } from "./failure.js";
import type { AgentGuards } from "./guards.js";
import { MessageQueue } from "./message-queue.js";
import type { AgentMessage } from "./messages.js";
import type {
  AgentContext,
  AgentEvent,
  AgentLoopConfig,
  AgentOptions,
  AgentState,
  QueueMode,
  StreamFn,
  ToolExecutionMode,
} from "./types.js";

/** Hears of a run; the run waits for it. */
type Listener = (event: AgentEvent, signal: AbortSignal) => Promise<void> | void;

interface ActiveRun {
  promise: Promise<void>;
  resolve: () => void;
  abortController: AbortController;
}

function messagesForModel(messages: AgentMessage[]): Message[] {
  return messages.filter(
    (message): message is Message =>
      message.role === "user" || message.role === "assistant" || message.role === "toolResult",
  );
}

/** Keeps a conversation with a model, one run at a time. */
export class Agent {
  private _state: MutableState;
  private readonly listeners = new Set<Listener>();
  private readonly steeringQueue: MessageQueue;
  private readonly followUpQueue: MessageQueue;
  /** Makes messages for the model of the transcript's. */
  convertToLlm: NonNullable<AgentOptions["convertToLlm"]>;
  transformContext?: AgentOptions["transformContext"];
  /** Asks the model. */
  streamFn: StreamFn;
  getApiKey?: AgentOptions["getApiKey"];
  onPayload?: AgentOptions["onPayload"];
  onResponse?: AgentOptions["onResponse"];
  beforeToolCall?: AgentOptions["beforeToolCall"];
  afterToolCall?: AgentOptions["afterToolCall"];
  private activeRun?: ActiveRun;
  /** Keeps the requests on one prompt cache, where the provider can. */
  sessionId?: string;
  /** Tokens that thinking may take at each level. */
  thinkingBudgets?: ThinkingBudgets;
  transport: Transport;
  /** Longest wait, in milliseconds, that a provider may impose. */
  maxRetryDelayMs?: number;
  toolExecution: ToolExecutionMode;
  /** Bounds of the runs to come. */
  declare guards?: AgentGuards;

  constructor(options: AgentOptions = {}) {
    this._state = createState(options.initialState);
    this.convertToLlm = options.convertToLlm ?? messagesForModel;
    this.transformContext = options.transformContext;
    this.streamFn = options.streamFn ?? streamSimple;
    this.getApiKey = options.getApiKey;
    this.onPayload = options.onPayload;
    this.onResponse = options.onResponse;
    this.beforeToolCall = options.beforeToolCall;
    this.afterToolCall = options.afterToolCall;
    this.steeringQueue = new MessageQueue(options.steeringMode ?? "one-at-a-time");
    this.followUpQueue = new MessageQueue(options.followUpMode ?? "one-at-a-time");
    this.sessionId = options.sessionId;
    this.thinkingBudgets = options.thinkingBudgets;
    this.transport = options.transport ?? "auto";
    this.maxRetryDelayMs = options.maxRetryDelayMs;
    this.toolExecution = options.toolExecution ?? "parallel";
    if (options.guards) this.guards = options.guards;
  }

  /**
   * Has every event told to a listener, after the listeners before it have settled. What one throws ends the run.
   *
   * @returns a function that removes the listener.
   */
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The conversation and what is happening to it. */
  get state(): AgentState {
    return this._state;
  }

  set steeringMode(mode: QueueMode) {
    this.steeringQueue.mode = mode;
  }

  /** How many steering messages a turn takes. */
  get steeringMode(): QueueMode {
    return this.steeringQueue.mode;
  }

  set followUpMode(mode: QueueMode) {
    this.followUpQueue.mode = mode;
  }

  /** How many follow-up messages a turn takes. */
  get followUpMode(): QueueMode {
    return this.followUpQueue.mode;
  }

  /** Queues a message that goes in before the next answer, once the calls of the current one are done. */
  steer(message: AgentMessage): void {
    this.steeringQueue.enqueue(message);
  }

  /** Queues a message to go on with when the run would end. */
  followUp(message: AgentMessage): void {
    this.followUpQueue.enqueue(message);
  }

  clearSteeringQueue(): void {
    this.steeringQueue.clear();
  }

  clearFollowUpQueue(): void {
    this.followUpQueue.clear();
  }

  clearAllQueues(): void {
    this.clearSteeringQueue();
    this.clearFollowUpQueue();
  }

  /** Whether a message waits in either queue. A run that was aborted, failed or was stopped leaves them there. */
  hasQueuedMessages(): boolean {
    return this.steeringQueue.hasItems() || this.followUpQueue.hasItems();
  }

  /** Aborts with the current run. */
  get signal(): AbortSignal | undefined {
    return this.activeRun?.abortController.signal;
  }

  /** Aborts the current run, if there is one. */
  abort(): void {
    this.activeRun?.abortController.abort();
  }

  /** Resolves when the current run is over and its listeners have settled. */
  waitForIdle(): Promise<void> {
    return this.activeRun?.promise ?? Promise.resolve();
  }

  /** Forgets the conversation and the queues. */
  reset(): void {
    this._state.messages = [];
    this.settle();
    this._state.errorMessage = undefined;
    this.forgetStop();
    this.clearAllQueues();
  }

  /**
   * Runs with a text and images, or with messages. A run that fails resolves too, with the failure in the state.
   * @throws Error when a run is going on.
   */
  prompt(message: AgentMessage | AgentMessage[]): Promise<void>;
  prompt(input: string, images?: ImageContent[]): Promise<void>;
  async prompt(input: string | AgentMessage | AgentMessage[], images?: ImageContent[]): Promise<void> {
    if (this.activeRun) {
      throw new Error(
        "Agent is already processing a prompt. Use steer() or followUp() to queue messages, or wait for completion.",
      );
    }
    await this.runPromptMessages(this.normalizePromptInput(input, images));
  }

  /**
   * Runs from the last message; after an assistant's, with what is queued.
   * @throws Error when a run is going on, or when there is nothing to go on from.
   */
  async continue(): Promise<void> {
    if (this.activeRun)
      throw new Error("Agent is already processing. Wait for completion before continuing.");
    const last = this._state.messages.at(-1);
    if (!last) throw new Error("No messages to continue from");
    if (last.role !== "assistant") return await this.runContinuation();
    const steering = this.steeringQueue.drain();
    if (steering.length > 0) return await this.runPromptMessages(steering, { skipInitialSteeringPoll: true });
    const followUps = this.followUpQueue.drain();
    if (followUps.length > 0) return await this.runPromptMessages(followUps);
    throw new Error("Cannot continue from message role: assistant");
  }

  private normalizePromptInput(
    input: string | AgentMessage | AgentMessage[],
    images?: ImageContent[],
  ): AgentMessage[] {
    if (Array.isArray(input)) return input;
    if (typeof input !== "string") return [input];
    const content: (TextContent | ImageContent)[] = [{ type: "text", text: input }, ...(images ?? [])];
    return [{ role: "user", content, timestamp: Date.now() }];
  }

  private async runPromptMessages(
    messages: AgentMessage[],
    options: { skipInitialSteeringPoll?: boolean } = {},
  ): Promise<void> {
    await this.runWithLifecycle(async (signal) => {
      const config = this.createLoopConfig(options);
      const emit = (event: AgentEvent) => this.processEvents(event);
      await runAgentLoop(messages, this.createContextSnapshot(), config, emit, signal, this.streamFn);
    });
  }

  private async runContinuation(): Promise<void> {
    await this.runWithLifecycle(async (signal) => {
      const emit = (event: AgentEvent) => this.processEvents(event);
      const config = this.createLoopConfig();
      await runAgentLoopContinue(this.createContextSnapshot(), config, emit, signal, this.streamFn);
    });
  }

  private createContextSnapshot(): AgentContext {
    const { systemPrompt, messages, tools } = this._state;
    return { systemPrompt, messages: messages.slice(), tools: tools.slice() };
  }

  private createLoopConfig(options: { skipInitialSteeringPoll?: boolean } = {}): AgentLoopConfig {
    let skip = options.skipInitialSteeringPoll === true;
    const { model, thinkingLevel } = this._state;
    return {
      model,
      reasoning: thinkingLevel === "off" ? undefined : thinkingLevel,
      sessionId: this.sessionId,
      onPayload: this.onPayload,
      onResponse: this.onResponse,
      transport: this.transport,
      thinkingBudgets: this.thinkingBudgets,
      maxRetryDelayMs: this.maxRetryDelayMs,
      toolExecution: this.toolExecution,
      beforeToolCall: this.beforeToolCall,
      afterToolCall: this.afterToolCall,
      convertToLlm: this.convertToLlm,
      transformContext: this.transformContext,
      getApiKey: this.getApiKey,
      getSteeringMessages: async () => {
        const held = skip;
        skip = false;
        return held ? [] : this.steeringQueue.drain();
      },
      getFollowUpMessages: async () => this.followUpQueue.drain(),
      ...(this.guards && { guards: this.guards }),
    };
  }

  private async runWithLifecycle(executor: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.activeRun) throw new Error("Agent is already processing.");
    const abortController = new AbortController();
    let resolve = () => {};
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    this.activeRun = { promise, resolve, abortController };
    this._state.isStreaming = true;
    this._state.streamingMessage = undefined;
    this._state.errorMessage = undefined;
    this.forgetStop();
    try {
      await executor(abortController.signal);
    } catch (error) {
      await this.handleRunFailure(error, abortController.signal.aborted);
    } finally {
      this.finishRun();
    }
  }

  private async handleRunFailure(error: unknown, aborted: boolean): Promise<void> {
    const message = failureMessage(this._state.model, error, aborted);
    this._state.messages.push(message);
    this._state.errorMessage = message.errorMessage;
    await this.processEvents({ type: "agent_end", messages: [message] });
  }

  private finishRun(): void {
    this.settle();
    this.activeRun?.resolve();
    this.activeRun = undefined;
  }

  private settle(): void {
    this._state.isStreaming = false;
    this._state.streamingMessage = undefined;
    this._state.pendingToolCalls = new Set();
  }

  private forgetStop(): void {
    if (this._state.stop) this._state.stop = undefined;
  }

  private async processEvents(event: AgentEvent): Promise<void> {
    apply(this._state, event);
    const signal = this.signal;
    if (!signal) throw new Error("Agent listener invoked outside active run");
    for (const listener of this.listeners) await listener(event, signal);
  }
}
