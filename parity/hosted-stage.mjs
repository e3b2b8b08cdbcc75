import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { IMAGE } from "./hosted-cases.mjs";

/** Lets everything be told that can be. */
const told = async () => {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** One side of a scripted case: the host of a session, what it does and what it sees. */

const API = "scripted";
const model = (id, more = {}) => ({
  id,
  name: id.toUpperCase(),
  api: API,
  provider: "p",
  baseUrl: "http://127.0.0.1:9",
  reasoning: true,
  input: ["text", "image"],
  cost: { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 },
  maxTokens: 500,
  ...more,
});
export const usageOf = (tokens) => ({
  input: tokens,
  output: 5,
  cacheRead: 0,
  cacheWrite: 0,
  totalTokens: tokens + 5,
  cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: tokens / 1e6 },
});

export class Stage {
  lines = [];
  /** What became of the steps; when they settle is told apart, as other things go on meanwhile. */
  results = [];
  points = 0;
  asked = 0;
  summaries = 0;
  counters = new Map();
  open = new Set();
  waiting = new Set();

  constructor(module, script, dir, time) {
    this.module = module;
    this.script = script;
    this.dir = dir;
    this.time = time;
  }

  say(label, ...values) {
    this.lines.push(`${label} ${values.map((value) => show(value)).join(" ")}`);
  }

  count(name) {
    this.counters.set(name, (this.counters.get(name) ?? 0) + 1);
    return this.counters.get(name);
  }

  /**
   * A point of the agent's run, where something else may happen. What has happened so far is told first: how far the
   * telling is behind the run at any one microtask is no part of the contract.
   */
  async at(label) {
    await told();
    const todo = this.script.during.get(this.points++);
    // Pi summarises with one model and the key of another where the model changes meanwhile.
    if (!todo || (/compact|summary/.test(label) && /Model/.test(todo.do))) return;
    this.start(todo, label);
    await told();
  }

  /** A point of the telling, which may take its time. */
  async hop() {
    const { hops } = this.script;
    for (let left = hops[this.count("hop") % hops.length]; left > 0; left--) await undefined;
  }

  // What the session is made of.

  async make() {
    const { module, script, dir } = this;
    const { SessionManager, SettingsManager, AuthStorage, ModelRegistry, DefaultResourceLoader } = module;
    const cwd = join(dir, "work");
    const agentDir = join(dir, "agent");
    for (const path of [cwd, join(agentDir, "prompts"), join(agentDir, "skills", "s1")]) mkdirSync(path, { recursive: true });
    writeFileSync(join(agentDir, "prompts", "t.md"), "---\ndescription: d\n---\nTemplate $1 and $2\n");
    writeFileSync(join(agentDir, "skills", "s1", "SKILL.md"), "---\nname: s1\ndescription: a skill\n---\nDo it.\n");
    writeFileSync(join(cwd, "AGENTS.md"), "Be kind.\n");
    const auth = AuthStorage.inMemory();
    this.registry = ModelRegistry.inMemory(auth);
    const own = { getAll: () => Object.values(this.models), find: (provider, id) => (provider === "p" ? this.models[id] : undefined) };
    this.register();
    this.models = {
      thinks: model("thinks", { contextWindow: script.size }),
      plain: model("plain", { contextWindow: script.size, reasoning: false }),
      other: model("other", { contextWindow: 4 * script.size }),
      keyless: model("keyless", { contextWindow: script.size, provider: "nokey" }),
    };
    // As hosts do: methods replaced on the instance.
    Object.assign(this.registry, own, { getAvailable: () => own.getAll().filter(({ provider }) => provider === "p") });
    const settings = SettingsManager.inMemory(script.settings);
    const resourceLoader = new DefaultResourceLoader({
      cwd,
      agentDir,
      settingsManager: settings,
      extensionFactories: script.extensions.map((extension, at) => this.extension(extension, at)),
      noThemes: true,
    });
    await resourceLoader.reload();
    settings.applyOverrides(script.settings);
    this.manager = script.kept ? SessionManager.create(cwd, join(dir, "sessions")) : SessionManager.inMemory(cwd);
    const { scoped, ...options } = script.options;
    const made = await module.createAgentSession({
      cwd,
      agentDir,
      authStorage: auth,
      modelRegistry: this.registry,
      settingsManager: settings,
      sessionManager: this.manager,
      resourceLoader,
      ...options,
      model: this.models[options.model],
      scopedModels: scoped ? [{ model: this.models.plain }, { model: this.models.other, thinkingLevel: "low" }] : undefined,
      customTools: this.tools(),
    });
    this.session = made.session;
    this.say("made", made.modelFallbackMessage, made.extensionsResult.errors.length, this.session.getActiveToolNames());
    this.session.agent.streamFn = (...args) => this.ask(...args);
    this.session.subscribe((event) => this.hear(event));
  }

