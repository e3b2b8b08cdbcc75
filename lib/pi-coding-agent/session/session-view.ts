// What hosts read of a session: its parts, and what they say.

import type { Agent } from "../../pi-agent-core/agent.js";
import type { AgentMessage } from "../../pi-agent-core/messages.js";
import type { AgentState, QueueMode, ThinkingLevel } from "../../pi-agent-core/types.js";
import type { ModelRegistry } from "../model-registry.js";
import type { PromptTemplate } from "../prompt-templates.js";
import type { ResourceLoader } from "../resource-loader.js";
import type { SessionManager } from "../session-manager.js";
import type { SettingsManager } from "../settings-manager.js";
import { levelsOf } from "./model-control.js";
import type { AgentSessionConfig, AnyModel } from "./types.js";

/** The parts of a session, and what can be read of them. */
export class SessionView {
  readonly agent: Agent;
  readonly sessionManager: SessionManager;
  readonly settingsManager: SettingsManager;
  private readonly _resourceLoader: ResourceLoader;
  private readonly _modelRegistry: ModelRegistry;
  /** The project's folder. */
  readonly cwd: string;

  constructor(parts: AgentSessionConfig) {
    this.agent = parts.agent;
    this.sessionManager = parts.sessionManager;
    this.settingsManager = parts.settingsManager;
    this._resourceLoader = parts.resourceLoader;
    this._modelRegistry = parts.modelRegistry;
    this.cwd = parts.cwd;
  }

  get resourceLoader(): ResourceLoader {
    return this._resourceLoader;
  }

  get modelRegistry(): ModelRegistry {
    return this._modelRegistry;
  }

  get state(): AgentState {
    return this.agent.state;
  }

  get model(): AnyModel | undefined {
    return this.agent.state.model;
  }

  get thinkingLevel(): ThinkingLevel {
    return this.agent.state.thinkingLevel;
  }

  get isStreaming(): boolean {
    return this.agent.state.isStreaming;
  }

  /** The system prompt of the current or last run. */
  get systemPrompt(): string {
    return this.agent.state.systemPrompt;
  }

  /** The live transcript, with what models do not see. */
  get messages(): AgentMessage[] {
    return this.agent.state.messages;
  }

  get steeringMode(): QueueMode {
    return this.agent.steeringMode;
  }

  get followUpMode(): QueueMode {
    return this.agent.followUpMode;
  }

  get sessionFile(): string | undefined {
    return this.sessionManager.getSessionFile();
  }

  get sessionId(): string {
    return this.sessionManager.getSessionId();
  }

  get sessionName(): string | undefined {
    return this.sessionManager.getSessionName();
  }

  get promptTemplates(): readonly PromptTemplate[] {
    return this.resourceLoader.getPrompts().prompts;
  }

  get autoCompactionEnabled(): boolean {
    return this.settingsManager.getCompactionEnabled();
  }

  get autoRetryEnabled(): boolean {
    return this.settingsManager.getRetryEnabled();
  }

  getActiveToolNames(): string[] {
    return this.agent.state.tools.map(({ name }) => name);
  }

  getAvailableThinkingLevels(): ThinkingLevel[] {
    return levelsOf(this.model);
  }

  supportsThinking(): boolean {
    return !!this.model?.reasoning;
  }
}
