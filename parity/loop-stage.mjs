import { SCHEMA, USER, usage } from "./loop-cases.mjs";

/** One side of a scripted case: the host of the agent, and what it saw. */

const MODEL = { id: "m", name: "M", api: "a", provider: "p", baseUrl: "", reasoning: true };
/** Turns of the event loop without an end after which a run hangs. */
const PATIENCE = 400;

export const tick = () => new Promise((resolve) => setImmediate(resolve));
const hop = async (times) => {
  for (let left = times; left > 0; left--) await undefined;
};

export class Stage {
  lines = [];
  hung = false;
  oddities = { late: false, nothing: false, rejected: false };
  points = 0;
  asked = 0;
  seen = new Map();
  steering = [];
  followUps = [];
  turns = 0;
  counters = {};

  constructor(side, script) {
    this.side = side;
    this.script = script;
    this.tools = script.tools.map((tool) => this.tool(tool));
    this.context = { systemPrompt: "sys", messages: structuredClone(script.initial), tools: this.tools };
    if (script.settings.noTools) this.context.tools = undefined;
    if (script.api === "agent") this.agent = this.makeAgent();
    for (const kind of ["steer", "followUp"])
      for (let left = script.settings.queued[kind]; left > 0; left--) this[kind]();
  }

  // What is said of the run.

  /** A number for each object, in the order in which they are met. */
  id(object) {
    if (object === null || typeof object !== "object") return "";
    if (!this.seen.has(object)) this.seen.set(object, this.seen.size);
    return `#${this.seen.get(object)}`;
  }

  say(label, ...values) {
    this.lines.push(`${label} ${values.map((value) => this.show(value)).join(" ")}`);
  }

  show(value) {
    return JSON.stringify(value, (_, part) => {
      if (part === undefined) return "(undefined)";
      if (typeof part === "function") return "(function)";
      if (part instanceof Set) return [...part];
      if (part instanceof AbortSignal) return `signal ${part.aborted}`;
      return part;
    });
  }

  event(event) {
    const ids = Object.entries(event).map(([key, value]) => `${key}${this.id(value)}`);
    const inner = event.assistantMessageEvent?.partial;
    this.say("event", event, ids.join(), this.id(inner), this.id(event.message?.content));
  }

  // What happens at a point.

  async at(label) {
    const point = this.points++;
    const todo = this.script.actions.get(point);
    if (todo) this.act(todo, label);
    const hops = this.script.hops[point % this.script.hops.length];
    if (hops > 0) await hop(hops);
  }

  act(todo, label) {
    this.say("act", todo, label);
    const { agent } = this;
    const told = (name, promise) =>
      promise.then(
        () => this.say(name, "resolved"),
        (error) => this.say(name, error.message),
      );
    switch (todo) {
      case "steer":
      case "followUp":
        return this[todo]();
      case "abort":
        return agent ? agent.abort() : this.controller?.abort();
      case "throw":
        throw new Error(`thrown at ${label}`);
      case "throw text":
        throw `text at ${label}`;
      case "clear":
        return agent.clearAllQueues();
      case "modes":
        agent.steeringMode = agent.steeringMode === "all" ? "one-at-a-time" : "all";
        agent.followUpMode = "all";
        return undefined;
      case "prompt":
        return void told("prompt", agent.prompt("at once"));
      case "continue":
        return void told("continue", agent.continue());
      case "wait":
        return void told("idle", agent.waitForIdle());
      case "messages":
        agent.state.messages = [USER];
        return undefined;
      case "tools":
        agent.state.tools = this.tools.slice(1);
        return undefined;
      case "reset":
        return agent.reset();
      case "subscribe":
        return agent.subscribe(({ type }) => this.say("late listener", type));
      case "streamFn":
        agent.streamFn = (...args) => this.ask(...args);
        return undefined;
    }
  }

  steer() {
    const message = { role: "user", content: `steer ${this.count("steer")}`, timestamp: 2 };
    if (this.agent) this.agent.steer(message);
    else this.steering.push(message);
  }

  followUp() {
    const message = { role: "user", content: `follow up ${this.count("followUp")}`, timestamp: 2 };
    if (this.agent) this.agent.followUp(message);
    else this.followUps.push(message);
  }

