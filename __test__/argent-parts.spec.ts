// The parts of argent-ai that hosts put together: registry, adapters, helpers, event streams, models, keys.

import { createCipheriv } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AgentLifecycleEvent,
  ArgentStreamAdapter,
  AssistantMessageEventStream,
  calculateCost,
  collectResponse,
  collectStream,
  collectText,
  createAnthropic,
  createZAI,
  defaultRegistry,
  EventStream,
  filterStream,
  findEnvKeys,
  getApiProviders,
  getEnvApiKey,
  getModel,
  getModels,
  getProviders,
  hasApiProvider,
  isTextDeltaEvent,
  KeyManager,
  listRegisteredApis,
  mapStream,
  ProviderRegistry,
  requireModel,
  StreamAdapter,
  type StreamEvent,
  supportsXhigh,
  type TurnResponse,
  tapStream,
} from "argent-runtime/argent-ai";
import * as piAi from "argent-runtime/pi-ai";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";

const home = mkdtempSync(join(tmpdir(), "argent-"));
afterAll(() => rmSync(home, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const response = (text: string): TurnResponse => ({
  text,
  toolCalls: [],
  usage: { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, totalTokens: 2 },
  stopReason: "stop",
  provider: "own",
  model: "m",
});
const partial = response("");
async function* answer(): AsyncGenerator<StreamEvent> {
  yield { type: "start", partial };
  yield { type: "text_start", partial };
  yield { type: "text_delta", delta: "a", partial };
  yield { type: "text_delta", delta: "b", partial };
  yield { type: "text_end", text: "ab", partial };
  yield { type: "done", response: response("ab") };
}
const own = (name: string) => ({ name, stream: answer, execute: async () => response(name) });

describe("the registry", () => {
  it("keeps the stronger of two, and the newer of equals", () => {
    const registry = new ProviderRegistry();
    const [first, second] = [own("a"), own("a")];
    registry.register(first, { priority: 1 });
    registry.register(second);
    expect(registry.get("a")).toBe(first);
    registry.register(second, { priority: 1, sourceId: "s" });
    registry.register({ id: "b", stream: answer }, { sourceId: "s" });
    expect([registry.get("a") === second, registry.list(), registry.size]).toEqual([true, ["a", "b"], 2]);
    expect([registry.unregisterBySource("s"), registry.has("a"), registry.unregister("a")]).toEqual([
      2,
      false,
      false,
    ]);
    expect(defaultRegistry.size).toBe(0);
  });

  it("finds the provider of a model by override, then by hint", async () => {
    const registry = new ProviderRegistry();
    registry.register(own("a"));
    registry.register(own("b"));
    registry.setModelOverride("m", "b");
    expect((await registry.execute("a", { messages: [] }, { id: "m" })).text).toBe("b");
    expect(registry.removeModelOverride("m")).toBe(true);
    expect((await registry.execute("a", { messages: [] }, { id: "m" })).text).toBe("a");
    expect(registry.resolve("m")).toBeUndefined();
    expect(() => registry.stream("c", { messages: [] }, { id: "m" })).toThrow(
      "No provider registered for model m (provider: c)",
    );
    const messages = registry.streamAsMessages("a", { messages: [] }, { id: "m" }, "x");
    expect(await messages.result()).toMatchObject({ provider: "a", model: "m", api: "x" });
  });

  it("duplicate registries of protocols, with different contents", () => {
    expect(listRegisteredApis()).toEqual(piAi.getApiProviders().map(({ api }) => api));
    expect(getApiProviders).toBe(piAi.getApiProviders);
    expect([hasApiProvider("anthropic-messages"), hasApiProvider("nowhere")]).toEqual([true, false]);
  });
});

describe("the adapters", () => {
  it("give Pi's events of Argent's", async () => {
    const adapter = new StreamAdapter(answer(), "own", "m");
    const events = await collectStream(adapter);
    const shape = events.map((event) =>
      "contentIndex" in event ? `${event.type} ${event.contentIndex}` : event.type,
    );
    expect(shape).toEqual(["start", "text_start 0", "text_delta 0", "text_delta 0", "text_end 0", "done"]);
    expect(await adapter.result()).toMatchObject({ api: "anthropic-messages", content: [{ text: "ab" }] });
    expect(await new StreamAdapter(answer(), "own", "m").result()).toMatchObject({ stopReason: "stop" });
  });

  it("end with an error where the provider's events just end", async () => {
    async function* half(): AsyncGenerator<StreamEvent> {
      yield { type: "start", partial };
    }
    expect((await new StreamAdapter(half(), "own", "m").result()).stopReason).toBe("error");
  });

  it("tell of the agent's life and how it shows itself", async () => {
    const shown: unknown[] = [];
    const options = {
      emitLifecycleEvents: true,
      enableVisualPresence: true,
      onVisualPresence: (event: unknown) => void shown.push(event),
    };
    const adapter = new ArgentStreamAdapter(new StreamAdapter(answer(), "own", "m"), "agent", options);
    const events = await collectStream(adapter);
    expect(events.map((event) => (event.type === "gesture" ? event.gesture : event.type))).toEqual([
      "agent:start",
      "brighten",
      "start",
      "agent:turn_start",
      "expand",
      "text_start",
      "text_delta",
      "text_delta",
      "text_end",
      "warm_up",
      "done",
      "agent:turn_complete",
      "agent:stop",
    ]);
    expect(shown).toHaveLength(3);
    expect(adapter.agentEvents()).toMatchObject([
      { type: "agent:start", sessionKey: "default" },
      { turnIndex: 0 },
      { success: true },
      { reason: "complete" },
    ]);
    expect(await adapter.result()).toMatchObject({ content: [{ text: "ab" }] });
  });

  it("`break` leaves the agent running and the provider's stream open", async () => {
    let closed = false;
    async function* watched() {
      try {
        yield* answer();
      } finally {
        closed = true;
      }
    }
    const inner = new StreamAdapter(watched(), "own", "m");
    const adapter = new ArgentStreamAdapter(inner, "agent", { emitLifecycleEvents: true });
    for await (const event of adapter) if (event.type === "text_delta") break;
    const last = adapter.agentEvents().at(-1) as AgentLifecycleEvent;
    expect([last, closed]).toEqual([{ type: "agent:stop", agentId: "agent", reason: "error" }, true]);
  });
});

describe("the helpers", () => {
  it("take streams apart", async () => {
    expect(await collectText(answer())).toBe("ab");
    expect((await collectResponse(answer()))?.text).toBe("ab");
    expect(await collectResponse(filterStream(answer(), ({ type }) => type !== "done"))).toBeNull();
    const seen: string[] = [];
    const tapped = tapStream(answer(), async ({ type }) => void seen.push(type));
    expect(await collectStream(mapStream(tapped, async ({ type }) => type))).toEqual(seen);
    const deltas = filterStream(new StreamAdapter(answer(), "own", "m"), isTextDeltaEvent);
    expect(await collectStream(deltas)).toHaveLength(2);
  });
});

describe("an event stream", () => {
  const message = { role: "assistant", content: [], stopReason: "stop" } as unknown as piAi.AssistantMessage;

  it("throws on a push after its end", async () => {
    const stream = new AssistantMessageEventStream();
    stream.push({ type: "done", reason: "stop", message });
    stream.push({ type: "start", partial: message });
    stream.end();
    expect(await collectStream(stream)).toHaveLength(1);
    expect(await stream.result()).toBe(message);
    expect(stream).toBeInstanceOf(piAi.AssistantMessageEventStream);
  });

  it("has a result that never comes", async () => {
    const stream = new AssistantMessageEventStream();
    stream.push({ type: "start", partial: message });
    stream.end();
    expect(await stream.result()).toMatchObject({ stopReason: "error", role: "assistant" });
    const failing = new AssistantMessageEventStream();
    failing.error(new Error("broken"));
    expect((await failing.result()).errorMessage).toBe("broken");
  });

  it("may fail", async () => {
    const stream = new EventStream<number, number>(
      (event) => event === 0,
      (event) => event,
    );
    stream.push(1);
    stream.error(new Error("broken"));
    stream.push(2);
    expect(await collectStream(stream)).toEqual([1]);
    await expect(stream.result()).rejects.toThrow("broken");
  });
});

describe("the models", () => {
  it("are those of pi-ai, and a few more", () => {
    expect(getModel("anthropic", "claude-opus-4-6")).toBe(piAi.getModel("anthropic", "claude-opus-4-6"));
    expect(getProviders()).toEqual([...piAi.getProviders(), "nvidia"]);
    expect(getModels("zai").map(({ id }) => id)).toContain("glm-4.6");
    expect(piAi.getModels("zai").map(({ id }) => id)).not.toContain("glm-4.6");
    expect([getModel("zai", "nothing"), getModels("nobody")]).toEqual([undefined, []]);
  });

  it("say what follows from their fields, read-only", () => {
    const model = getModel("openai", "gpt-4o");
    expect([model?.pricing, model?.vision]).toEqual([{ input: 2.5, output: 10 }, true]);
    expect(getModel("minimax", "MiniMax-M2")?.vision).toBe(false);
    expect(JSON.stringify(model)).not.toContain("pricing");
    expect(() => Object.assign(model as object, { vision: false })).toThrow(TypeError);
  });

  it("are named where one is unknown", () => {
    expect(requireModel("zai", "glm-5").baseUrl).toBe("https://api.z.ai/api/paas/v4");
    expect(() => requireModel("minimax", "M1")).toThrow(
      /^Unknown model: minimax\/M1 \(known: MiniMax-M2.7, .*MiniMax-M2\)$/,
    );
    expect(() => requireModel("nobody", "m")).toThrow(/^Unknown provider: nobody \(known: amazon-bedrock, /);
  });

  it("cost what Pi says, in a new object and in the usage", () => {
    const model = requireModel("openai", "gpt-4o");
    const usage = {
      input: 1e6,
      output: 0,
      cacheRead: 0,
      cacheWrite: 1e6,
      totalTokens: 2e6,
      cost: {},
    } as piAi.Usage;
    const cost = calculateCost(model, usage);
    expect(cost).toEqual({ input: 2.5, output: 0, cacheRead: 0, cacheWrite: 0, total: 2.5 });
    expect([usage.cost, usage.cost === cost]).toEqual([cost, false]);
  });

  it("two functions `supportsXhigh` that disagree with each other and with Pi", () => {
    for (const provider of getProviders()) {
      for (const model of getModels(provider)) {
        expect(supportsXhigh(model)).toBe(piAi.getSupportedThinkingLevels(model).includes("xhigh"));
      }
    }
  });
});

describe("keys", () => {
  it("from the environment have Pi's names first, then Argent's", () => {
    vi.stubEnv("GEMINI_API_KEY", "");
    vi.stubEnv("GOOGLE_API_KEY", "google");
    vi.stubEnv("ZAI_CODER_API_KEY", "coder");
    vi.stubEnv("HF_TOKEN", "hf");
    vi.stubEnv("HUGGINGFACE_API_KEY", "other");
    expect([getEnvApiKey("google"), getEnvApiKey("zai-coding")]).toEqual(["google", "coder"]);
    expect([getEnvApiKey("huggingface"), getEnvApiKey("nobody")]).toEqual(["hf", undefined]);
    expect(findEnvKeys("huggingface")).toEqual(["HF_TOKEN", "HUGGINGFACE_API_KEY"]);
    vi.stubEnv("GEMINI_API_KEY", "gemini");
    expect(getEnvApiKey("google")).toBe("gemini");
  });

  const master = Buffer.alloc(32, 7);
  const encrypted = (text: string) => {
    const cipher = createCipheriv("aes-256-gcm", master, Buffer.alloc(12, 1));
    const body = Buffer.concat([cipher.update(text), cipher.final()]);
    return `enc:v1:${Buffer.alloc(12, 1).toString("hex")}:${cipher.getAuthTag().toString("hex")}:${body.toString("hex")}`;
  };
  const file = join(home, "service-keys.json");
  const store = (...keys: object[]) => writeFileSync(file, JSON.stringify({ version: 1, keys }));

  it("encrypted ones sent to providers as they are", async () => {
    store(
      { variable: "ANTHROPIC_API_KEY", service: "Anthropic", value: encrypted("plain") },
      { variable: "XAI_API_KEY", service: "xAI", value: "op://vault/xai" },
      { variable: "OPENAI_API_KEY", service: "OpenAI", value: "off", enabled: false },
    );
    const closed = new KeyManager(file);
    await expect(closed.getProviderKey("anthropic")).rejects.toThrow("The key ANTHROPIC_API_KEY");
    await expect(closed.getProviderKey("xai")).rejects.toThrow("give the KeyManager a resolver");
    expect([await closed.getProviderKey("openai"), await closed.getKey("NOTHING")]).toEqual([null, null]);
    const resolving = new KeyManager(file, async (value) => `${value.slice(0, 5)}...`);
    expect(await resolving.getProviderKey("xai")).toBe("op://...");
    writeFileSync(join(home, ".master-key"), master.toString("hex"));
    expect(await new KeyManager(file).getProviderKey("anthropic")).toBe("plain");
  });

  it("are none where there is no file, and a clear error where it is broken", async () => {
    expect(await new KeyManager(join(home, "nothing.json")).getAllKeys()).toEqual([]);
    const broken = join(home, "broken.json");
    writeFileSync(broken, "{");
    await expect(new KeyManager(broken).getAllKeys()).rejects.toThrow(`Cannot read the keys in ${broken}`);
  });

  it("are found by the factories: the host's, the store's, the environment's", async () => {
    vi.stubEnv("HOME", home);
    vi.stubEnv("ZAI_API_KEY", "");
    vi.stubEnv("ANTHROPIC_OAUTH_TOKEN", "");
    vi.stubEnv("ANTHROPIC_API_KEY", "from-environment");
    expect((await createAnthropic()).id).toBe("anthropic");
    expect((await createZAI({ apiKey: "key" })).name).toBe("zai");
    await expect(createZAI()).rejects.toThrow(
      "No API key for provider: zai. Add one in the dashboard, or set ZAI_API_KEY.",
    );
  });
});
