// The agent of a session: how it asks the model, and where extensions come in.

import { Agent } from "../../pi-agent-core/agent.js";
import type { StreamFn, ThinkingLevel } from "../../pi-agent-core/types.js";
import { streamSimple } from "../../pi-ai/stream.js";
import type { Message } from "../../pi-ai/types.js";
import type { ExtensionRunner } from "../extensions/index.js";
import { convertToLlm } from "../llm-messages.js";
import type { ModelRegistry } from "../model-registry.js";
import type { SessionManager } from "../session-manager.js";
import type { SettingsManager } from "../settings-manager.js";
import type { AnyModel } from "./types.js";

/** Where the session puts its current runner, and how to wait until extensions have been told what has happened. */
export interface RunnerRef {
  current?: ExtensionRunner;
  settled?: () => Promise<unknown>;
}

/** What an agent is made of. */
export interface AgentParts {
  modelRegistry: ModelRegistry;
  settingsManager: SettingsManager;
  sessionManager: SessionManager;
  model: AnyModel | undefined;
  thinkingLevel: ThinkingLevel;
  runnerRef: RunnerRef;
}

/** An agent that gets its keys from the registry. */
export function createAgent(parts: AgentParts): Agent {
  const { settingsManager: settings, sessionManager, model, thinkingLevel, runnerRef } = parts;
  const agent = new Agent({
    initialState: { systemPrompt: "", thinkingLevel, tools: [] },
    convertToLlm: (messages) => {
      const converted: Message[] = convertToLlm(messages);
      return settings.getBlockImages() ? converted.map(withoutImages) : converted;
    },
    streamFn: createStreamFn(parts),
    onPayload: async (payload) => {
      const runner = runnerRef.current;
      if (!runner?.hasHandlers("before_provider_request")) return payload;
      return runner.emitBeforeProviderRequest(payload);
    },
    onResponse: async ({ status, headers }) => {
      const runner = runnerRef.current;
      if (!runner?.hasHandlers("after_provider_response")) return;
      await runner.emit({ type: "after_provider_response", status, headers });
    },
    transformContext: async (messages) => {
      const runner = runnerRef.current;
      // A message that an extension replaces is to be asked with as it is then.
      if (runner?.hasHandlers("message_end")) await runnerRef.settled?.();
      return runner?.emitContext(messages) ?? messages;
    },
    sessionId: sessionManager.getSessionId(),
    steeringMode: settings.getSteeringMode(),
    followUpMode: settings.getFollowUpMode(),
    transport: settings.getTransport(),
    thinkingBudgets: settings.getThinkingBudgets(),
    maxRetryDelayMs: settings.getProviderRetrySettings().maxRetryDelayMs,
  });
  if (model) agent.state.model = model;
  return agent;
}

/** Asks with the key and the limits that hold at the time. */
function createStreamFn({ modelRegistry, settingsManager }: AgentParts): StreamFn {
  return async (model, context, options) => {
    const auth = await modelRegistry.getApiKeyAndHeaders(model);
    if (!auth.ok) throw new Error(auth.error);
    const limits = settingsManager.getProviderRetrySettings();
    const telling = saysWhoAsks(settingsManager) ? attribution(model) : undefined;
    const isGiven = telling || auth.headers || options?.headers;
    return streamSimple(model, context, {
      ...options,
      apiKey: auth.apiKey,
      timeoutMs: options?.timeoutMs ?? limits.timeoutMs,
      maxRetries: options?.maxRetries ?? limits.maxRetries,
      maxRetryDelayMs: options?.maxRetryDelayMs ?? limits.maxRetryDelayMs,
      headers: isGiven ? { ...telling, ...auth.headers, ...options?.headers } : undefined,
    });
  };
}

function saysWhoAsks(settings: SettingsManager): boolean {
  const set = process.env.PI_TELEMETRY;
  return set === undefined
    ? settings.getEnableInstallTelemetry()
    : ["1", "true", "yes"].includes(set.toLowerCase());
}

/** Who asks, for providers that count by application; Pi's words, as its hosts are counted. */
function attribution({ provider, baseUrl }: AnyModel): Record<string, string> | undefined {
  if (provider === "openrouter" || baseUrl.includes("openrouter.ai")) {
    return {
      "HTTP-Referer": "https://pi.dev",
      "X-OpenRouter-Title": "pi",
      "X-OpenRouter-Categories": "cli-agent",
    };
  }
  const isCloudflare = ["cloudflare-workers-ai", "cloudflare-ai-gateway"].includes(provider);
  const hosts = ["api.cloudflare.com", "gateway.ai.cloudflare.com"];
  if (isCloudflare || hosts.some((host) => baseUrl.includes(host)))
    return { "User-Agent": "pi-coding-agent" };
  return undefined;
}

const NO_IMAGES = { type: "text" as const, text: "Image reading is disabled." };

/** A message that says once, where images were, that they are not shown. */
function withoutImages(message: Message): Message {
  if (message.role === "assistant" || !Array.isArray(message.content)) return message;
  if (!message.content.some(({ type }) => type === "image")) return message;
  const shown = message.content.map((block) => (block.type === "image" ? NO_IMAGES : block));
  const isNotice = (block: (typeof shown)[number] | undefined) =>
    block?.type === "text" && block.text === NO_IMAGES.text;
  const content = shown.filter((block, at) => !(isNotice(block) && isNotice(shown[at - 1])));
  return { ...message, content } as Message;
}