  count(name) {
    this.counters[name] = (this.counters[name] ?? 0) + 1;
    return this.counters[name];
  }

  // The host's functions.

  hooks() {
    const { settings } = this.script;
    const picked = (list, name) => list[(this.count(name) - 1) % list.length];
    return {
      convertToLlm: async (messages) => {
        this.say("convert", messages.length);
        await this.at("convertToLlm");
        return messages.filter(({ role }) => role !== "note");
      },
      transformContext:
        settings.transformContext &&
        (async (messages, signal) => {
          this.say("transform", messages.length, signal);
          await this.at("transformContext");
          return [...messages, USER];
        }),
      getApiKey:
        settings.getApiKey !== undefined &&
        (async (provider) => {
          await this.at("getApiKey");
          return `${settings.getApiKey}${settings.getApiKey && provider}`;
        }),
      beforeToolCall:
        settings.beforeToolCall &&
        (async ({ assistantMessage, toolCall, args, context, ...rest }, signal) => {
          this.say("before", toolCall, args, context.messages.length, Object.keys(rest), signal);
          this.say("ids", this.id(assistantMessage), this.id(toolCall));
          await this.at("beforeToolCall");
          const what = picked(settings.beforeToolCall, "before");
          if (what === "edit") args.n = 99;
          if (what === "block") return { block: true };
          return what === "reason" ? { block: true, reason: "not now" } : undefined;
        }),
      afterToolCall:
        settings.afterToolCall &&
        (async ({ assistantMessage, toolCall, args, result, isError, context }, signal) => {
          this.say("after", toolCall, args, result, isError, context.messages.length, signal);
          this.say("ids", this.id(assistantMessage), this.id(toolCall), this.id(result));
          await this.at("afterToolCall");
          const changes = {
            content: { content: [{ type: "text", text: "other" }] },
            details: { details: { other: 1 } },
            error: { isError: true },
            right: { isError: false },
            end: { terminate: true },
            "go on": { terminate: false },
          };
          return changes[picked(settings.afterToolCall, "after")];
        }),
    };
  }

  tool({ name, executionMode, prepares, behaviours }) {
    const prepareArguments = (args) => {
      this.say("prepare", name, args);
      if (prepares === "throws" && this.count(name) % 2) throw new Error("cannot prepare");
      return prepares === "other" ? { ...args, n: args.n ?? 4 } : args;
    };
    const execute = (toolCallId, params, signal, onUpdate) => {
      const behaviour = behaviours[(this.count(`run ${name}`) - 1) % behaviours.length];
      this.say("execute", name, toolCallId, params, signal);
      if (behaviour.outcome === "sync") throw new Error("thrown at once");
      return this.work(name, behaviour, signal, onUpdate);
    };
    return {
      name,
      label: name,
      description: name,
      parameters: SCHEMA,
      executionMode,
      ...(prepares && { prepareArguments }),
      execute,
    };
  }

  async work(name, behaviour, signal, onUpdate) {
    const partial = (text) => ({ content: [{ type: "text", text }], details: {} });
    await this.at(`tool ${name}`);
    for (let left = behaviour.updates; left > 0; left--) {
      onUpdate(partial(`${name} ${left}`));
      await hop(left);
    }
    await hop(behaviour.hops);
    for (let left = behaviour.ticks; left > 0; left--) await tick();
    await this.at(`tool ${name} ends`);
    if (behaviour.late) {
      this.oddities.late = true;
      void hop(3).then(() => onUpdate(partial("late")));
    }
    if (behaviour.outcome === "heeds" && signal?.aborted) throw new Error("heeded");
    if (behaviour.outcome === "error") throw new Error(`${name} failed`);
    if (behaviour.outcome === "text") throw `${name} failed in text`;
    if (behaviour.outcome === "nothing") {
      this.oddities.nothing = true;
      return undefined;
    }
    const { terminate } = behaviour;
    const details = { name };
    return {
      content: [{ type: "text", text: name }],
      details,
      ...(terminate !== undefined && { terminate }),
    };
  }

