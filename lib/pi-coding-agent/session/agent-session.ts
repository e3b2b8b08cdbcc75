// A session: an agent, the file that keeps its conversation, and what acts between them. Hosts patch its methods, its
// agent and its session manager, so whatever is done goes through those objects as they are at the time.

import type { QueueMode, ThinkingLevel } from "../../pi-agent-core/types.js";
import { resetApiProviders } from "../../pi-ai/register-builtins.js";
import { cleanupSessionResources } from "../../pi-ai/session-resources.js";
import type { ImageContent, TextContent } from "../../pi-ai/types.js";
import type { BashResult } from "../bash-executor.js";
import type { CompactionResult } from "../compaction/index.js";
import {
  type ContextUsage,
  ExtensionRunner,
  emitSessionShutdownEvent,
  type ReplacedSessionContext,
  type ToolInfo,
} from "../extensions/index.js";
import type { CustomMessage } from "../messages.js";
import { type BuildSystemPromptOptions, buildSystemPrompt } from "../system-prompt.js";
import type { ToolDef } from "../tools/sets.js";
import { type Auth, requireAuth } from "./auth.js";
import { Compactions } from "./auto-compaction.js";
import { SessionBash } from "./bash.js";
import {
  type CustomDelivery,
  type CustomParts,
  sendCustomMessage,
  sendUserMessage,
} from "./custom-messages.js";
import { EventRelay } from "./event-relay.js";
import { expandText, refuseCommand } from "./expansion.js";
import { exportSessionToHtml } from "./export-html.js";
import { exportBranchToJsonl } from "./export-jsonl.js";
import { ExtensionHost, replacedContext } from "./extension-host.js";
import {
  discoverResources,
  type ExtensionPath,
  type ResourcePath,
  resourcePath,
  sourceLabel,
} from "./extension-resources.js";
import { cycleModel, cycleThinkingLevel, setModel, setThinkingLevel } from "./model-control.js";
import { PendingTexts } from "./pending-texts.js";
import { prompt, userMessage } from "./prompting.js";
import { AutoRetry } from "./retry.js";
import { SessionView } from "./session-view.js";
import { getContextUsage, getSessionStats, getUserMessagesForForking } from "./stats.js";
import { installToolHooks } from "./tool-hooks.js";
import { promptOptions, SessionTools } from "./tools.js";
import { lastAnswerText } from "./transcript.js";
import { navigateTree } from "./tree-navigation.js";
import type {
  AgentSessionConfig,
  AgentSessionEvent,
  AgentSessionEventListener,
  AnyModel,
  ExecuteBashOptions,
  ExtensionBindings,
  ModelCycleResult,
  NavigateOptions,
  NavigateResult,
  PromptOptions,
  ScopedModel,
  SessionStats,
} from "./types.js";

const STALE =
  "This extension ctx is stale after session replacement or reload. Do not use a captured pi or command ctx after ctx.newSession(), ctx.fork(), ctx.switchSession(), or ctx.reload(). For newSession, fork, and switchSession, move post-replacement work into withSession and use the ctx passed to withSession. For reload, do not use the old ctx after await ctx.reload().";

/** A conversation with an agent, kept in a file. */
export class AgentSession extends SessionView {
  /** @internal */ readonly pendingTexts = new PendingTexts();
  /** @internal */ readonly retries = new AutoRetry(this);
  /** @internal */ readonly compactions = new Compactions(this);
  /** @internal */ readonly bash = new SessionBash(this);
  /** @internal */ readonly tools: SessionTools;
  /** @internal What the system prompt was last made of. */
  systemPromptOptions!: BuildSystemPromptOptions;
  /** The system prompt of every run that no extension gives another. Hosts write it. */
  _baseSystemPrompt = "";
  private _extensionRunner!: ExtensionRunner;
  private _scopedModels: readonly ScopedModel[];
  private _listeners: AgentSessionEventListener[] = [];
  private _unsubscribe: (() => void) | undefined;
  private _nextTurnMessages: CustomMessage[] = [];
  private _branchSummary: AbortController | undefined;
  private readonly _relay = new EventRelay(this);
  private readonly _extensions = new ExtensionHost(this);

