// Extensions as a host loads and drives them: files of TypeScript, and functions.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  AssistantMessageEventStream,
  type AssistantMessageEventStream as Stream,
  Type,
} from "argent-runtime/pi-ai";
import * as oauth from "argent-runtime/pi-ai/oauth";
import {
  AuthStorage,
  createEventBus,
  createExtensionRuntime,
  DefaultResourceLoader,
  defineTool,
  discoverAndLoadExtensions,
  type ExtensionAPI,
  type ExtensionError,
  ExtensionRunner,
  ModelRegistry,
  SessionManager,
  SettingsManager,
  type ToolCallEvent,
  wrapRegisteredTools,
} from "argent-runtime/pi-coding-agent";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let root: string;
const at = (...names: string[]) => join(root, ...names);
function put(name: string, text: string) {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
  return at(name);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "extensions-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const load = (...paths: string[]) => discoverAndLoadExtensions(paths, at("work"), at("agent"));

/** A runner with the extensions of these functions. */
async function runnerOf(...extensionFactories: ((pi: ExtensionAPI) => void)[]) {
  const settingsManager = SettingsManager.inMemory();
  const loader = new DefaultResourceLoader({
    cwd: root,
    agentDir: at("agent"),
    settingsManager,
    extensionFactories,
    noExtensions: true,
  });
  await loader.reload();
  const { extensions, runtime } = loader.getExtensions();
  const registry = ModelRegistry.inMemory(AuthStorage.inMemory());
  return new ExtensionRunner(extensions, runtime, root, SessionManager.inMemory(root), registry);
}

describe("files of extensions", () => {
  it("get the host's own modules, by all names that the packages go by", async () => {
    for (const scope of ["@mariozechner", "@earendil-works", "argent-runtime"]) {
      put(
        `agent/extensions/${scope}.ts`.replace("@", ""),
        `import type { ExtensionAPI } from "${scope}/pi-coding-agent";
         import { SessionManager } from "${scope}/pi-coding-agent";
         import { AssistantMessageEventStream, Type } from "${scope}/pi-ai";
         import * as oauth from "${scope}/pi-ai/oauth";
         import { Agent } from "${scope}/pi-agent-core";
         import { Type as T } from "typebox";
         import { Type as S } from "@sinclair/typebox";
         import { Value } from "typebox/value";
         enum Colour { Red = "red" }
         export default function (pi: ExtensionAPI): void {
           const seen: unknown[] = [SessionManager, AssistantMessageEventStream, oauth.getOAuthProviders, T === S];
           pi.events.emit("seen", seen);
           pi.registerTool({ name: Colour.Red, parameters: Type.Object({ a: T.String() }), seen } as any);
           if (!Value.Check(T.String(), "x") || !Agent) throw new Error("odd modules");
         }`,
      );
    }
    const { extensions, errors } = await load();
    expect(errors).toEqual([]);
    expect(extensions.map(({ tools }) => [...tools.keys()])).toEqual([["red"], ["red"], ["red"]]);
    for (const { tools } of extensions) {
      const seen = (tools.get("red")?.definition as unknown as { seen: unknown[] } | undefined)?.seen ?? [];
      expect(seen).toEqual([SessionManager, AssistantMessageEventStream, oauth.getOAuthProviders, true]);
      expect(seen[0]).toBe(SessionManager);
    }
  });

  it("that draw in a terminal say what the host lacks", async () => {
    const path = put(
      "x.ts",
      'import { Text } from "@mariozechner/pi-tui";\nexport default () => new Text("");',
    );
    const { extensions, errors } = await load(path);
    expect(extensions).toEqual([]);
    expect(errors).toEqual([
      {
        path,
        error:
          "Failed to load extension: @mariozechner/pi-tui is not installed: install it beside the host to use extensions that draw in a terminal",
      },
    ]);
  });

  it("use the terminal library that lies beside them", async () => {
    put("node_modules/@mariozechner/pi-tui/package.json", '{"name":"x","main":"index.js"}');
    put("node_modules/@mariozechner/pi-tui/index.js", "exports.Text = class { words = 'drawn' };");
    const path = put(
      "x.ts",
      'import { Text } from "@mariozechner/pi-tui";\nexport default (pi) => pi.registerFlag(new Text().words, { type: "boolean" });',
    );
    const { extensions, errors } = await load(path);
    expect(errors).toEqual([]);
    expect([...(extensions[0]?.flags.keys() ?? [])]).toEqual(["drawn"]);
  });

  it("are read anew each time", async () => {
    const path = put("x.ts", 'export default (pi) => pi.registerFlag("before", { type: "boolean" });');
    await load(path);
    put("x.ts", 'export default (pi) => pi.registerFlag("after", { type: "boolean" });');
    const { extensions } = await load(path);
    expect([...(extensions[0]?.flags.keys() ?? [])]).toEqual(["after"]);
  });

  it("cost nothing until there are some", () => {
    const script = `
      import { createRequire } from "node:module";
      const { DefaultResourceLoader } = await import("argent-runtime/pi-coding-agent");
      const loader = new DefaultResourceLoader({ cwd: ${JSON.stringify(root)}, agentDir: ${JSON.stringify(at("agent"))}, extensionFactories: [() => {}] });
      await loader.reload();
      if (loader.getExtensions().extensions.length !== 1) throw new Error("not loaded");
      const loaded = Object.keys(createRequire(import.meta.url).cache).join();
      console.log(["jiti", "hosted-git-info", "minimatch", "glob"].filter((name) => loaded.includes("node_modules/" + name + "/")).join());`;
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
    });
    expect(printed.trim()).toBe("");
  });
});