  /** The stream function: answers from the script, then plain ends. */
  ask(model, context, options) {
    const rest = { content: [], stopReason: "stop", shape: "whole" };
    const answer = this.script.answers[this.asked++] ?? rest;
    this.say(
      "ask",
      model.id,
      context,
      Object.keys(options),
      options.apiKey,
      options.reasoning,
      options.signal,
    );
    if (answer.throws === "call") throw new Error("no request");
    const stream = this.stream(answer, options.signal);
    if (answer.throws === "promise") return Promise.reject(new Error("no promise"));
    return answer.promised ? this.at("request").then(() => stream) : stream;
  }

  stream(answer, signal) {
    const partial = {
      role: "assistant",
      content: [],
      api: "a",
      provider: "p",
      model: "m",
      usage: usage(0.5),
      stopReason: "stop",
      timestamp: 1,
    };
    const final = () => (answer.replaced ? { ...partial } : partial);
    const finish = (stopReason) => {
      partial.stopReason = stopReason;
      if (stopReason === "error" || stopReason === "aborted") partial.errorMessage = `it was ${stopReason}`;
    };
    const stage = this;
    const steps = eventsOf(answer, partial);
    async function* events() {
      for (const [index, event] of steps.entries()) {
        await stage.at("stream");
        if (answer.heeds && signal?.aborted) {
          finish("aborted");
          yield { type: "error", reason: "aborted", error: partial };
          return;
        }
        if (answer.throws === "middle" && index === 2) throw new Error("broken off");
        event.apply?.();
        if (event.last) finish(answer.stopReason);
        const told = event.last ? lastEvent(answer, partial) : { ...event.told, partial };
        try {
          if (answer.shape !== "no last event" || !event.last) yield told;
        } finally {
          stage.count("yielded");
        }
      }
    }
    return {
      [Symbol.asyncIterator]: () => events(),
      result: async () => {
        await stage.at("result");
        if (answer.throws === "result") throw new Error("no result");
        if (!steps.some(({ last }) => last)) {
          finish(answer.stopReason);
          partial.content = structuredClone(answer.content);
        }
        return final();
      },
    };
  }

  makeAgent() {
    const { settings } = this.script;
    const { steeringMode, followUpMode, toolExecution, sessionId, thinkingLevel } = settings;
    const { convertToLlm, ...hooks } = this.hooks();
    const agent = new this.side.Agent({
      initialState: {
        systemPrompt: "sys",
        model: MODEL,
        tools: this.context.tools,
        thinkingLevel,
        messages: this.context.messages,
      },
      steeringMode,
      followUpMode,
      toolExecution,
      sessionId,
      streamFn: (...args) => this.ask(...args),
      ...(settings.convertToLlm && { convertToLlm }),
      ...Object.fromEntries(Object.entries(hooks).filter(([, hook]) => hook)),
    });
    agent.subscribe(async (event, signal) => {
      const { isStreaming, streamingMessage, pendingToolCalls, errorMessage, messages } = agent.state;
      this.event(event);
      this.say(
        "state",
        isStreaming,
        this.id(streamingMessage),
        pendingToolCalls,
        errorMessage,
        messages.length,
      );
      this.say("signal", signal, signal === agent.signal, this.id(pendingToolCalls));
      await this.at(`listener ${event.type}`);
    });
    return agent;
  }