  constructor(private readonly config: AgentSessionConfig) {
    super(config);
    this._scopedModels = config.scopedModels ?? [];
    const allowed = config.allowedToolNames && new Set(config.allowedToolNames);
    this.tools = new SessionTools(this, {
      custom: config.customTools ?? [],
      allowed,
      base: config.baseToolsOverride,
    });
    this.resume();
    installToolHooks(this, () => this._relay.done);
    this.build(config.initialActiveToolNames ?? this.tools.defaults);
  }

  get extensionRunner(): ExtensionRunner {
    return this._extensionRunner;
  }

  get scopedModels(): readonly ScopedModel[] {
    return this._scopedModels;
  }

  get isCompacting(): boolean {
    return this.compactions.isRunning || this._branchSummary !== undefined;
  }

  get isRetrying(): boolean {
    return this.retries.isRetrying;
  }

  /** How many times the current request has been made again. */
  get retryAttempt(): number {
    return this.retries.attempt;
  }

  get isBashRunning(): boolean {
    return this.bash.isRunning;
  }

  get hasPendingBashMessages(): boolean {
    return this.bash.hasPending;
  }

  /** How many texts wait in both queues. */
  get pendingMessageCount(): number {
    return this.pendingTexts.count;
  }

  // Events.

  /** Has every event told to a listener. Returns a function that removes it. */
  subscribe(listener: AgentSessionEventListener): () => void {
    this._listeners.push(listener);
    return () => {
      const at = this._listeners.indexOf(listener);
      if (at >= 0) this._listeners.splice(at, 1);
    };
  }

