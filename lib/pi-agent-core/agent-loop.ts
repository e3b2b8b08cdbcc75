// The loop: an answer of the model, the calls in it, their results, the next answer; until the model calls nothing and
// nobody has more to say. Agents of every kind run on it.

import { EventStream } from "../pi-ai/event-stream.js";
import { streamSimple } from "../pi-ai/stream.js";
import type { AssistantMessage, ToolResultMessage } from "../pi-ai/types.js";
import { failureMessage } from "./failure.js";
import { GivenUp, RunGuards } from "./guards.js";
import type { AgentMessage } from "./messages.js";
import { ToolBatch } from "./tool-batch.js";
import type { AgentContext, AgentEvent, AgentEventSink, AgentLoopConfig, StreamFn } from "./types.js";

/** Events that an answer grows by; a host's stream may have others. */
const GROWS = /^(text|thinking|toolcall)_(start|delta|end)$/;

/** One run of the loop, for the modules that share in its work. */
export interface Run {
  readonly context: AgentContext;
  readonly config: AgentLoopConfig;
  readonly emit: AgentEventSink;
  readonly guards: RunGuards;
  /** Of the run: the host's, unless its guards count the time. */
  readonly signal: AbortSignal | undefined;
  readonly streamFn: StreamFn;
  /** The messages of this run. */
  readonly added: AgentMessage[];
}

/**
 * Starts a run with new messages.
 *
 * @returns the events; the result is the run's messages, the new ones included. Where the run fails, which `runAgentLoop`
 * tells by rejecting, the last message says so.
 */
export function agentLoop(
  prompts: AgentMessage[],
  context: AgentContext,
  config: AgentLoopConfig,
  signal?: AbortSignal,
  streamFn?: StreamFn,
): EventStream<AgentEvent, AgentMessage[]> {
  return streamed((emit) => prompted(prompts, context, config, emit, signal, streamFn), prompts);
}

/**
 * As `agentLoop`, from the last message of the context.
 * @throws Error when there is none, or when it is an assistant's.
 */
export function agentLoopContinue(
  context: AgentContext,
  config: AgentLoopConfig,
  signal?: AbortSignal,
  streamFn?: StreamFn,
): EventStream<AgentEvent, AgentMessage[]> {
  refuseToContinue(context);
  return streamed((emit) => createRun({ ...context }, [], config, emit, signal, streamFn), []);
}

/**
 * Runs with new messages.
 *
 * @returns the run's messages, the new ones included.
 * @throws what the stream function, a hook or `emit` throws. By then every call in the transcript has its result.
 */
export async function runAgentLoop(
  prompts: AgentMessage[],
  context: AgentContext,
  config: AgentLoopConfig,
  emit: AgentEventSink,
  signal?: AbortSignal,
  streamFn?: StreamFn,
): Promise<AgentMessage[]> {
  return perform(prompted(prompts, context, config, emit, signal, streamFn), prompts);
}

/**
 * As `runAgentLoop`, from the last message of the context, whose array of messages grows with the run's.
 * @throws Error also when there is no message, or when the last one is an assistant's.
 */
export async function runAgentLoopContinue(
  context: AgentContext,
  config: AgentLoopConfig,
  emit: AgentEventSink,
  signal?: AbortSignal,
  streamFn?: StreamFn,
): Promise<AgentMessage[]> {
  refuseToContinue(context);
  return perform(createRun({ ...context }, [], config, emit, signal, streamFn), []);
}

function refuseToContinue({ messages }: AgentContext): void {
  const last = messages.at(-1);
  if (!last) throw new Error("Cannot continue: no messages in context");
  if (last.role === "assistant") throw new Error("Cannot continue from message role: assistant");
}

function prompted(
  prompts: AgentMessage[],
  context: AgentContext,
  ...rest: [AgentLoopConfig, AgentEventSink, AbortSignal | undefined, StreamFn | undefined]
): Run {
  return createRun({ ...context, messages: [...context.messages, ...prompts] }, [...prompts], ...rest);
}

function createRun(
  context: AgentContext,
  added: AgentMessage[],
  config: AgentLoopConfig,
  emit: AgentEventSink,
  host: AbortSignal | undefined,
  streamFn: StreamFn = streamSimple,
): Run {
  const guards = new RunGuards(config.guards, host);
  return { context, added, config, emit, guards, signal: guards.signal, streamFn };
}

/** A run as a stream, which ends whatever happens. */
function streamed(
  create: (emit: AgentEventSink) => Run,
  prompts: AgentMessage[],
): EventStream<AgentEvent, AgentMessage[]> {
  const events = new EventStream<AgentEvent, AgentMessage[]>(
    (event) => event.type === "agent_end",
    (event) => (event.type === "agent_end" ? event.messages : []),
  );
  const run = create(async (event) => events.push(event));
  perform(run, prompts).then(
    (messages) => events.end(messages),
    (error) => {
      const message = failureMessage(run.config.model, error, run.signal?.aborted === true);
      keep(run, [message]);
      events.push({ type: "message_start", message });
      events.push({ type: "message_end", message });
      events.push({ type: "turn_end", message, toolResults: [] });
      events.push(agentEnd(run));
    },
  );
  return events;
}