describe("extensions in a session", () => {
  it("may forbid a call, change its input and have a handler's error reach nobody but the caller", async () => {
    const runner = await runnerOf(
      (pi) => {
        pi.on("tool_call", (event) => {
          if (event.toolName === "bash") (event.input as { command: string }).command = "ls";
        });
      },
      (pi) => {
        pi.on("tool_call", (event) => {
          if (event.toolName === "write") return { block: true, reason: "not here" };
          if (event.toolName === "edit") throw new Error("broken guard");
        });
      },
    );
    const call = (toolName: string, input: object) =>
      ({ type: "tool_call", toolCallId: "1", toolName, input }) as ToolCallEvent;
    const bash = call("bash", { command: "rm" });
    expect(await runner.emitToolCall(bash)).toBeUndefined();
    expect(bash.input).toEqual({ command: "ls" });
    expect(await runner.emitToolCall(call("write", {}))).toEqual({ block: true, reason: "not here" });
    await expect(runner.emitToolCall(call("edit", {}))).rejects.toThrow("broken guard");
  });

  it("change what the model sees, and not what the session holds", async () => {
    const runner = await runnerOf((pi) => {
      pi.on("context", (event) => {
        const [first] = event.messages;
        if (first?.role === "user") first.content = "changed";
        event.messages.push({ role: "user", content: "more", timestamp: 2 });
      });
    });
    const errors: ExtensionError[] = [];
    runner.onError((error) => errors.push(error));
    const held = [{ role: "user" as const, content: "kept", timestamp: 1 }];
    const sent = await runner.emitContext(held);
    expect(sent.map((message) => "content" in message && message.content)).toEqual(["changed", "more"]);
    expect(held).toEqual([{ role: "user", content: "kept", timestamp: 1 }]);
    expect(errors).toEqual([]);
  });

  it("give tools that know the session until it is replaced", async () => {
    const tool = defineTool({
      name: "where",
      label: "Where",
      description: "says where it runs",
      parameters: Type.Object({}),
      execute: async (_id, _params, _signal, _onUpdate, ctx) => ({
        content: [{ type: "text", text: ctx.cwd }],
        details: ctx.sessionManager.getSessionId(),
      }),
    });
    const runner = await runnerOf((pi) => pi.registerTool(tool));
    const [wrapped] = wrapRegisteredTools(runner.getAllRegisteredTools(), runner);
    const result = await wrapped?.execute("1", {});
    expect(result?.content).toEqual([{ type: "text", text: root }]);
    expect(result?.details).toMatch(/^[0-9a-f-]{36}$/);
    runner.invalidate();
    await expect((async () => wrapped?.execute("1", {}))()).rejects.toThrow("This extension ctx is stale");
  });

  it("register providers that the session takes in when it is there", async () => {
    const streamSimple = () => new AssistantMessageEventStream() as Stream;
    const runner = await runnerOf((pi) => {
      pi.registerProvider("mine", {
        baseUrl: "http://127.0.0.1:9",
        apiKey: "K",
        api: "mine-api",
        streamSimple,
        models: [
          {
            id: "m",
            name: "M",
            reasoning: false,
            input: ["text"],
            cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
            contextWindow: 1000,
            maxTokens: 100,
          },
        ],
      });
      pi.registerProvider("bad", { models: [{ id: "m" }] } as never);
    });
    const errors: ExtensionError[] = [];
    runner.onError((error) => errors.push(error));
    const { modelRegistry } = runner.createContext();
    expect(modelRegistry.find("mine", "m")).toBeUndefined();
    runner.bindCore({ ...createExtensionRuntime() }, actions());
    expect(modelRegistry.find("mine", "m")?.baseUrl).toBe("http://127.0.0.1:9");
    expect(errors.map(({ event, extensionPath }) => [event, extensionPath])).toEqual([
      ["register_provider", "<inline:1>"],
    ]);
  });

  it("run programs whose letters stay whole", async () => {
    let api: ExtensionAPI | undefined;
    await runnerOf((pi) => {
      api = pi;
    });
    const result = await api?.exec("sh", ["-c", "printf a; yes \u00e9 | head -c 300000"]);
    expect(result?.code).toBe(0);
    expect(result?.stdout).toBe(`a${"\u00e9\n".repeat(100_000)}`);
  });

  it("talk over a bus on which an error stays where it is", () => {
    const bus = createEventBus();
    const heard: unknown[] = [];
    const { error } = console;
    console.error = (...words) => heard.push(words[0]);
    try {
      bus.on("a", () => {
        throw new Error("x");
      });
      bus.on("a", (data) => heard.push(data));
      bus.emit("a", 1);
    } finally {
      console.error = error;
    }
    expect(heard).toEqual(["Event handler error (a):", 1]);
  });
});

function actions() {
  return {
    getModel: () => undefined,
    isIdle: () => true,
    getSignal: () => undefined,
    abort: () => {},
    hasPendingMessages: () => false,
    shutdown: () => {},
    getContextUsage: () => undefined,
    compact: () => {},
    getSystemPrompt: () => "",
  };
}
