import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GATEWAY } from "./hosted-gateway.mjs";
import { Stage } from "./hosted-stage.mjs";

/** A host that goes over from session to session: new ones, forks, files that it opens and that it imports. */

export const SWITCHES = {
  ...GATEWAY,
  settings: { compaction: { enabled: false } },
  answers: Array.from({ length: 8 }, () => ({ kind: "text", tokens: 100, words: 5 })),
  during: new Map(),
};

export class Switcher extends Stage {
  cancels = new Set();

  factory(name) {
    return (api) => {
      api.registerFlag("loud", { type: "boolean", description: "says more" });
      api.registerFlag("tone", { type: "string", description: "how" });
      for (const type of [
        "session_start",
        "session_shutdown",
        "session_before_switch",
        "session_before_fork",
      ]) {
        api.on(type, (event, ctx) => {
          this.say(`${name} ${type}`, event, ctx.cwd, api.getFlag("loud"), api.getFlag("tone"));
          return this.cancels.delete(type) ? { cancel: true } : undefined;
        });
      }
      api.on("resources_discover", () => ({ promptPaths: [join(this.dir, "agent", "prompts", "t.md")] }));
      api.registerProvider("p2", { baseUrl: "http://127.0.0.1:9", apiKey: "k" });
      api.registerProvider("broken", { models: [{ id: "x" }] });
    };
  }

  async play() {
    await this.make();
    this.session.dispose();
    const { module, dir } = this;
    const cwd = join(dir, "work");
    const agentDir = join(dir, "agent");
    const folder = join(dir, "runs");
    const factory = async (options) => {
      const services = await module.createAgentSessionServices({
        ...options,
        modelRegistry: this.registry,
        resourceLoaderOptions: { extensionFactories: [this.factory("x")], noThemes: true },
        extensionFlagValues: new Map([
          ["loud", true],
          ["tone", true],
          ["other", "?"],
        ]),
      });
      const made = await module.createAgentSessionFromServices({
        services,
        ...options,
        model: this.models.plain,
        tools: ["read"],
      });
      made.session.agent.streamFn = (...args) => this.ask(...args);
      made.session.subscribe(({ type }) => type === "agent_end" && this.say("end"));
      return { ...made, services, diagnostics: services.diagnostics };
    };
    const first = module.SessionManager.create(cwd, folder);
    const runtime = await module.createAgentSessionRuntime(factory, { cwd, agentDir, sessionManager: first });
    runtime.setRebindSession(async (session) => {
      this.say("rebind", session === runtime.session);
      await session.bindExtensions({});
    });
    runtime.setBeforeSessionInvalidate(() => this.say("invalidate"));
    await runtime.session.bindExtensions({});
    const state = (label) => {
      const { session } = runtime;
      const { sessionManager: manager } = session;
      this.say(
        label,
        session.messages,
        session.model?.id,
        session.getActiveToolNames(),
        runtime.cwd,
        runtime.diagnostics,
      );
      this.say(
        "header",
        manager.getHeader(),
        manager.getEntries(),
        session.promptTemplates.map(({ name, sourceInfo }) => [name, sourceInfo]),
      );
    };
    const attempt = async (label, act) => {
      const outcome = act().then(
        (value) => [value],
        (error) => [error.name, error.message],
      );
      await this.rest();
      this.say(label, ...(await outcome));
      state(`after ${label}`);
    };
    const said = () =>
      runtime.session.sessionManager.getEntries().filter(({ message }) => message?.role === "user");
    await attempt("prompt", () => runtime.session.prompt("first"));
    await attempt("prompt", () => runtime.session.prompt("second"));
    const file = runtime.session.sessionFile;
    this.cancels.add("session_before_fork");
    await attempt("fork cancelled", () => runtime.fork(said()[1].id));
    const withSession = async (ctx) => {
      this.say("with", ctx.cwd, typeof ctx.sendUserMessage);
      await ctx.sendMessage({ customType: "note", content: "moved", display: true });
    };
    await attempt("fork", () => runtime.fork(said()[1].id, { withSession }));
    const answers = runtime.session.sessionManager
      .getEntries()
      .filter(({ message }) => message?.role === "assistant");
    await attempt("fork at", () => runtime.fork(answers[0].id, { position: "at" }));
    await attempt("fork nothing", () => runtime.fork("nothing"));
    await attempt("switch", () => runtime.switchSession(file));
    this.cancels.add("session_before_switch");
    await attempt("new cancelled", () => runtime.newSession());
    const setup = async (manager) =>
      void manager.appendMessage({ role: "user", content: "set up", timestamp: 1 });
    await attempt("new", () => runtime.newSession({ setup, parentSession: file, withSession }));
    await attempt("import", () => runtime.importFromJsonl(file));
    const other = join(dir, "other.jsonl");
    const header = {
      type: "session",
      version: 3,
      id: "11111111-2222-7333-8444-555555555555",
      timestamp: "2026-01-01T00:00:00.000Z",
      cwd: join(dir, "gone"),
    };
    writeFileSync(
      other,
      `${JSON.stringify(header)}\n${JSON.stringify({ type: "message", id: "aaaaaaaa", parentId: null, timestamp: header.timestamp, message: { role: "user", content: "imported", timestamp: 1 } })}\n`,
    );
    await attempt("import elsewhere", () => runtime.importFromJsonl(other));
    await attempt("import here", () => runtime.importFromJsonl(other, cwd));
    await attempt("fork first", () => runtime.fork("aaaaaaaa"));
    await attempt("import nothing", () => runtime.importFromJsonl(join(dir, "none.jsonl")));
    await attempt("switch nowhere", () => runtime.switchSession(other));
    const exported = runtime.session.exportToJsonl(join(dir, "out", "branch.jsonl"));
    this.say("exported", existsSync(exported), readdirSync(join(dir, "out")));
    await runtime.dispose();
  }
}
