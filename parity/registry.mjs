import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createRandom, seedOf } from "./random.mjs";
import { different } from "./skills.mjs";

/** The same `auth.json` and `models.json` and the same calls: keys, log-ins, models, and what is written. */

const KASE = { call: "registry", model: { api: "files" }, options: {} };

export async function registrySides() {
  const side = async (scope) => ({
    coding: await import(`${scope}/pi-coding-agent`),
    ai: await import(`${scope}/pi-ai`),
    oauth: await import(`${scope}/pi-ai/oauth`),
  });
  return { alpha: await side("@mariozechner"), beta: await side("argent-runtime") };
}

export async function compareSides({ seed, count, chosen, alpha, beta, report }) {
  const catalogue = sharedModels(alpha, beta);
  for (const [name, play] of [
    ["credentials", credentials],
    ["models", models],
  ]) {
    const section = report.section(name);
    for (let index = 0; index < count; index++) {
      if (chosen !== undefined && chosen !== `#${index}`) continue;
      const tags = new Set();
      const sides = [];
      for (const side of [alpha, beta]) {
        sides.push(
          await inFolder((root) =>
            play(createRandom(seedOf(seed, name, index)), side, root, { catalogue, tags }),
          ),
        );
      }
      section.add(`#${index}`, { ...KASE, tags }, different(name, ...sides), { alpha: {}, beta: {} });
    }
    section.close();
  }
  await togetherInOneFile(alpha, beta, report);
}

/** Pi and ours with one file: neither gets in while the other holds it, and of two refreshes there is one. */
async function togetherInOneFile(alpha, beta, report) {
  const section = report.section("one file");
  for (const [name, holder, other] of [
    ["Pi holds", alpha, beta],
    ["ours holds", beta, alpha],
  ]) {
    const seen = await inFolder(async (root) => {
      const file = join(root, "auth.json");
      put(file, '{"old": {"type": "api_key", "key": "k"}}');
      const waiting = other.coding.AuthStorage.create(file);
      const codes = await new holder.coding.FileAuthStorageBackend(file).withLockAsync(async (current) => {
        const held = existsSync(`${file}.lock`);
        waiting.set("new", { type: "api_key", key: "n" });
        const next = JSON.stringify({ ...JSON.parse(current), mine: 1 });
        return { result: [held, ...waiting.drainErrors().map(({ code }) => code)], next };
      });
      waiting.set("later", { type: "api_key", key: "l" });
      const stored = Object.keys(JSON.parse(readFileSync(file, "utf8"))).filter((key) => key !== "new");
      return [codes, stored, existsSync(`${file}.lock`)];
    });
    const wanted = [[true, "ELOCKED"], ["old", "mine", "later"], false];
    section.add(name, { ...KASE, tags: new Set() }, different("lock", wanted, seen), { alpha: {}, beta: {} });
  }
  const seen = await inFolder(async (root) => {
    const file = join(root, "auth.json");
    const log = [];
    put(file, '{"account": {"type": "oauth", "refresh": "r0", "access": "a", "expires": 5}}');
    for (const side of [alpha, beta]) account(side, log);
    const both = [alpha, beta].map((side) => side.coding.AuthStorage.create(file));
    const keys = await Promise.all(both.map((storage) => storage.getApiKey("account")));
    for (const side of [alpha, beta]) side.oauth.resetOAuthProviders();
    return [keys, log];
  });
  const wanted = [["key of fresh", "key of fresh"], [["refresh", "r0"]]];
  section.add("refresh", { ...KASE, tags: new Set() }, different("refresh", wanted, seen), {
    alpha: {},
    beta: {},
  });
  section.close();
}

/** The models that both catalogues have, by provider; ours is newer. */
function sharedModels(alpha, beta) {
  return new Set(
    alpha.ai.getProviders().flatMap((provider) => {
      const theirs = new Map(beta.ai.getModels(provider).map((model) => [model.id, JSON.stringify(model)]));
      const same = alpha.ai
        .getModels(provider)
        .filter((model) => theirs.get(model.id) === JSON.stringify(model));
      return same.map(({ id }) => `${provider}/${id}`);
    }),
  );
}

async function inFolder(act) {
  const root = mkdtempSync(join(tmpdir(), "parity-registry-"));
  const outer = { ...process.env };
  try {
    const seen = JSON.stringify(await act(root), spelt).replaceAll(root, "ROOT");
    return JSON.parse(seen);
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in outer)) delete process.env[name];
    Object.assign(process.env, outer);
    rmSync(root, { recursive: true });
  }
}

