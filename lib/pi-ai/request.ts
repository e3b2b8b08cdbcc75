// What a turn is made of, as JSON for the native side: only what requests need of the host's objects, which may carry
// anything else, and what the environment says at the time of the call.

import { getEnvApiKey } from "./env-api-keys.js";
import { rememberSecrets } from "./secrets.js";
import type { Api, Context, Message, Model, Price, StreamOptions } from "./types.js";

/** What is asked of one turn. */
export interface Asked {
  model: Model<Api>;
  context: Context;
  options: (StreamOptions & Record<string, unknown>) | undefined;
  /** Whether the options are those of `streamSimple`. */
  simple: boolean;
  apiKey: string;
  /** Whether the host's own client sends the request. */
  client: boolean;
  /** A request for one of Argent's providers, in place of model and context. */
  request?: object;
}

const SHARED_OPTIONS = [
  "temperature",
  "maxTokens",
  "cacheRetention",
  "sessionId",
  "timeoutMs",
  "maxRetries",
  "maxRetryDelayMs",
  "firstEventTimeoutMs",
  "idleTimeoutMs",
  "metadata",
  "toolChoice",
] as const;
const SIMPLE_OPTIONS = ["reasoning", "thinkingBudgets"] as const;
const FULL_OPTIONS = [
  "thinkingEnabled",
  "thinkingBudgetTokens",
  "thinkingDisplay",
  "effort",
  "interleavedThinking",
  "reasoningEffort",
] as const;

const ENVIRONMENT = [
  "PI_CACHE_RETENTION",
  "OPENAI_API_KEY",
  "OPENAI_ORG_ID",
  "OPENAI_PROJECT_ID",
  "ANTHROPIC_AUTH_TOKEN",
] as const;

/** What a protocol reads of the host besides what all do. */
export interface Reads {
  options?: readonly string[];
  environment?: readonly string[];
  /** What its clients report of the host's platform, header name to value, where it is not the usual. */
  platform?: () => Record<string, string>;
}

/** The turn as JSON. */
export function turnText(asked: Asked, reads: Reads = {}): string {
  return JSON.stringify({
    ...(asked.request ?? { model: modelPart(asked.model), ...contextPart(asked.context) }),
    options: optionsPart(asked, reads.options ?? []),
    env: environment(asked.model.baseUrl, reads.environment ?? []),
    platform: reads.platform?.() ?? platform(),
  });
}

function contextPart({ systemPrompt, messages, tools }: Context): object {
  return {
    systemPrompt,
    messages: messages.map(messagePart),
    tools: tools?.map(({ name, description, parameters }) => ({ name, description, parameters })),
  };
}

/** What a request needs of a model. */
export function modelPart(model: Model<Api>): object {
  const { id, name, api, provider, baseUrl, reasoning, thinkingLevelMap, input, headers, compat } = model;
  const cost: Partial<Model<Api>["cost"]> = model.cost ?? {};
  return {
    id,
    name: name ?? undefined,
    api,
    provider,
    baseUrl,
    reasoning: Boolean(reasoning),
    thinkingLevelMap: thinkingLevelMap ?? undefined,
    input: input ?? [],
    cost: {
      ...pricePart(cost),
      tiers: (Array.isArray(cost.tiers) ? cost.tiers : []).map((tier) => ({
        ...pricePart(tier),
        inputTokensAbove: tier.inputTokensAbove,
      })),
    },
    contextWindow: number(model.contextWindow),
    maxTokens: number(model.maxTokens),
    headers: headerPart(headers),
    compat: compat ?? undefined,
  };
}

function pricePart(price: Partial<Price>): Price {
  const { input, output, cacheRead, cacheWrite, cacheWrite1h } = price;
  return {
    input: number(input),
    output: number(output),
    cacheRead: number(cacheRead),
    cacheWrite: number(cacheWrite),
    cacheWrite1h,
  };
}

function number(value: unknown): number {
  return Number.isFinite(value) ? (value as number) : 0;
}

/** A message without what only the host needs of it, such as a tool result's `details`. */
export function messagePart(message: Message, index: number): object {
  const { role } = message;
  if (message.content === undefined || message.content === null) {
    throw new TypeError(`messages[${index}] (${role}) has no content`);
  }
  const content =
    typeof message.content === "string" ? { text: message.content } : { content: message.content };
  if (message.role === "assistant") {
    const { api, provider, model, stopReason } = message;
    return { role, ...content, api, provider, model, stopReason };
  }
  if (message.role === "toolResult") {
    const { toolCallId, toolName, isError } = message;
    return { role, ...content, toolCallId, toolName, isError };
  }
  return { role, ...content };
}

function optionsPart({ options, simple, apiKey, client }: Asked, own: readonly string[]): object {
  rememberSecrets(apiKey);
  const part: Record<string, unknown> = { simple, client, apiKey, headers: headerPart(options?.headers) };
  const names = [...SHARED_OPTIONS, ...(simple ? SIMPLE_OPTIONS : FULL_OPTIONS)];
  for (const name of names) part[name] = options?.[name];
  part.maxTokens = wholeNumber(options?.maxTokens);
  if (own.length > 0) part.own = Object.fromEntries(own.map((name) => [name, options?.[name]]));
  return part;
}

/** A limit as hosts write it: a number that is none counts as 0, which stands for the protocol's own default. */
function wholeNumber(value: unknown): unknown {
  const count = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return Number.isNaN(count) ? 0 : count;
}

/** Header values as strings; `null` takes a header away. Whatever is not a plain record has none. */
function headerPart(headers: unknown): Record<string, string | null> {
  const part: Record<string, string | null> = {};
  if (typeof headers !== "object") return part;
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value !== undefined) part[name] = value === null ? null : String(value);
  }
  return part;
}

function environment(baseUrl: string, own: readonly string[]): Record<string, string> {
  const names: string[] = [...ENVIRONMENT, ...own];
  for (const [, name] of String(baseUrl).matchAll(/\{([A-Z_][A-Z0-9_]*)\}/g)) names.push(name as string);
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = process.env[name];
    if (value) found[name] = value;
  }
  return found;
}

const OS_NAMES: Record<string, string | undefined> = {
  android: "Android",
  darwin: "MacOS",
  freebsd: "FreeBSD",
  ios: "iOS",
  linux: "Linux",
  openbsd: "OpenBSD",
  win32: "Windows",
};

function platform(): Record<string, string> {
  return {
    "x-stainless-os": OS_NAMES[process.platform] ?? `Other:${process.platform}`,
    "x-stainless-arch": process.arch,
    "x-stainless-runtime": "node",
    "x-stainless-runtime-version": process.version,
  };
}

/** The host's proxies and certificates, read at every call: hosts change them while they run. */
export function networkText(): string {
  const read = (name: string) => process.env[name.toLowerCase()] || process.env[name] || "";
  return JSON.stringify({
    httpProxy: read("HTTP_PROXY"),
    httpsProxy: read("HTTPS_PROXY"),
    allProxy: read("ALL_PROXY"),
    noProxy: read("NO_PROXY"),
    caFiles: ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"].flatMap((name) => process.env[name] || []),
  });
}

/**
 * The key for a model: the host's, else the environment's.
 * @throws Error when there is none.
 */
export function requireApiKey(model: Model<Api>, options: StreamOptions | undefined): string {
  const key = options?.apiKey || getEnvApiKey(model.provider);
  if (!key) throw new Error(`No API key for provider: ${model.provider}`);
  return key;
}