  register() {
    this.registry.registerProvider("p", {
      api: API,
      baseUrl: "http://127.0.0.1:9",
      apiKey: "key-of-p",
      streamSimple: (...args) => this.summary(...args),
      models: [{ ...model("thinks"), contextWindow: 1 }],
    });
  }

  hear(event) {
    const { type, ...rest } = event;
    this.say(`event ${type}`, rest);
    if (type === "compaction_start" || type === "auto_retry_start") {
      const todo = this.script.during.get(this.points++);
      if (todo && !/Model/.test(todo.do)) told().then(() => this.start(todo, type));
    }
  }

  tools() {
    const tool = (name, execute) => ({
      name,
      label: name,
      description: `does ${name}`,
      promptSnippet: ` ${name}s\n things `,
      promptGuidelines: [`Use ${name}. `, `Use ${name}.`],
      parameters: { type: "object", properties: { n: { type: "number" } }, required: name === "add" ? ["n"] : [] },
      execute: async (id, params, signal, onUpdate, ctx) => {
        await this.at(name);
        this.say(`run ${name}`, id, params, signal.aborted, ctx.model?.id, ctx.isIdle());
        return await execute(params, signal, onUpdate);
      },
    });
    const text = (value) => ({ content: [{ type: "text", text: value }], details: { value } });
    return [
      tool("add", ({ n }) => text(`${n + 1}`)),
      tool("fails", () => {
        throw new Error("it fails");
      }),
      tool("slow", async (_, signal, onUpdate) => {
        onUpdate?.(text("half"));
        await this.at("slow");
        if (signal.aborted) throw new Error("given up");
        return text("done ".repeat(80));
      }),
    ];
  }

  extension({ listens, hooks, tool, command, throws }, at) {
    return (api) => {
      const hears = (event) => {
        const { type, ...rest } = event;
        this.say(`ext${at} ${type}`, Object.keys(rest), rest.turnIndex, rest.reason, rest.level, rest.source);
      };
      for (const name of listens) {
        api.on(name, async (event, ctx) => {
          hears(event);
          await this.hop();
          if (throws && this.count(`ext${at} throws`) % 3 === 0) throw new Error(`ext of ${name}`);
          this.say("heard", ctx.model?.id, ctx.cwd);
        });
      }
      for (const [name, results] of hooks) {
        api.on(name, async (event, ctx) => {
          if (name === "message_end") await this.hop();
          else await this.at(`hook ${name}`);
          const result = results[(this.count(`${at}${name}`) - 1) % results.length];
          this.say(`hook${at} ${name}`, result, Object.keys(event), ctx.sessionManager === this.manager);
          if (name !== "message_end") this.say("ctx", ctx.isIdle(), ctx.hasPendingMessages(), ctx.getContextUsage()?.tokens);
          return this.result(name, result, event);
        });
      }
      if (tool) api.registerTool({ ...this.tools()[0], name: "extra" });
      if (command) {
        api.registerCommand("run", {
          description: "runs",
          handler: async (args, ctx) => {
            this.say("command", args, ctx.isIdle(), api.getActiveTools(), api.getThinkingLevel(), api.getCommands().map(({ name }) => name));
            await this.at("command");
            api.appendEntry("mine", { args });
            api.sendMessage({ customType: "cmd", content: "from a command", display: false }, { deliverAs: "nextTurn" });
            if (args === "it") throw new Error("command fails");
          },
        });
      }
    };
  }