const spelt = (_, value) =>
  value === undefined ? "undefined" : typeof value === "function" ? "function" : value;

async function attempt(act) {
  try {
    return await act();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
}

const ENVIRONMENT = {
  ANTHROPIC_API_KEY: "env-anthropic",
  OPENAI_API_KEY: "env-openai",
  MY_KEY: "from MY_KEY",
};
const PROVIDERS = ["anthropic", "openai", "mine", "github-copilot", "account", "gone"];
const KEYS = ["sk-plain", "MY_KEY", "!printf key", "!printf ' spaced\\n'", "!exit 3", "!printf ''", ""];
const FAR = 4e12;

function credential(random) {
  return random.weighted([
    [4, () => ({ type: "api_key", key: random.pick(KEYS) })],
    [2, () => ({ type: "oauth", refresh: "r0", access: "a0", expires: FAR, own: { kept: true } })],
    [3, () => ({ type: "oauth", refresh: random.pick(["r0", "bad"]), access: "a0", expires: 5 })],
    [1, () => ({ type: "odd", more: 1 })],
  ]);
}

const authDocument = (random) =>
  Object.fromEntries(random.some(PROVIDERS, 0.4).map((provider) => [provider, credential(random)]));

function authText(random) {
  return random.weighted([
    [12, () => JSON.stringify(authDocument(random), null, random.pick([0, 2]))],
    [1, ""],
    [1, '{"anthropic": {'],
    [1, "not json sk-secret-in-the-text"],
  ]);
}

/** Someone to log in to, whose tokens count up. */
function account({ oauth }, log) {
  for (const id of ["anthropic", "github-copilot"]) {
    const refuse = async () => {
      throw new Error("refused");
    };
    oauth.registerOAuthProvider({
      id,
      name: id,
      login: refuse,
      refreshToken: refuse,
      getApiKey: ({ access }) => access,
    });
  }
  oauth.registerOAuthProvider({
    id: "account",
    name: "Account",
    login: async ({ onAuth }) => {
      onAuth({ url: "https://example.com" });
      return { refresh: "r1", access: "a1", expires: FAR };
    },
    refreshToken: async (credentials) => {
      log.push(["refresh", credentials.refresh]);
      if (credentials.refresh === "bad") throw new Error("refused");
      const { own: _, ...rest } = credentials;
      return { ...rest, refresh: `${credentials.refresh}+`, access: "fresh", expires: FAR };
    },
    getApiKey: ({ access }) => `key of ${access}`,
    modifyModels: (models) =>
      models.map((model) => (model.provider === "mine" ? { ...model, name: "modified" } : model)),
  });
}

async function credentials(random, side, root, { tags }) {
  const { AuthStorage, InMemoryAuthStorageBackend } = side.coding;
  const file = join(root, "agent", "auth.json");
  const seen = [];
  for (const name of random.some(Object.keys(ENVIRONMENT))) process.env[name] = ENVIRONMENT[name];
  account(side, seen);
  if (random.chance(0.8)) put(file, authText(random));
  const initial = authDocument(random);
  const storage = random.weighted([
    [8, () => AuthStorage.create(file)],
    [1, () => AuthStorage.inMemory(structuredClone(initial))],
    [1, () => AuthStorage.fromStorage(new InMemoryAuthStorageBackend())],
    [1, () => new AuthStorage("path")],
  ]);
  let broken = false;
  const look = async () => {
    seen.push(storage.list(), storage.getAll());
    for (const provider of PROVIDERS) {
      seen.push([
        provider,
        storage.get(provider),
        storage.has(provider),
        storage.hasAuth(provider),
        storage.getAuthStatus(provider),
        await attempt(() => storage.getApiKey(provider)),
        await attempt(() => storage.getApiKey(provider, { includeFallback: false })),
      ]);
    }
    const errors = storage.drainErrors();
    broken ||= errors.length > 0;
    // How often one complains is up to how often one tries.
    seen.push([...new Set(errors.map((error) => error.name))]);
    if (existsSync(file)) seen.push(readFileSync(file, "utf8"), (statSync(file).mode & 0o777).toString(8));
  };
  await look();
  const made = random.times(1, 6, () => step(random, file));
  for (const act of made) {
    seen.push(await attempt(() => act(storage)));
    await look();
  }
  if (broken) tags.add("broken");
  return seen;
}

function step(random, file) {
  const provider = random.pick(PROVIDERS);
  const value = credential(random);
  const text = authText(random);
  return random.weighted([
    [3, () => (storage) => storage.set(provider, value)],
    [2, () => (storage) => storage.remove(provider)],
    [1, () => (storage) => storage.logout(provider)],
    [2, () => (storage) => storage.login(provider, { onAuth: () => {}, onPrompt: async () => "" })],
    [1, () => (storage) => storage.setRuntimeApiKey(provider, "runtime")],
    [1, () => (storage) => storage.removeRuntimeApiKey(provider)],
    [1, () => (storage) => storage.setFallbackResolver((id) => (id === "mine" ? "fallback" : undefined))],
    [2, () => (storage) => storage.reload()],
    [2, () => () => put(file, text)],
  ]);
}

const COMPAT = [
  { supportsStore: true, openRouterRouting: { order: ["a"] } },
  { openRouterRouting: { only: ["b"], sort: { by: "price", partition: null } }, unknown: 5 },
  { vercelGatewayRouting: { only: ["c"] } },
  { supportsStore: "yes" },
  { maxTokensField: "bad" },
  {},
];
const maybe = (random, share, values) => (random.chance(share) ? random.pick(values) : undefined);

function definition(random) {
  return {
    id: random.pick(["m1", "m2", "claude-sonnet-4-5", ""]),
    name: maybe(random, 0.5, ["Mine", ""]),
    api: maybe(random, 0.4, ["openai-completions", "own-api"]),
    baseUrl: maybe(random, 0.2, ["http://model"]),
    reasoning: maybe(random, 0.4, [true, "yes"]),
    thinkingLevelMap: maybe(random, 0.2, [{ high: "max", low: null }, { high: 5 }]),
    input: maybe(random, 0.3, [["text", "image"], ["sound"]]),
    cost: maybe(random, 0.3, [{ input: 1, output: 2, cacheRead: 3, cacheWrite: 4 }, { input: 1 }]),
    contextWindow: maybe(random, 0.3, [1000, 0]),
    maxTokens: maybe(random, 0.3, [10, -1]),
    headers: maybe(random, 0.3, [{ "x-model": "MY_KEY" }, {}, { "x-cmd": "!exit 1" }]),
    compat: maybe(random, 0.3, COMPAT),
  };
}

function override(random) {
  return {
    name: maybe(random, 0.5, ["Renamed"]),
    reasoning: maybe(random, 0.3, [false]),
    thinkingLevelMap: maybe(random, 0.3, [{ high: "max" }]),
    input: maybe(random, 0.3, [["text"]]),
    cost: maybe(random, 0.5, [{ input: 9 }, { output: 8, cacheRead: 0, more: 1 }]),
    contextWindow: maybe(random, 0.3, [5]),
    headers: maybe(random, 0.3, [{ "x-over": "v" }]),
    compat: maybe(random, 0.4, COMPAT),
  };
}

function entry(random, ids) {
  return {
    name: maybe(random, 0.1, ["Shown"]),
    baseUrl: maybe(random, 0.8, ["http://own", "http://other", 5]),
    apiKey: maybe(random, 0.8, KEYS),
    api: maybe(random, 0.7, ["openai-completions", "own-api"]),
    headers: maybe(random, 0.3, [{ "x-own": "MY_KEY", "x-lit": "l" }, { "x-bad": 5 }]),
    compat: maybe(random, 0.3, COMPAT),
    authHeader: maybe(random, 0.3, [true, false]),
    models: random.chance(0.6) ? random.times(0, 2, () => definition(random)) : undefined,
    modelOverrides: random.chance(0.4)
      ? Object.fromEntries(random.times(0, 2, () => [random.pick(ids), override(random)]))
      : undefined,
  };
}

/** Faults are rarer than this makes them: one in several would leave nothing to see. */
function modelsText(random, ids) {
  const providers = Object.fromEntries(
    random.some(["anthropic", "openai", "mine", "account"], 0.4).map((name) => [name, entry(random, ids)]),
  );
  const json = JSON.stringify(
    random.chance(0.95) ? { providers, extra: 1 } : { provider: 5 },
    null,
    random.pick([0, 2]),
  );
  return random.weighted([
    [10, json],
    [3, () => json.replaceAll("}", ",}").replace("{", '{ // a "comment", with a quote\n')],
    [1, () => json.replace("{", "{ /* no */")],
    [1, () => json.slice(0, -1)],
    [1, ""],
    [1, "null"],
  ]);
}

function registered(random) {
  return {
    name: maybe(random, 0.3, ["Extension"]),
    baseUrl: maybe(random, 0.8, ["http://ext"]),
    apiKey: maybe(random, 0.8, KEYS),
    api: maybe(random, 0.8, ["ext-api"]),
    headers: maybe(random, 0.3, [{ "x-ext": "MY_KEY" }]),
    authHeader: maybe(random, 0.3, [true]),
    streamSimple: maybe(random, 0.3, [() => {}]),
    oauth: maybe(random, 0.3, [
      {
        name: "Extension log-in",
        login: async () => ({}),
        refreshToken: async (one) => one,
        getApiKey: () => "ext",
        modifyModels: (all) =>
          all.map((model) => (model.provider === "mine" ? { ...model, baseUrl: "http://login" } : model)),
      },
    ]),
    models: random.chance(0.6)
      ? random.times(0, 2, (index) => ({
          id: `ext${index}`,
          name: "Ext",
          reasoning: true,
          input: ["text"],
          cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
          contextWindow: 1,
          maxTokens: 1,
          api: maybe(random, 0.3, ["model-api"]),
          headers: maybe(random, 0.3, [{ "x-ext-model": "v" }]),
        }))
      : undefined,
  };
}

async function models(random, side, root, { catalogue }) {
  const { AuthStorage, ModelRegistry } = side.coding;
  const file = join(root, "agent", "models.json");
  const ids = ["m1", [...catalogue].find((id) => id.startsWith("anthropic/")).split("/")[1], "none"];
  const seen = [];
  for (const name of random.some(Object.keys(ENVIRONMENT))) process.env[name] = ENVIRONMENT[name];
  side.oauth.resetOAuthProviders();
  account(side, seen);
  if (random.chance(0.9)) put(file, modelsText(random, ids));
  const auth = AuthStorage.inMemory(authDocument(random));
  const registry = random.chance(0.9) ? ModelRegistry.create(auth, file) : ModelRegistry.inMemory(auth);
  const look = async () => {
    seen.push(registry.getError());
    const both = (model) => catalogue.has(`${model.provider}/${model.id}`) || !isBuiltIn(model);
    const all = registry.getAll().filter(both);
    const original = (model) => side.ai.getModel(model.provider, model.id) === model;
    // The catalogue's own objects are told by their names.
    seen.push(all.filter((model) => !original(model) && (model.provider !== "openai" || model.id === "m1")));
    seen.push(all.filter(original).length, registry.getAvailable().filter(both).length);
    for (const provider of ["anthropic", "openai", "mine", "account", "ext"]) {
      seen.push([
        registry.getProviderDisplayName(provider),
        registry.getProviderAuthStatus(provider),
        await attempt(() => registry.getApiKeyForProvider(provider)),
      ]);
      const own = all.filter((model) => model.provider === provider);
      for (const model of own.slice(0, 2).concat(own.slice(-2))) {
        seen.push([
          model.id,
          registry.find(provider, model.id) === model,
          registry.hasConfiguredAuth(model),
          registry.isUsingOAuth(model),
          await registry.getApiKeyAndHeaders(model),
        ]);
      }
    }
    seen.push(
      side.oauth.getOAuthProviders().map(({ id, name }) => [id, name]),
      side.ai.getApiProvider("ext-api") !== undefined,
    );
  };
  const isBuiltIn = (model) => side.ai.getModel(model.provider, model.id) !== undefined;
  await look();
  const steps = random.times(0, 4, () => {
    const name = random.pick(["mine", "ext", "anthropic"]);
    const config = registered(random);
    const text = modelsText(random, ids);
    return random.weighted([
      [4, () => () => registry.registerProvider(name, config)],
      [2, () => () => registry.unregisterProvider(name)],
      [1, () => () => registry.refresh()],
      [1, () => () => put(file, text)],
    ]);
  });
  for (const act of steps) {
    seen.push(await attempt(act));
    await look();
  }
  registry.unregisterProvider("mine");
  registry.unregisterProvider("ext");
  registry.unregisterProvider("anthropic");
  return seen;
}

function put(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
