import { getModels, getProviders } from "@mariozechner/pi-ai";
import { WIRES } from "./wires/index.mjs";

/** Models of each protocol, from Pi's catalogue and made up, pointed at the loopback server. */

const APIS = [...WIRES.keys()];
const CATALOGUE = new Map(
  APIS.map((api) => [
    api,
    getProviders()
      .map((provider) => getModels(provider).filter((model) => model.api === api))
      .filter((models) => models.length > 0),
  ]),
);

// Pi looks for these inside the base URL, wherever they stand.
const HOSTS = [
  "api.z.ai",
  "api.moonshot.ai",
  "api.cloudflare.com",
  "gateway.ai.cloudflare.com",
  "cerebras.ai",
  "api.x.ai",
  "chutes.ai",
  "api.deepseek.com",
  "opencode.ai",
  "openrouter.ai",
  "api.openai.com",
  "ai-gateway.vercel.sh",
];
const LEVELS = ["off", "minimal", "low", "medium", "high", "xhigh"];

export const cloudflare = { CLOUDFLARE_ACCOUNT_ID: "account-1", CLOUDFLARE_GATEWAY_ID: "gateway-1" };

/** A fresh model of a random provider: every provider of the catalogue is equally likely. */
export function model(random, base, api = random.pick(APIS)) {
  const found = structuredClone(random.pick(random.pick(CATALOGUE.get(api))));
  const { pathname } = new URL(found.baseUrl || "https://azure.invalid/openai/v1");
  found.baseUrl = `${base}${decodeURI(pathname).replace(/\/$/, "")}`;
  if (random.chance(0.3)) found.baseUrl = `${base}/${random.pick(HOSTS)}/v1`;
  if (random.chance(0.25)) custom(random, found);
  if (random.chance(0.05)) found.baseUrl += "/";
  if (random.chance(0.03)) found.baseUrl += "?api-version=2";
  return found;
}

/** The plainest model, for cases that are about something else. */
export function simpleModel(base, api) {
  const wire = WIRES.get(api);
  return {
    id: "test-model",
    name: "Test",
    api,
    provider: wire.provider,
    baseUrl: wire.base(base),
    reasoning: true,
    input: ["text", "image"],
    cost: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
    contextWindow: 200_000,
    maxTokens: 64_000,
  };
}

function custom(random, found) {
  found.provider = random.pick([found.provider, "my-proxy", "openai", "openrouter", "anthropic"]);
  found.id = random.pick([
    found.id,
    "llama",
    "anthropic/claude-sonnet-4.6",
    "claude-opus-4-7-x",
    "claude-haiku-4-5",
  ]);
  found.reasoning = random.chance(0.7);
  found.input = random.pick([["text"], ["text", "image"], found.input]);
  found.maxTokens = random.pick([found.maxTokens, 0, 1, 1000, 4096.5, 100_000]);
  if (random.chance(0.5)) found.headers = { "X-Model": "custom", "user-agent": "m/1" };
  if (random.chance(0.5)) {
    found.thinkingLevelMap = Object.fromEntries(
      random.some(LEVELS).map((level) => [level, random.pick([null, level, "max", "none", ""])]),
    );
  }
  if (random.chance(0.7)) found.compat = compat(random, found.api);
  if (random.chance(0.2)) found[Symbol.for("host.transport")] = { timeoutMs: 5 };
}

function compat(random, api) {
  const fields = WIRES.get(api).compat(random);
  return Object.fromEntries(random.some(Object.keys(fields), 0.4).map((key) => [key, fields[key]()]));
}