  async start({ kind, input, images }) {
    if (this.agent) return kind === "prompt" ? this.agent.prompt(input, images) : this.agent.continue();
    const { settings, api } = this.script;
    const hooks = Object.fromEntries(Object.entries(this.hooks()).filter(([, hook]) => hook));
    const config = {
      model: MODEL,
      ...hooks,
      toolExecution: settings.toolExecution,
      apiKey: settings.apiKey,
      temperature: 0.5,
      getSteeringMessages: async () => this.steering.splice(0, settings.steeringMode === "all" ? 9 : 1),
      ...(settings.followUpMode && { getFollowUpMessages: async () => this.followUps.splice(0, 1) }),
      ...(settings.shouldStop && {
        shouldStopAfterTurn: async ({ message, toolResults, context, newMessages }) => {
          this.say("stop?", this.id(message), toolResults, context.messages.length, newMessages.length);
          await this.at("shouldStopAfterTurn");
          return this.count("turns") % settings.shouldStop === 0;
        },
      }),
    };
    this.controller = settings.sessionId ? new AbortController() : undefined;
    const prompts = typeof input === "string" ? [USER] : [input].flat();
    const signal = this.controller?.signal;
    const ask = (...args) => this.ask(...args);
    const { runAgentLoop, runAgentLoopContinue, agentLoop, agentLoopContinue } = this.side;
    if (api === "run") {
      const emit = settings.asyncSink
        ? async (event) => {
            this.event(event);
            await this.at(`sink ${event.type}`);
          }
        : (event) => this.event(event);
      const messages = await (kind === "prompt"
        ? runAgentLoop(prompts, this.context, config, emit, signal, ask)
        : runAgentLoopContinue(this.context, config, emit, signal, ask));
      return this.say("messages", messages, messages.map((message) => this.id(message)).join());
    }
    const events = [];
    const stream =
      kind === "prompt"
        ? agentLoop(prompts, this.context, config, signal, ask)
        : agentLoopContinue(this.context, config, signal, ask);
    const result = stream.result();
    for await (const event of stream) events.push(event);
    const messages = await result;
    for (const event of events) this.event(event);
    return this.say("messages", messages);
  }

  /** Whether a run hangs. */
  async settles(run) {
    let settled = false;
    run.then(
      () => {
        settled = true;
      },
      (error) => {
        settled = true;
        this.oddities.rejected = true;
        this.say("rejected", error?.message ?? error);
      },
    );
    for (let turn = 0; turn < PATIENCE && !settled; turn++) await tick();
    if (!settled) this.say("hangs");
    this.hung = !settled;
    return this.hung;
  }

  finish() {
    const { agent, context } = this;
    this.say("points", this.points, this.asked, Object.entries(this.counters).sort());
    this.say("context", context.messages);
    if (!agent) return this.say("queues", this.steering, this.followUps);
    this.say("agent", Object.keys(agent), Object.keys(agent.state), agent.state, agent.hasQueuedMessages());
    return this.say("ids", agent.state.messages.map((message) => this.id(message)).join(), agent.signal);
  }

  /** Whether a call in the transcript of an answer that did not fail has no result. */
  dangling() {
    const messages = this.agent?.state.messages ?? this.context.messages;
    const sound = ({ stopReason }) => stopReason !== "error" && stopReason !== "aborted";
    const unanswered = messages.some((message, at) => {
      if (message.role !== "assistant" || !sound(message)) return false;
      const calls = message.content.filter(({ type }) => type === "toolCall").length;
      const next = messages.findIndex(({ role }, later) => later > at && role === "assistant");
      const until = messages.slice(at, next < 0 ? undefined : next);
      return until.filter(({ role }) => role === "toolResult").length < calls;
    });
    const text = this.lines.join("\n");
    const started = text.split('event {"type":"tool_execution_start"').length;
    const told = text.split('event {"type":"message_end","message":{"role":"toolResult"').length;
    return unanswered || started > told;
  }
}

/** The events of an answer: what each tells, and what it makes of the message. */
function eventsOf({ content, shape }, partial) {
  if (shape === "no events") return [];
  const events = [{ told: { type: "start" } }];
  for (const [contentIndex, block] of content.entries()) {
    const kind = block.type === "toolCall" ? "toolcall" : block.type;
    const told = (step, more) => ({ type: `${kind}_${step}`, contentIndex, ...more });
    events.push({
      told: told("start"),
      apply: () => {
        partial.content[contentIndex] = structuredClone(block);
      },
    });
    events.push({ told: told("delta", { delta: "d" }) });
    events.push({ told: told("end", { content: block.text }) });
  }
  if (shape === "odd events") events.push({ told: { type: "ping" } }, { told: { type: "text_odd" } });
  events.push({ last: true });
  if (shape === "no start") return events.slice(1);
  if (shape === "only result")
    return events.slice(-1).map((event) => ({ ...event, apply: () => fill(partial, content) }));
  return events;
}

function fill(partial, content) {
  partial.content = structuredClone(content);
}

function lastEvent({ stopReason }, message) {
  return stopReason === "error" || stopReason === "aborted"
    ? { type: "error", reason: stopReason, error: message }
    : { type: "done", reason: stopReason, message };
}
