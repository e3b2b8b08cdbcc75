import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { IMAGE } from "./hosted-cases.mjs";
import { ScriptedModel, told } from "./hosted-model.mjs";

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
export class Stage extends ScriptedModel {
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
    super();
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
    for (const path of [cwd, join(agentDir, "prompts"), join(agentDir, "skills", "s1")])
      mkdirSync(path, { recursive: true });
    writeFileSync(join(agentDir, "prompts", "t.md"), "---\ndescription: d\n---\nTemplate $1 and $2\n");
    writeFileSync(
      join(agentDir, "skills", "s1", "SKILL.md"),
      "---\nname: s1\ndescription: a skill\n---\nDo it.\n",
    );
    writeFileSync(join(cwd, "AGENTS.md"), "Be kind.\n");
    const auth = AuthStorage.inMemory();
    this.registry = ModelRegistry.inMemory(auth);
    const own = {
      getAll: () => Object.values(this.models),
      find: (provider, id) => (provider === "p" ? this.models[id] : undefined),
    };
    this.register();
    this.models = {
      thinks: model("thinks", { contextWindow: script.size }),
      plain: model("plain", { contextWindow: script.size, reasoning: false }),
      other: model("other", { contextWindow: 4 * script.size }),
      keyless: model("keyless", { contextWindow: script.size, provider: "nokey" }),
    };
    // As hosts do: methods replaced on the instance.
    Object.assign(this.registry, own, {
      getAvailable: () => own.getAll().filter(({ provider }) => provider === "p"),
    });
    const settings = this.makeSettings(SettingsManager, cwd, agentDir);
    const resourceLoader = new DefaultResourceLoader({
      cwd,
      agentDir,
      settingsManager: settings,
      extensionFactories: this.factories(),
      noThemes: true,
    });
    await resourceLoader.reload();
    this.afterReload(settings);
    this.manager = this.openManager(SessionManager, cwd, join(dir, "sessions"));
    for (let at = 0; at < script.history; at++) this.remember(at);
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
      scopedModels: scoped
        ? [{ model: this.models.plain }, { model: this.models.other, thinkingLevel: "low" }]
        : undefined,
      customTools: this.tools(),
    });
    this.session = made.session;
    this.say(
      "made",
      made.modelFallbackMessage,
      made.extensionsResult.errors.length,
      this.session.getActiveToolNames(),
    );
    this.session.agent.streamFn = (...args) => this.ask(...args);
    this.session.subscribe((event) => this.hear(event));
  }

  makeSettings(SettingsManager) {
    return SettingsManager.inMemory(this.script.settings);
  }

  afterReload(settings) {
    settings.applyOverrides(this.script.settings);
  }

  factories() {
    return this.script.extensions.map((extension, at) => this.extension(extension, at));
  }

  openManager(SessionManager, cwd, folder) {
    return this.script.kept ? SessionManager.create(cwd, folder) : SessionManager.inMemory(cwd);
  }

  /** What an earlier session has said. */
  remember(at) {
    this.time.pass(1_000);
    const text = `${at} `.repeat(200);
    const content = [{ type: "text", text }];
    const { thinks } = this.models;
    const said = { role: "user", content, timestamp: this.time.now };
    this.manager.appendMessage(at % 2 ? this.message(thinks, "stop", content, 50 * at) : said);
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
    if (event.result?.firstKeptEntryId) this.say("kept", this.keptFrom(event.result.firstKeptEntryId));
    this.say(`event ${type}`, rest);
    if (type === "auto_retry_start") {
      const todo = this.script.during.get(this.points++);
      if (todo && !/Model/.test(todo.do)) told().then(() => this.start(todo, type));
    }
  }

  /** How many entries before a compaction it keeps. */
  keptFrom(id) {
    const entries = this.manager.getBranch().filter(({ type }) => type !== "context_edit");
    return entries.length - entries.findIndex((entry) => entry.id === id);
  }

  tools() {
    const tool = (name, execute) => ({
      name,
      label: name,
      description: `does ${name}`,
      promptSnippet: ` ${name}s\n things `,
      promptGuidelines: [`Use ${name}. `, `Use ${name}.`],
      parameters: {
        type: "object",
        properties: { n: { type: "number" } },
        required: name === "add" ? ["n"] : [],
      },
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
        if (step.image && this.script.images) options.images = [IMAGE];
        return session.prompt(step.text, { ...options, preflightResult: (ok) => this.say("preflight", ok) });
      }
      case "steer":
        return session.steer(step.text);
      case "followUp":
        return session.followUp(step.text, this.script.images ? [IMAGE] : undefined);
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
        return this.script.customs ? session.sendCustomMessage(step.message, step.options) : undefined;
      case "user":
        return session.sendUserMessage(this.script.images ? step.content : "plain", step.options);
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
        if (session.isStreaming || session.isCompacting || session.isRetrying) return "not now";
        // A reload forgets the providers that hosts have registered.
        return session.reload().then(() => this.register());
      case "bind":
        return session.bindExtensions({
          onError: (error) => this.say("ext error", error.event, error.error),
        });
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
    return this.session.executeBash("ls", (chunk) => this.say("chunk", chunk.length), {
      excludeFromContext: exclude,
      operations,
    });
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
      [
        session.isStreaming,
        session.isCompacting,
        session.isRetrying,
        session.retryAttempt,
        session.isBashRunning,
      ],
      [
        session.hasPendingBashMessages,
        session.pendingMessageCount,
        session.getSteeringMessages(),
        session.getFollowUpMessages(),
      ],
      [
        session.model?.id,
        session.thinkingLevel,
        session.getAvailableThinkingLevels(),
        session.supportsThinking(),
      ],
      [session.steeringMode, session.followUpMode, session.autoCompactionEnabled, session.autoRetryEnabled],
      [
        session.sessionName,
        session.promptTemplates.map(({ name }) => name),
        session.hasExtensionHandlers("context"),
      ],
    ];
  }

  // The whole.

  rest(isDone) {
    return this.time.run(() => this.points + this.lines.length, isDone);
  }

  async play() {
    await this.make();
    for (const step of this.script.steps) {
      this.say("step", step.do);
      const done = this.start(step);
      if (step.waits) await this.rest(() => !this.open.has(done));
      else for (let left = 3 + step.hops; left > 0; left--) await told();
    }
    await this.rest();
    this.lines.push(...this.results);
    this.finish();
  }

  finish() {
    this.say("open", this.open.size);
    this.say("state", this.session.messages, this.session.systemPrompt, this.session._baseSystemPrompt);
    this.say("entries", this.manager.getEntries(), this.manager.getLeafId());
    this.say("look", this.look());
    const file = this.session.sessionFile;
    const answered = this.manager.getEntries().some((entry) => entry.message?.role === "assistant");
    if (file && answered)
      this.say("file", readFileSync(file, "utf8"), readdirSync(join(this.dir, "sessions")).length);
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