async function perform(run: Run, prompts: AgentMessage[]): Promise<AgentMessage[]> {
  try {
    await run.emit({ type: "agent_start" });
    await run.emit({ type: "turn_start" });
    for (const message of prompts) await tell(run, message);
    await takeTurns(run);
    await run.emit(agentEnd(run));
    return run.added;
  } finally {
    run.guards.dispose();
  }
}

const agentEnd = ({ added, guards: { stop } }: Run): AgentEvent => ({
  type: "agent_end",
  messages: added,
  ...(stop && { stop }),
});

async function tell({ emit }: Run, message: AgentMessage): Promise<void> {
  await emit({ type: "message_start", message });
  await emit({ type: "message_end", message });
}

/** Adds messages to the transcript. */
function keep({ context, added }: Run, messages: AgentMessage[]): void {
  context.messages.push(...messages);
  added.push(...messages);
}

/** The turns of a run; the first one has been opened. */
async function takeTurns(run: Run): Promise<void> {
  const { added, config, context, emit, guards } = run;
  let queued = (await config.getSteeringMessages?.()) || [];
  for (let turn = 0, more = true; ; ) {
    while (more || queued.length > 0) {
      if (turn++ > 0) await emit({ type: "turn_start" });
      for (const message of queued) {
        await tell(run, message);
        keep(run, [message]);
      }

      const message = await answer(run);
      added.push(message);
      guards.answered(message);
      const batch = new ToolBatch(run, message);
      try {
        await emit({ type: "message_end", message });
        if (message.stopReason === "error" || message.stopReason === "aborted") {
          await emit({ type: "turn_end", message, toolResults: [] });
          return;
        }
        await batch.runAll();
      } catch (error) {
        await batch.answerRest(error);
        throw error;
      } finally {
        keep(run, batch.results);
      }
      const toolResults: ToolResultMessage[] = [...batch.results];
      guards.returned(toolResults);
      await emit({ type: "turn_end", message, toolResults });

      more = batch.goesOn;
      if (await config.shouldStopAfterTurn?.({ message, toolResults, context, newMessages: added })) return;
      if (guards.isOver(more)) return;
      queued = (await config.getSteeringMessages?.()) || [];
    }
    queued = (await config.getFollowUpMessages?.()) || [];
    if (queued.length === 0) return;
  }
}

/** Has an answer, and tells of it but for its end. It is in the context from its start. */
async function answer(run: Run): Promise<AssistantMessage> {
  const { config, context } = run;
  let known: AssistantMessage | undefined;
  const put = (message: AssistantMessage) => {
    if (known) context.messages[context.messages.length - 1] = message;
    else context.messages.push(message);
    known = message;
  };
  try {
    const message = await receive(run, put).catch((error): AssistantMessage => {
      if (!(error instanceof GivenUp)) throw error;
      return { ...failureMessage(config.model, error, true), ...(known && { content: known.content }) };
    });
    const started = known !== undefined;
    put(message);
    if (!started) await run.emit({ type: "message_start", message: { ...message } });
    return message;
  } catch (error) {
    // What is left of the answer may hold calls that nobody will run.
    if (known) context.messages.pop();
    throw error;
  }
}

/** Asks the model, and tells of the answer while it comes. */
async function receive(run: Run, put: (message: AssistantMessage) => void): Promise<AssistantMessage> {
  const { emit, guards } = run;
  const request = await createRequest(run);
  const response = await guards.within(Promise.resolve(run.streamFn(...request)), "The request");
  const result = () => guards.within(response.result(), "The request");
  let started = false;
  for await (const event of guards.heeded(response)) {
    if (event.type === "done" || event.type === "error") return await result();
    if (event.type !== "start" && !(started && GROWS.test(event.type))) continue;
    put(event.partial);
    const message = { ...event.partial };
    if (event.type === "start") await emit({ type: "message_start", message });
    else await emit({ type: "message_update", assistantMessageEvent: event, message });
    started = true;
  }
  return await result();
}

/** What the model is asked, made anew for each answer. */
async function createRequest({ config, context, signal }: Run): Promise<Parameters<StreamFn>> {
  const { systemPrompt, tools } = context;
  let { messages: transcript } = context;
  if (config.transformContext) transcript = await config.transformContext(transcript, signal);
  const messages = await config.convertToLlm(transcript);
  const key = config.getApiKey ? await config.getApiKey(config.model.provider) : undefined;
  const options = { ...config, apiKey: key || config.apiKey, signal };
  return [config.model, { systemPrompt, messages, tools }, options];
}
