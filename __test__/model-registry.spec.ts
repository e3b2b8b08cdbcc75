// The models of a user: how hosts get at them, and what is not told.

import { createCipheriv } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { getModel } from "argent-runtime/pi-ai";
import { AuthStorage, ModelRegistry } from "argent-runtime/pi-coding-agent";
import { afterEach, beforeEach, expect, it } from "vitest";

let dir: string;
let file: string;
const { HOME } = process.env;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "models-"));
  file = join(dir, "models.json");
  process.env.HOME = dir;
});
afterEach(() => {
  process.env.HOME = HOME;
  rmSync(dir, { recursive: true });
});

const write = (text: string) => writeFileSync(file, text);

it("can be constructed as hosts do, with paths", () => {
  // The constructors are private in TypeScript alone.
  const [Storage, Registry] = [AuthStorage, ModelRegistry] as unknown as [
    new (path: string) => AuthStorage,
    new (storage: AuthStorage, path: string) => ModelRegistry,
  ];
  const storage = new Storage(join(dir, "auth.json"));
  expect(storage.drainErrors().map(String)).toEqual(["TypeError: this.storage.withLock is not a function"]);
  const registry = new Registry(storage, file);
  expect(registry.find("anthropic", "claude-sonnet-4-5")).toBe(getModel("anthropic", "claude-sonnet-4-5"));
});

it("asks what hosts have put on the prototype", () => {
  const { getAll } = ModelRegistry.prototype;
  const registry = ModelRegistry.inMemory(AuthStorage.inMemory());
  ModelRegistry.prototype.getAll = function () {
    return getAll.call(this).slice(0, 1);
  };
  try {
    expect(registry.getAll()).toHaveLength(1);
  } finally {
    ModelRegistry.prototype.getAll = getAll;
  }
});

it("says where a file is wrong, and does not quote its keys", () => {
  write('{"providers": {"mine": {"apiKey": sk-very-secret}}}');
  const registry = ModelRegistry.create(AuthStorage.inMemory(), file);
  expect(registry.getError()).toMatch(/^Failed to parse models\.json: [\s\S]*\n\nFile: /);
  expect(registry.getError()).not.toContain("secret");
  expect(registry.getAll().length).toBeGreaterThan(900);
});

it("opens keys that the dashboard has encrypted, and sends no other form of them", async () => {
  expect(homedir()).toBe(dir);
  const master = Buffer.alloc(32, 7);
  const cipher = createCipheriv("aes-256-gcm", master, Buffer.alloc(12, 1));
  const text = cipher.update("sk-opened", "utf8", "hex") + cipher.final("hex");
  const apiKey = `enc:v1:${Buffer.alloc(12, 1).toString("hex")}:${cipher.getAuthTag().toString("hex")}:${text}`;
  const mine = { baseUrl: "http://mine", api: "openai-completions", apiKey, models: [{ id: "m" }] };
  write(JSON.stringify({ providers: { mine } }));
  const registry = ModelRegistry.create(AuthStorage.inMemory(), file);
  const model = registry.getAll().at(-1) as Parameters<typeof registry.getApiKeyAndHeaders>[0];
  const closed = await registry.getApiKeyAndHeaders(model);
  expect(closed).toEqual({ ok: false, error: 'Failed to resolve API key for provider "mine"' });

  mkdirSync(join(dir, ".argentos"));
  writeFileSync(join(dir, ".argentos", ".master-key"), master.toString("hex"));
  expect(await registry.getApiKeyAndHeaders(model)).toEqual({
    ok: true,
    apiKey: "sk-opened",
    headers: undefined,
  });
});

it("does not change what an extension has registered", () => {
  const registry = ModelRegistry.inMemory(AuthStorage.inMemory());
  const config = { baseUrl: "http://one" };
  registry.registerProvider("anthropic", config);
  registry.registerProvider("anthropic", { baseUrl: "http://two" });
  registry.refresh();
  expect(registry.find("anthropic", "claude-sonnet-4-5")?.baseUrl).toBe("http://two");
  expect(config).toEqual({ baseUrl: "http://one" });
  registry.unregisterProvider("anthropic");
  expect(registry.find("anthropic", "claude-sonnet-4-5")).toBe(getModel("anthropic", "claude-sonnet-4-5"));
});
