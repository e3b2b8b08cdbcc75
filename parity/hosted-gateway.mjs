import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { told } from "./hosted-model.mjs";
import { Stage } from "./hosted-stage.mjs";

/**
 * A gateway that drives a session the way published gateways do: it opens a file, guards and prepares the session
 * manager, layers settings, loads extensions from factories, patches what it gets, and prompts, steers, compacts and
 * aborts.
 */

const text = (value) => [{ type: "text", text: value }];
const answer = (kind, more = {}) => ({ kind, tokens: 100, words: 60, ...more });

export const GATEWAY = {
  kept: true,
  images: true,
  customs: true,
  history: 0,
  size: 50_000,
  settings: {},
  options: { model: "thinks", thinkingLevel: "low", tools: ["add", "read", "slow"] },
  extensions: [],
  hops: [0],
  answers: [
    answer("tools", {
      calls: [
        { name: "add", arguments: { n: "4" } },
        { name: "slow", arguments: {} },
      ],
    }),
    answer("text"),
    answer("error", { text: "529 overloaded" }),
    answer("text"),
    answer("error", { text: "prompt is too long: 213462 tokens > 200000 maximum" }),
    answer("text"),
    answer("wait"),
    answer("text"),
  ],
  summaries: ["summary"],
  steps: [],
  during: new Map([[4, { do: "steer", text: "a word in between" }]]),
};

export class Gateway extends Stage {
  async make() {
    await super.make();
    this.original = this.session;
  }

  // 1. The file, its guard, and its preparation for the run.
  openManager(SessionManager, cwd, folder) {
    const file = join(this.dir, "given.jsonl");
    const header = {
      type: "session",
      version: 3,
      id: "11111111-2222-7333-8444-555555555555",
      timestamp: new Date().toISOString(),
      cwd: "/else",
    };
    writeFileSync(file, `${JSON.stringify(header)}\n`);
    const manager = SessionManager.open(file, folder);
    const append = manager.appendMessage.bind(manager);
    manager.appendMessage = (message) => {
      this.say("guard", message.role);
      if (message.content?.some?.((block) => block.text?.includes("secret plan"))) return undefined;
      return append(message);
    };
    manager.flushPendingToolResults = () => this.say("flush");
    manager[Symbol.for("gateway.guard")] = true;
    const first = manager.fileEntries.find(({ type }) => type === "session");
    first.cwd = cwd;
    first.id = "99999999-2222-7333-8444-555555555555";
    manager.sessionId = first.id;
    writeFileSync(file, "");
    manager.fileEntries = [first];
    manager.byId.clear();
    manager.labelsById.clear();
    manager.leafId = null;
    manager.flushed = false;
    return manager;
  }

  // 2. Settings, layered, and again after a reload, which forgets overrides.
  makeSettings(SettingsManager, cwd, agentDir) {
    writeFileSync(
      join(agentDir, "settings.json"),
      JSON.stringify({ compaction: { keepRecentTokens: 40 }, retry: { baseDelayMs: 5 } }),
    );
    const base = SettingsManager.create(cwd, agentDir);
    const merged = { ...base.getGlobalSettings(), ...base.getProjectSettings() };
    const settings = SettingsManager.inMemory(merged);
    settings.applyOverrides({ compaction: { reserveTokens: 1_000 } });
    settings.setCompactionEnabled(false);
    this.say(
      "settings",
      settings.getCompactionReserveTokens(),
      settings.getCompactionKeepRecentTokens(),
      settings.getCompactionEnabled(),
    );
    return settings;
  }

  afterReload(settings) {
    this.say("reloaded", settings.getCompactionReserveTokens());
    settings.applyOverrides({ compaction: { reserveTokens: 1_000 } });
  }

  // 7. Extensions are factories.
  factories() {
    const seen = new WeakMap();
    return [
      (api) => {
        api.on("context", async (event, ctx) => {
          await told();
          seen.set(ctx.sessionManager, (seen.get(ctx.sessionManager) ?? 0) + 1);
          this.say("context", event.messages.length, seen.get(this.manager), ctx.cwd, ctx.model?.id);
          return { messages: event.messages.filter(({ customType }) => customType !== "hidden") };
        });
        api.on("tool_result", (event) => {
          this.say("tool_result", event.toolName, event.isError);
          return { content: [...event.content, { type: "text", text: "(seen)" }], details: { seen: true } };
        });
        api.on("session_before_compact", async (event, ctx) => {
          const { messagesToSummarize, turnPrefixMessages, fileOps, isSplitTurn, settings } =
            event.preparation;
          const auth = await ctx.modelRegistry.getApiKeyAndHeaders(ctx.model);
          this.say(
            "compacting",
            messagesToSummarize.length,
            turnPrefixMessages.length,
            isSplitTurn,
            settings,
            auth.ok && auth.apiKey,
          );
          this.say(
            "files",
            fileOps.read instanceof Set,
            [...fileOps.read],
            event.signal.aborted,
            event.customInstructions,
          );
          if (event.customInstructions === "cancel") return { cancel: true };
          if (event.customInstructions !== "own") return undefined;
          const { firstKeptEntryId, tokensBefore } = event.preparation;
          return { compaction: { summary: "the gateway's summary", firstKeptEntryId, tokensBefore } };
        });
      },
    ];
  }

