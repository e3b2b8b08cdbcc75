/** A scripted model and scripted extensions: what they are asked and told, and what they answer. */

/** Lets everything be told that can be. */
export const told = async () => {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
};

export const usageOf = (tokens) => ({
  input: tokens,
  output: 5,
  cacheRead: 0,
  cacheWrite: 0,
  totalTokens: tokens + 5,
  cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: tokens / 1e6 },
});

export class ScriptedExtensions {
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
          if (name !== "message_end")
            this.say("ctx", ctx.isIdle(), ctx.hasPendingMessages(), ctx.getContextUsage()?.tokens);
          return this.result(name, result, event);
        });
      }
      if (tool) api.registerTool({ ...this.tools()[0], name: "extra" });
      if (command) {
        api.registerCommand("run", {
          description: "runs",
          handler: async (args, ctx) => {
            this.say(
              "command",
              args,
              ctx.isIdle(),
              api.getActiveTools(),
              api.getThinkingLevel(),
              api.getCommands().map(({ name }) => name),
            );
            await this.at("command");
            api.appendEntry("mine", { args });
            if (this.script.customs)
              api.sendMessage(
                { customType: "cmd", content: "from a command", display: false },
                { deliverAs: "nextTurn" },
              );
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
        return this.script.customs ? { message } : undefined;
      case "before_agent_start prompt":
        return { systemPrompt: `${event.systemPrompt}\nMORE` };
      case "before_agent_start both":
        return { message: this.script.customs ? message : undefined, systemPrompt: "SHORT" };
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
        return {
          compaction: {
            summary: `own ${this.count("own")}`,
            firstKeptEntryId,
            tokensBefore,
            details: { own: 1 },
          },
        };
      }
      case "session_before_tree own":
        return { summary: { summary: "own branch", details: { b: 1 } } };
      case "session_before_tree label":
        return { label: "theirs", customInstructions: "theirs" };
      case "message_end replace":
        return event.message.role === "custom"
          ? undefined
          : { message: { ...event.message, replaced: true } };
      default:
        return { cancel: true };
    }
  }
}

export class ScriptedModel extends ScriptedExtensions {
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
    const asked = context.messages.map(({ replaced: _, timestamp: __, ...message }) => message);
    this.say(
      "asks",
      asked,
      context.tools?.map(({ name }) => name),
    );
    this.time.pass(1_000);
  }

  message(asked, stopReason, content, tokens = 10, more = {}) {
    const { api, provider, id } = asked;
    return {
      role: "assistant",
      content,
      api,
      provider,
      model: id,
      usage: usageOf(tokens),
      stopReason,
      timestamp: this.time.now,
      ...more,
    };
  }

  /** The provider, which is asked for summaries. */
  summary(asked, context, options) {
    const signal = options?.signal;
    const what = this.script.summaries[this.summaries++ % this.script.summaries.length];
    const text = [{ type: "text", text: `sum ${this.summaries}` }];
    this.request(asked, context, options);
    const make = () => {
      if (what === "fails") return this.message(asked, "error", [], 0, { errorMessage: "no summary" });
      if (what === "aborts" || signal?.aborted)
        return this.message(asked, "aborted", [], 0, { errorMessage: "aborted" });
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
}
