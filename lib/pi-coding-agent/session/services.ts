// What sessions of one folder share: keys, models, settings and resources.

import { join } from "node:path";
import type { ThinkingLevel } from "../../pi-agent-core/types.js";
import { AuthStorage } from "../auth-storage.js";
import type { SessionStartEvent } from "../extensions/index.js";
import { ModelRegistry } from "../model-registry.js";
import {
  DefaultResourceLoader,
  type DefaultResourceLoaderOptions,
  type ResourceLoader,
} from "../resource-loader.js";
import { getAgentDir } from "../session-files.js";
import type { SessionManager } from "../session-manager.js";
import { SettingsManager } from "../settings-manager.js";
import type { ToolDef } from "../tools/sets.js";
import {
  type CreateAgentSessionOptions,
  type CreateAgentSessionResult,
  createAgentSession,
} from "./create.js";
import { saying } from "./transcript.js";
import type { AnyModel, ScopedModel } from "./types.js";

/** What came up while services were made. */
export interface AgentSessionRuntimeDiagnostic {
  type: "info" | "warning" | "error";
  message: string;
}

/** What services are made with; what is not given is made from the agent's folder. */
export interface CreateAgentSessionServicesOptions {
  cwd: string;
  agentDir?: string;
  authStorage?: AuthStorage;
  settingsManager?: SettingsManager;
  modelRegistry?: ModelRegistry;
  /** Values for flags that extensions have declared. */
  extensionFlagValues?: Map<string, boolean | string>;
  resourceLoaderOptions?: Omit<DefaultResourceLoaderOptions, "cwd" | "agentDir" | "settingsManager">;
}

/** What sessions of one folder share. */
export interface AgentSessionServices {
  cwd: string;
  agentDir: string;
  authStorage: AuthStorage;
  settingsManager: SettingsManager;
  modelRegistry: ModelRegistry;
  resourceLoader: ResourceLoader;
  diagnostics: AgentSessionRuntimeDiagnostic[];
}

/** What a session is made with, besides services. */
export interface CreateAgentSessionFromServicesOptions {
  services: AgentSessionServices;
  sessionManager: SessionManager;
  sessionStartEvent?: SessionStartEvent;
  model?: AnyModel;
  thinkingLevel?: ThinkingLevel;
  scopedModels?: ScopedModel[];
  tools?: string[];
  noTools?: CreateAgentSessionOptions["noTools"];
  customTools?: ToolDef[];
}

/** Makes services; loads extensions, but no session. */
export async function createAgentSessionServices(
  options: CreateAgentSessionServicesOptions,
): Promise<AgentSessionServices> {
  const { cwd, agentDir = getAgentDir() } = options;
  const authStorage = options.authStorage ?? AuthStorage.create(join(agentDir, "auth.json"));
  const settingsManager = options.settingsManager ?? SettingsManager.create(cwd, agentDir);
  const modelRegistry =
    options.modelRegistry ?? ModelRegistry.create(authStorage, join(agentDir, "models.json"));
  const places = { cwd, agentDir, settingsManager };
  const resourceLoader = new DefaultResourceLoader({ ...options.resourceLoaderOptions, ...places });
  await resourceLoader.reload();
  const diagnostics = [
    ...registerProviders(resourceLoader, modelRegistry),
    ...setFlags(resourceLoader, options.extensionFlagValues ?? new Map()),
  ];
  return { cwd, agentDir, authStorage, settingsManager, modelRegistry, resourceLoader, diagnostics };
}

function errorOf(message: string): AgentSessionRuntimeDiagnostic {
  return { type: "error", message };
}

/** Registers what extensions have asked for while they were loaded. */
function registerProviders(loader: ResourceLoader, registry: ModelRegistry): AgentSessionRuntimeDiagnostic[] {
  const { runtime } = loader.getExtensions();
  const diagnostics: AgentSessionRuntimeDiagnostic[] = [];
  for (const { name, config, extensionPath } of runtime.pendingProviderRegistrations) {
    try {
      registry.registerProvider(name, config);
    } catch (error) {
      diagnostics.push(errorOf(`Extension "${extensionPath}" error: ${saying(error)}`));
    }
  }
  runtime.pendingProviderRegistrations = [];
  return diagnostics;
}

function setFlags(
  loader: ResourceLoader,
  values: Map<string, boolean | string>,
): AgentSessionRuntimeDiagnostic[] {
  const { extensions, runtime } = loader.getExtensions();
  const flags = new Map<string, { type: "boolean" | "string" }>();
  for (const extension of extensions) {
    for (const [name, flag] of extension.flags) flags.set(name, flag);
  }
  const diagnostics: AgentSessionRuntimeDiagnostic[] = [];
  const unknown: string[] = [];
  for (const [name, value] of values) {
    const flag = flags.get(name);
    if (!flag) unknown.push(`--${name}`);
    else if (flag.type === "boolean") runtime.flagValues.set(name, true);
    else if (typeof value === "string") runtime.flagValues.set(name, value);
    else diagnostics.push(errorOf(`Extension flag "--${name}" requires a value`));
  }
  const s = unknown.length === 1 ? "" : "s";
  if (unknown.length > 0) diagnostics.push(errorOf(`Unknown option${s}: ${unknown.join(", ")}`));
  return diagnostics;
}

/** Makes a session with services. */
export function createAgentSessionFromServices(
  options: CreateAgentSessionFromServicesOptions,
): Promise<CreateAgentSessionResult> {
  const { services, ...rest } = options;
  const { diagnostics: _, ...shared } = services;
  return createAgentSession({ ...rest, ...shared });
}