  // 5. What is patched.
  patch() {
    const { session } = this;
    const { agent } = session;
    session._baseSystemPrompt = "The gateway's prompt";
    session._rebuildSystemPrompt = () => "The gateway's prompt";
    agent.state.systemPrompt = "The gateway's prompt";
    for (let depth = 0; depth < 3; depth++) {
      const inner = agent.streamFn;
      agent.streamFn = async (model, context, options) =>
        this.wrapped(depth, await inner(model, context, options));
    }
    const transform = agent.transformContext;
    agent.transformContext = async (messages, signal) => {
      await told();
      this.say("transform", messages.length, signal instanceof AbortSignal);
      return await transform.call(agent, messages, signal);
    };
    const convert = agent.convertToLlm.bind(agent);
    agent.convertToLlm = (messages) => convert(messages).map((message) => ({ ...message, marked: true }));
    agent.steeringMode = "all";
  }

  /** A stream that is patched in place, or seen through a proxy. */
  wrapped(depth, stream) {
    if (depth === 0) {
      const result = stream.result.bind(stream);
      const iterate = stream[Symbol.asyncIterator].bind(stream);
      stream.result = async () => {
        const message = await result();
        message.note = "patched";
        return message;
      };
      stream[Symbol.asyncIterator] = async function* () {
        for await (const event of { [Symbol.asyncIterator]: iterate }) {
          if (event.type === "toolcall_end" && "n" in event.toolCall.arguments)
            event.toolCall.arguments.n = "5";
          yield event;
        }
      };
      return stream;
    }
    return new Proxy(stream, {
      get(target, key, receiver) {
        const value = Reflect.get(target, key, receiver);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  async play() {
    await this.make();
    const { session, time } = this;
    session.setActiveToolsByName(["add", "slow", "nothing"]);
    this.patch();
    const settled = async (label, promise) => {
      const outcome = promise.then(
        (value) => ["resolves", value],
        (error) => ["rejects", error.name, error.message],
      );
      await this.rest();
      this.say(label, ...(await outcome));
      this.say(
        "then",
        session.isStreaming,
        session.isCompacting,
        session.messages.length,
        this.manager.getLeafId(),
      );
    };
    await session.sendCustomMessage(
      { customType: "hidden", content: "context", display: false },
      { deliverAs: "nextTurn" },
    );
    await settled(
      "prompt with tools",
      session.prompt("go", { images: [{ type: "image", data: "AA==", mimeType: "image/png" }] }),
    );
    await session.sendCustomMessage(
      { customType: "shown", content: text("aside"), display: true },
      { triggerTurn: false },
    );
    await settled("prompt that is retried", session.prompt("go on"));
    session.setAutoCompactionEnabled(true);
    await settled("prompt that does not fit", session.prompt("more"));
    session.setAutoCompactionEnabled(false);
    const waiting = session.prompt("and now");
    for (let turn = 0; turn < 6; turn++) await told();
    await settled("prompt while busy", session.prompt("too much"));
    await session.steer("not now");
    await settled("abort", session.abort());
    await settled("aborted prompt", waiting);
    session.clearQueue();
    for (const instructions of ["cancel", "own", "be short"])
      await settled(`compact ${instructions}`, session.compact(instructions));
    await settled("blocked", session.prompt("the secret plan"));
    const transform = session.agent.transformContext;
    session.agent.transformContext = async () => {
      throw new Error("sessions_yield");
    };
    await settled("thrown", session.prompt("will fail"));
    session.agent.transformContext = transform;
    this.say("last", session.messages.at(-1).errorMessage, session.agent.state.errorMessage);
    session.agent.state.messages = session.messages.slice(0, 2);
    session.agent.steer({
      role: "custom",
      customType: "steered",
      content: "by agent",
      display: true,
      timestamp: time.now,
    });
    await settled("replaced", session.prompt("last one"));
    const entries = this.manager.getEntries();
    this.say(
      "same",
      session.messages.filter((message) => entries.some((entry) => entry.message === message)).length,
    );
    for (const message of session.messages) structuredClone(message);
    this.manager._rewriteFile();
    session.agent.reset();
    this.finish();
  }
}
