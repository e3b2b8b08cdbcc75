// Makes a session of what a host gives, and of what the agent's folder holds where it gives nothing.

import { join } from "node:path";
import type { ThinkingLevel } from "../../pi-agent-core/types.js";
import { clampThinkingLevel } from "../../pi-ai/models.js";
import { AuthStorage } from "../auth-storage.js";
import type { LoadExtensionsResult, SessionStartEvent } from "../extensions/index.js";
import { ModelRegistry } from "../model-registry.js";
import { DefaultResourceLoader, type ResourceLoader } from "../resource-loader.js";
import type { SessionContext } from "../session-entries.js";
import { getAgentDir, getDefaultSessionDir } from "../session-files.js";
import { SessionManager } from "../session-manager.js";
import { SettingsManager } from "../settings-manager.js";
import type { ToolDef } from "../tools/sets.js";
import { createAgent, type RunnerRef } from "./agent-of-session.js";
import { AgentSession } from "./agent-session.js";
import { formatNoModelsAvailableMessage } from "./guidance.js";
import { findInitialModel } from "./initial-model.js";
import { DEFAULT_THINKING_LEVEL } from "./model-control.js";
import { DEFAULT_TOOLS } from "./tools.js";
import type { AgentSessionConfig, AnyModel, AnyTool, ScopedModel } from "./types.js";

/** What a session is made with. */
export interface CreateAgentSessionOptions {
  /** The project's folder: the session's unless set, else the process's. */
  cwd?: string;
  /** Where keys, models and settings are. */
  agentDir?: string;
  authStorage?: AuthStorage;
  modelRegistry?: ModelRegistry;
  /** The session's unless set, else the settings', else one that there is a key for. */
  model?: AnyModel;
  /** The session's unless set, else the settings'; always one that the model has. */
  thinkingLevel?: ThinkingLevel;
  scopedModels?: ScopedModel[];
  /** No tools at all, or none of those that are built in, to begin with. */
  noTools?: "all" | "builtin";
  /** The names of the only tools there are. */
  tools?: string[];
  customTools?: ToolDef[];
  resourceLoader?: ResourceLoader;
  sessionManager?: SessionManager;
  settingsManager?: SettingsManager;
  sessionStartEvent?: SessionStartEvent;
}

/** A session, and what came up while it was made. */
export interface CreateAgentSessionResult {
  session: AgentSession;
  extensionsResult: LoadExtensionsResult;
  /** Why it is not the model that the session had, or why there is none. */
  modelFallbackMessage?: string | undefined;
}

/** What every session stands on. */
interface Parts {
  cwd: string;
  modelRegistry: ModelRegistry;
  settingsManager: SettingsManager;
  sessionManager: SessionManager;
  resourceLoader: ResourceLoader;
}

/** Makes a session, new or of what its manager has read. */
export async function createAgentSession(
  options: CreateAgentSessionOptions = {},
): Promise<CreateAgentSessionResult> {
  return await createSession(options, AgentSession);
}

/** As `createAgentSession`, for a class of sessions that does more, and with tools instead of those that are built in. */
export async function createSession<T extends AgentSession>(
  options: CreateAgentSessionOptions,
  Session: new (config: AgentSessionConfig) => T,
  baseToolsOverride?: Record<string, AnyTool>,
): Promise<CreateAgentSessionResult & { session: T }> {
  const parts = await partsOf(options);
  const { cwd, modelRegistry, settingsManager, sessionManager, resourceLoader } = parts;
  const before = sessionManager.buildSessionContext();
  const isContinued = before.messages.length > 0;
  const hasLevel = sessionManager.getBranch().some(({ type }) => type === "thinking_level_change");
  const { model, modelFallbackMessage } = await chooseModel(parts, options.model, before);
  const wanted = settingsManager.getDefaultThinkingLevel() ?? DEFAULT_THINKING_LEVEL;
  const restored = isContinued && hasLevel ? (before.thinkingLevel as ThinkingLevel) : wanted;
  const level = options.thinkingLevel ?? restored;
  const thinkingLevel = model ? (clampThinkingLevel(model, level) as ThinkingLevel) : "off";
  const runnerRef: RunnerRef = {};
  const agent = createAgent({ ...parts, model, thinkingLevel, runnerRef });
  if (isContinued) agent.state.messages = before.messages;
  else if (model) sessionManager.appendModelChange(model.provider, model.id);
  if (!isContinued || !hasLevel) sessionManager.appendThinkingLevelChange(thinkingLevel);
  const { tools, noTools, scopedModels, customTools, sessionStartEvent } = options;
  const session = new Session({
    agent,
    sessionManager,
    settingsManager,
    cwd,
    resourceLoader,
    modelRegistry,
    initialActiveToolNames: tools ? [...tools] : noTools ? [] : DEFAULT_TOOLS,
    extensionRunnerRef: runnerRef,
    ...given({ allowedToolNames: tools ?? (noTools === "all" ? [] : undefined) }),
    ...given({ scopedModels, customTools, sessionStartEvent, baseToolsOverride }),
  });
  runnerRef.settled = () => session.settled();
  return { session, extensionsResult: resourceLoader.getExtensions(), modelFallbackMessage };
}

async function partsOf(options: CreateAgentSessionOptions): Promise<Parts> {
  const cwd = options.cwd ?? options.sessionManager?.getCwd() ?? process.cwd();
  const agentDir = options.agentDir ?? getAgentDir();
  const file = (name: string) => (options.agentDir ? join(agentDir, name) : undefined);
  const authStorage = options.authStorage ?? AuthStorage.create(file("auth.json"));
  const modelRegistry = options.modelRegistry ?? ModelRegistry.create(authStorage, file("models.json"));
  const settingsManager = options.settingsManager ?? SettingsManager.create(cwd, agentDir);
  const sessionManager =
    options.sessionManager ?? SessionManager.create(cwd, getDefaultSessionDir(cwd, agentDir));
  let { resourceLoader } = options;
  if (!resourceLoader) {
    resourceLoader = new DefaultResourceLoader({ cwd, agentDir, settingsManager });
    await resourceLoader.reload();
  }
  return { cwd, modelRegistry, settingsManager, sessionManager, resourceLoader };
}

async function chooseModel(
  { modelRegistry, settingsManager }: Parts,
  wanted: AnyModel | undefined,
  before: SessionContext,
): Promise<{ model: AnyModel | undefined; modelFallbackMessage?: string | undefined }> {
  if (wanted) return { model: wanted };
  const had = before.messages.length > 0 ? before.model : null;
  const restored = had ? modelRegistry.find(had.provider, had.modelId) : undefined;
  if (restored && modelRegistry.hasConfiguredAuth(restored)) return { model: restored };
  const model = await findInitialModel(modelRegistry, settingsManager);
  if (!model) return { model, modelFallbackMessage: formatNoModelsAvailableMessage() };
  if (!had) return { model };
  const lost = `Could not restore model ${had.provider}/${had.modelId}`;
  return { model, modelFallbackMessage: `${lost}. Using ${model.provider}/${model.id}` };
}

/** Without the fields that are not set. */
function given<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