  result(name, result, event) {
    if (result === "throw") throw new Error(`hook ${name} throws`);
    if (result === undefined) return undefined;
    const message = { customType: "hint", content: `hint ${this.count("hint")}`, display: false, details: 1 };
    switch (`${name} ${result}`) {
      case "context shorter":
        return { messages: event.messages.slice(-3) };
      case "input transform":
        return { action: "transform", text: `${event.text} (changed)` };
      case "input handled":
        return { action: "handled" };
      case "before_agent_start message":
        return { message };
      case "before_agent_start prompt":
        return { systemPrompt: `${event.systemPrompt}\nMORE` };
      case "before_agent_start both":
        return { message, systemPrompt: "SHORT" };
      case "tool_call block":
        return { block: true, reason: "not now" };
      case "tool_call edit":
        if ("n" in event.input) event.input.n = 41;
        return undefined;
      case "tool_result content":
        return { content: [{ type: "text", text: "other" }], details: { other: true } };
      case "tool_result error":
        return { isError: true };
      case "session_before_compact own": {
        const { firstKeptEntryId, tokensBefore } = event.preparation;
        return { compaction: { summary: `own ${this.count("own")}`, firstKeptEntryId, tokensBefore, details: { own: 1 } } };
      }
      case "session_before_tree own":
        return { summary: { summary: "own branch", details: { b: 1 } } };
      case "session_before_tree label":
        return { label: "theirs", customInstructions: "theirs" };
      case "message_end replace":
        return event.message.role === "custom" ? undefined : { message: { ...event.message, replaced: true } };
      default:
        return { cancel: true };
    }
  }

  // The model.

  /** The stream function of the agent. */
  async ask(asked, context, options) {
    await this.at("request");
    this.request(asked, context, options);
    const answer = this.script.answers[this.asked++ % this.script.answers.length];
    if (answer.kind === "throw") throw new Error("stream function throws");
    return this.stream(asked, answer, options?.signal);
  }

  request(model, context, options) {
    const { reasoning, maxTokens, apiKey, sessionId } = options ?? {};
    this.say("request", model.id, { reasoning, maxTokens, apiKey, sessionId: sessionId && "session" });
    this.say("prompt", context.systemPrompt);
    // Pi asks with what an extension has replaced if the telling happens to be quick.
    const asked = context.messages.map(({ replaced: _, ...message }) => message);
    this.say("asks", asked, context.tools?.map(({ name }) => name));
    this.time.pass(1_000);
  }

  message(asked, stopReason, content, tokens = 10, more = {}) {
    const { api, provider, id } = asked;
    return { role: "assistant", content, api, provider, model: id, usage: usageOf(tokens), stopReason, timestamp: this.time.now, ...more };
  }

  /** The provider, which is asked for summaries. */
  summary(asked, context, options) {
    const signal = options?.signal;
    const what = this.script.summaries[this.summaries++ % this.script.summaries.length];
    const text = [{ type: "text", text: `sum ${this.summaries}` }];
    this.request(asked, context, options);
    const make = () => {
      if (what === "fails") return this.message(asked, "error", [], 0, { errorMessage: "no summary" });
      if (what === "aborts" || signal?.aborted) return this.message(asked, "aborted", [], 0, { errorMessage: "aborted" });
      return this.message(asked, "stop", text);
    };
    return this.played(async function* (stage) {
      await stage.at("summary");
      const message = make();
      yield message.stopReason === "stop"
        ? { type: "done", reason: "stop", message }
        : { type: "error", reason: message.stopReason, error: message };
    });
  }