  /** Tells all listeners; what the first of them throws comes after the last has heard. */
  _emit(event: AgentSessionEvent): void {
    const errors: unknown[] = [];
    for (const listener of [...this._listeners]) {
      try {
        listener(event);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  /** @internal Tells all listeners, where nobody could do anything about one that throws. */
  tell(event: AgentSessionEvent): void {
    try {
      this._emit(event);
    } catch {
      // The conversation is kept and goes on.
    }
  }

  /** Ends the session: extensions and listeners hear no more of it. */
  dispose(): void {
    this._extensionRunner.invalidate(STALE);
    if (this.sessionManager.isPersisted()) this.bash.flush();
    this.disconnect();
    this._listeners = [];
    cleanupSessionResources(this.sessionId);
  }

  // Prompting.

  /**
   * Asks the agent. Resolves when the run, and any retry of it, is over.
   * @throws if the agent is answering and no queue is named, and if there is no model or no key for it.
   */
  prompt(text: string, options?: PromptOptions): Promise<void> {
    return prompt(this, text, options);
  }

  /** Says something to the agent before its next answer. Throws for an extension's command. */
  async steer(text: string, images?: ImageContent[]): Promise<void> {
    refuseCommand(this, text);
    await this.queue("steer", expandText(this, text), images);
  }

  /** Says something to the agent when it would stop. Throws for an extension's command. */
  async followUp(text: string, images?: ImageContent[]): Promise<void> {
    refuseCommand(this, text);
    await this.queue("followUp", expandText(this, text), images);
  }

  /** @internal */
  async queue(how: "steer" | "followUp", text: string, images?: ImageContent[]): Promise<void> {
    this.pendingTexts[how === "steer" ? "steering" : "followUp"].push(text);
    this.tellQueues();
    this.agent[how](userMessage(text, images));
  }

  /** @internal */
  tellQueues(): void {
    this._emit({ type: "queue_update", ...this.pendingTexts.snapshot() });
  }

  /** Sends a message that models may see and people need not. */
  sendCustomMessage<T = unknown>(message: CustomParts<T>, options?: CustomDelivery): Promise<void> {
    return sendCustomMessage(this, message, options);
  }

  /** Prompts with a content as it is; while the agent answers, `deliverAs` names the queue. */
  sendUserMessage(
    content: string | (TextContent | ImageContent)[],
    options?: { deliverAs?: "steer" | "followUp" },
  ): Promise<void> {
    return sendUserMessage(this, content, options?.deliverAs);
  }

  /** @internal */
  addNextTurnMessage(message: CustomMessage): void {
    this._nextTurnMessages.push(message);
  }

  /** @internal */
  takeNextTurnMessages(): CustomMessage[] {
    return this._nextTurnMessages.splice(0);
  }

  /** Empties the queues into the result. */
  clearQueue(): { steering: string[]; followUp: string[] } {
    const texts = this.pendingTexts.clear();
    this.agent.clearAllQueues();
    this.tellQueues();
    return texts;
  }

  getSteeringMessages(): readonly string[] {
    return this.pendingTexts.steering;
  }

  getFollowUpMessages(): readonly string[] {
    return this.pendingTexts.followUp;
  }

  setSteeringMode(mode: QueueMode): void {
    this.agent.steeringMode = mode;
    this.settingsManager.setSteeringMode(mode);
  }

  setFollowUpMode(mode: QueueMode): void {
    this.agent.followUpMode = mode;
    this.settingsManager.setFollowUpMode(mode);
  }

  /** Aborts the run, or the wait before a retry; resolves when the agent is idle. */
  async abort(): Promise<void> {
    this.abortRetry();
    this.agent.abort();
    await this.agent.waitForIdle();
  }

  abortRetry(): void {
    this.retries.abort();
  }

  /** Resolves when no retry is going on. */
  waitForRetry(): Promise<void> {
    return this.retries.wait();
  }

  setAutoRetryEnabled(enabled: boolean): void {
    this.settingsManager.setRetryEnabled(enabled);
  }

  // Models.

  /** Throws if there is no key for the model. */
  setModel(model: AnyModel): Promise<void> {
    return setModel(this, model);
  }

  cycleModel(direction: "forward" | "backward" = "forward"): Promise<ModelCycleResult | undefined> {
    return cycleModel(this, direction);
  }

  setScopedModels(scopedModels: ScopedModel[]): void {
    this._scopedModels = scopedModels;
  }

  setThinkingLevel(level: ThinkingLevel): void {
    setThinkingLevel(this, level);
  }

  cycleThinkingLevel(): ThinkingLevel | undefined {
    return cycleThinkingLevel(this);
  }

  /** @internal */
  requireAuth(model: AnyModel): Promise<Auth> {
    return requireAuth(this.modelRegistry, model);
  }

  // The history.

  /** Replaces older history by a summary. Aborts the run first. */
  compact(customInstructions?: string): Promise<CompactionResult> {
    return this.compactions.compact(customInstructions);
  }

  abortCompaction(): void {
    this.compactions.abort();
  }

  setAutoCompactionEnabled(enabled: boolean): void {
    this.settingsManager.setCompactionEnabled(enabled);
  }

  /** Goes to another entry of the tree, in the same file. */
  async navigateTree(targetId: string, options: NavigateOptions = {}): Promise<NavigateResult> {
    if (targetId === this.sessionManager.getLeafId()) return { cancelled: false };
    const controller = new AbortController();
    this._branchSummary = controller;
    try {
      return await navigateTree(this, targetId, options, controller.signal);
    } finally {
      this._branchSummary = undefined;
    }
  }

  abortBranchSummary(): void {
    this._branchSummary?.abort();
  }

  setSessionName(name: string): void {
    this.sessionManager.appendSessionInfo(name);
    this._emit({ type: "session_info_changed", name: this.sessionManager.getSessionName() });
  }

  getUserMessagesForForking(): { entryId: string; text: string }[] {
    return getUserMessagesForForking(this);
  }

  getSessionStats(): SessionStats {
    return getSessionStats(this);
  }

  getContextUsage(): ContextUsage | undefined {
    return getContextUsage(this);
  }

  getLastAssistantText(): string | undefined {
    return lastAnswerText(this.messages);
  }

  /** Writes the session as one page that needs nothing else; resolves to its path. */
  async exportToHtml(outputPath?: string): Promise<string> {
    return exportSessionToHtml(this.sessionManager, this.state, outputPath);
  }

  /** Writes the current branch as a session's file; returns its path. */
  exportToJsonl(outputPath?: string): string {
    return exportBranchToJsonl(this.sessionManager, outputPath);
  }

  // Bash.

  /** Runs a command of the user's and has the conversation know of it. */
  executeBash(
    command: string,
    onChunk?: (chunk: string) => void,
    options?: ExecuteBashOptions,
  ): Promise<BashResult> {
    return this.bash.execute(command, onChunk, options);
  }

  /** Has the conversation know of a command that was run elsewhere. */
  recordBashResult(command: string, result: BashResult, options?: { excludeFromContext?: boolean }): void {
    this.bash.record(command, result, options?.excludeFromContext);
  }

  abortBash(): void {
    this.bash.abort();
  }

  // Tools and extensions.

  getAllTools(): ToolInfo[] {
    return this.tools.list().map(({ definition, sourceInfo }) => {
      const { name, description, parameters } = definition;
      return { name, description, parameters, sourceInfo };
    });
  }

  getToolDefinition(name: string): ToolDef | undefined {
    return this.tools.definition(name);
  }

  /** Turns on those tools and no others; unknown names are passed over. */
  setActiveToolsByName(toolNames: string[]): void {
    const names = toolNames.filter((name) => this.tools.get(name));
    this.agent.state.tools = names.flatMap((name) => this.tools.get(name) ?? []);
    this.refreshSystemPrompt(names);
  }

  /** @internal */
  refreshSystemPrompt(names: string[] = this.getActiveToolNames()): void {
    this._baseSystemPrompt = this._rebuildSystemPrompt(names);
    this.agent.state.systemPrompt = this._baseSystemPrompt;
  }

  /** The system prompt for a set of tools. Hosts replace it. */
  _rebuildSystemPrompt(toolNames: string[]): string {
    this.systemPromptOptions = promptOptions(this, toolNames);
    return buildSystemPrompt(this.systemPromptOptions);
  }

  /** Gives extensions what the host has for them, and starts them. */
  async bindExtensions(bindings: ExtensionBindings): Promise<void> {
    this._extensions.take(bindings);
    this._extensions.apply(this._extensionRunner);
    const event = this.config.sessionStartEvent ?? { type: "session_start", reason: "startup" };
    await this._extensionRunner.emit(event);
    await this.extendResourcesFromExtensions(event.reason === "reload" ? "reload" : "startup");
  }

  /** @internal Has extensions name skills, templates and themes, and takes those in. */
  extendResourcesFromExtensions(reason: "startup" | "reload"): Promise<void> {
    return discoverResources(this, reason);
  }

  /** @internal */
  buildExtensionResourcePaths(entries: ExtensionPath[]): ResourcePath[] {
    return entries.map((entry) => resourcePath(entry, this.getExtensionSourceLabel(entry.extensionPath)));
  }

  /** @internal */
  getExtensionSourceLabel(extensionPath: string): string {
    return sourceLabel(extensionPath);
  }

  hasExtensionHandlers(eventType: string): boolean {
    return this._extensionRunner.hasHandlers(eventType);
  }

  /** Reads settings, resources and extensions anew. */
  async reload(): Promise<void> {
    const runner = this._extensionRunner;
    const flagValues = runner.getFlagValues();
    await emitSessionShutdownEvent(runner, { type: "session_shutdown", reason: "reload" });
    await this.settingsManager.reload();
    resetApiProviders();
    await this.resourceLoader.reload();
    this.build(this.getActiveToolNames(), flagValues);
    if (!this._extensions.isBound) return;
    await this._extensionRunner.emit({ type: "session_start", reason: "reload" });
    await this.extendResourcesFromExtensions("reload");
  }

  /** What a command goes on with in a session that has replaced its own. */
  createReplacedSessionContext(): ReplacedSessionContext {
    return replacedContext(this);
  }

  /** @internal Resolves when what came of the run has been kept, or at once if extensions take long. */
  settled(): Promise<unknown> {
    return Promise.race([this._relay.done, new Promise((next) => setImmediate(next))]);
  }

  /** @internal Hears of the agent. */
  resume(): void {
    this._unsubscribe ??= this.agent.subscribe(this._relay.take);
  }

  /** @internal Hears no more of the agent. */
  disconnect(): void {
    this._unsubscribe?.();
    this._unsubscribe = undefined;
  }

  private build(activeToolNames: string[], flagValues = new Map<string, boolean | string>()): void {
    this.tools.makeBase();
    const { extensions, runtime } = this.resourceLoader.getExtensions();
    for (const [name, value] of flagValues) runtime.flagValues.set(name, value);
    const { sessionManager, modelRegistry: registry, config } = this;
    const runner = new ExtensionRunner(extensions, runtime, this.cwd, sessionManager, registry);
    this._extensionRunner = runner;
    if (config.extensionRunnerRef) config.extensionRunnerRef.current = runner;
    this._extensions.bind(runner);
    this._extensions.apply(runner);
    this.tools.refresh({ activeToolNames, includeAllExtensionTools: true });
  }
}