  stream(asked, answer, signal) {
    const partial = this.message(asked, "stop", [], answer.tokens);
    return this.played(async function* (stage) {
      yield { type: "start", partial };
      await stage.at("start");
      const failing = () => {
        const aborted = signal?.aborted;
        const errorMessage = aborted ? "Request was aborted" : answer.text;
        Object.assign(partial, { stopReason: aborted ? "aborted" : "error", errorMessage });
        return { type: "error", reason: partial.stopReason, error: partial };
      };
      if (answer.kind === "wait") {
        await stage.untilAborted(signal);
        return yield failing();
      }
      if (answer.kind === "error" || signal?.aborted) return yield failing();
      const delta = "word ".repeat(answer.words ?? 2);
      partial.content.push({ type: "text", text: delta });
      yield { type: "text_start", contentIndex: 0, partial };
      yield { type: "text_delta", contentIndex: 0, delta, partial };
      await stage.at("delta");
      yield { type: "text_end", contentIndex: 0, content: delta, partial };
      for (const call of answer.calls ?? []) {
        await told();
        const toolCall = { type: "toolCall", id: `c${stage.count("call")}`, ...structuredClone(call) };
        partial.content.push(toolCall);
        const contentIndex = partial.content.length - 1;
        yield { type: "toolcall_start", contentIndex, partial };
        yield { type: "toolcall_end", contentIndex, toolCall, partial };
      }
      await told();
      if (signal?.aborted) return yield failing();
      partial.stopReason = { tools: "toolUse", length: "length" }[answer.kind] ?? "stop";
      yield { type: "done", reason: partial.stopReason, message: partial };
    });
  }

  /** A stream of scripted events. */
  played(events) {
    let last;
    const iterator = events(this);
    return {
      async *[Symbol.asyncIterator]() {
        for await (const event of iterator) {
          if (event.type === "done") last = event.message;
          if (event.type === "error") last = event.error;
          yield event;
        }
      },
      async result() {
        if (!last) for await (const event of this) void event;
        return last;
      },
    };
  }

  /** Waits for the abort; the script gives it some time. */
  untilAborted(signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      signal?.addEventListener("abort", resolve, { once: true });
      setTimeout(resolve, 50);
    });
  }

  // The host.

  start(step, label) {
    if (label) this.say("during", label, step.do);
    const place = this.results.push(`${step.do} does not settle`) - 1;
    const note = (how) => (value) => {
      this.open.delete(done);
      this.results[place] = `${step.do} ${how} ${show(how === "rejects" ? value?.message : value)}`;
    };
    const done = Promise.resolve()
      .then(() => this.act(step))
      .then(note("resolves"), note("rejects"));
    this.open.add(done);
    return done;
  }

  act(step) {
    const { session } = this;
    switch (step.do) {
      case "prompt": {
        const options = { streamingBehavior: step.behavior, expandPromptTemplates: step.expand };
        if (step.image) options.images = [IMAGE];
        return session.prompt(step.text, { ...options, preflightResult: (ok) => this.say("preflight", ok) });
      }
      case "steer":
        return session.steer(step.text);
      case "followUp":
        return session.followUp(step.text, [IMAGE]);
      case "abort":
        return session.abort();
      case "compact":
        // What is lost of a run that a compaction aborts is tested elsewhere.
        if (session.isStreaming) return "not now";
        return session.compact(step.instructions);
      case "abortCompaction":
        return session.abortCompaction();
      case "abortRetry":
        return session.abortRetry();
      case "setModel":
        return session.setModel(this.models[step.model]);
      case "cycleModel":
        return session.cycleModel(step.direction);
      case "setThinkingLevel":
        return session.setThinkingLevel(step.level);
      case "cycleThinkingLevel":
        return session.cycleThinkingLevel();
      case "bash":
        return this.bash(step);
      case "navigate":
        return this.navigate(step);
      case "custom":
        return session.sendCustomMessage(step.message, step.options);
      case "user":
        return session.sendUserMessage(step.content, step.options);
      case "clearQueue":
        return session.clearQueue();
      case "name":
        return session.setSessionName(step.name);
      case "activate":
        return session.setActiveToolsByName(step.names);
      case "modes":
        session.setSteeringMode(step.steering);
        return session.setFollowUpMode(step.followUp);
      case "toggles":
        session.setAutoRetryEnabled(step.retry);
        return session.setAutoCompactionEnabled(step.compaction);
      case "messages":
        session.agent.state.messages = session.messages.slice(0, 4);
        return undefined;
      case "reload":
        // A reload forgets the providers that hosts have registered.
        return session.reload().then(() => this.register());
      case "bind":
        return session.bindExtensions({ onError: (error) => this.say("ext error", error.event, error.error) });
      default:
        return this.look();
    }
  }

  bash({ exclude, output, exit }) {
    const operations = {
      exec: async (command, cwd, { onData, signal }) => {
        this.say("exec", command, cwd, signal.aborted);
        onData(Buffer.from(output));
        await this.at("bash");
        if (exit === "throw") throw new Error("shell fails");
        return { exitCode: exit };
      },
    };
    return this.session.executeBash("ls", (chunk) => this.say("chunk", chunk.length), { excludeFromContext: exclude, operations });
  }

  navigate({ to, summarize, label, instructions, replace }) {
    const entries = this.manager.getEntries();
    if (entries.length === 0) return undefined;
    const options = { summarize, label, customInstructions: instructions, replaceInstructions: replace };
    return this.session.navigateTree(entries[to % entries.length].id, options);
  }

  look() {
    const { session } = this;
    return [
      session.getSessionStats(),
      session.getLastAssistantText(),
      session.getUserMessagesForForking(),
      session.getAllTools().map(({ name, sourceInfo }) => [name, sourceInfo]),
      session.getToolDefinition("add")?.label,
      [session.isStreaming, session.isCompacting, session.isRetrying, session.retryAttempt, session.isBashRunning],
      [session.hasPendingBashMessages, session.pendingMessageCount, session.getSteeringMessages(), session.getFollowUpMessages()],
      [session.model?.id, session.thinkingLevel, session.getAvailableThinkingLevels(), session.supportsThinking()],
      [session.steeringMode, session.followUpMode, session.autoCompactionEnabled, session.autoRetryEnabled],
      [session.sessionName, session.promptTemplates.map(({ name }) => name), session.hasExtensionHandlers("context")],
    ];
  }

  // The whole.

  async play() {
    await this.make();
    for (const step of this.script.steps) {
      this.say("step", step.do);
      this.start(step);
      if (step.waits) await this.time.run();
      else for (let left = 3 + step.hops; left > 0; left--) await told();
    }
    await this.time.run();
    this.lines.push(...this.results);
    this.say("open", this.open.size);
    this.say("state", this.session.messages, this.session.systemPrompt, this.session._baseSystemPrompt);
    this.say("entries", this.manager.getEntries(), this.manager.getLeafId());
    this.say("look", this.look());
    const file = this.session.sessionFile;
    const answered = this.manager.getEntries().some((entry) => entry.message?.role === "assistant");
    if (file && answered) this.say("file", readFileSync(file, "utf8"), readdirSync(join(this.dir, "sessions")).length);
    this.session.dispose();
  }
}

function show(value) {
  return JSON.stringify(value, (_, part) => {
    if (part === undefined) return "(undefined)";
    if (typeof part === "function") return "(function)";
    if (part instanceof Set || part instanceof Map) return [...part];
    return part;
  });
}
