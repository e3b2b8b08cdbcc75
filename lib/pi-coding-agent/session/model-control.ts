// Which model answers, and how hard it thinks.

import type { ThinkingLevel } from "../../pi-agent-core/types.js";
import { clampThinkingLevel, getSupportedThinkingLevels, modelsAreEqual } from "../../pi-ai/models.js";
import type { AgentSession } from "./agent-session.js";
import type { AnyModel, ModelCycleResult, ScopedModel } from "./types.js";

/** The level where nothing says another. */
export const DEFAULT_THINKING_LEVEL: ThinkingLevel = "medium";

const LEVELS: ThinkingLevel[] = ["off", "minimal", "low", "medium", "high"];

/** Sets a model that has a key, and keeps the choice. */
export async function setModel(session: AgentSession, model: AnyModel): Promise<void> {
  if (!session.modelRegistry.hasConfiguredAuth(model)) {
    throw new Error(`No API key for ${model.provider}/${model.id}`);
  }
  await choose(session, { model }, "set");
}

/** Goes to the next model of those that are scoped, else of all that have a key; nothing if there is no other. */
export async function cycleModel(
  session: AgentSession,
  direction: "forward" | "backward",
): Promise<ModelCycleResult | undefined> {
  const isScoped = session.scopedModels.length > 0;
  const choices: ScopedModel[] = isScoped
    ? session.scopedModels.filter(({ model }) => session.modelRegistry.hasConfiguredAuth(model))
    : (await session.modelRegistry.getAvailable()).map((model: AnyModel) => ({ model }));
  if (choices.length <= 1) return undefined;
  const at = Math.max(
    0,
    choices.findIndex(({ model }) => modelsAreEqual(model, session.model)),
  );
  const step = direction === "forward" ? 1 : choices.length - 1;
  const next = choices[(at + step) % choices.length] as ScopedModel;
  await choose(session, next, "cycle");
  return { model: next.model, thinkingLevel: session.thinkingLevel, isScoped };
}

async function choose(session: AgentSession, to: ScopedModel, source: "set" | "cycle"): Promise<void> {
  const { model } = to;
  const previousModel = session.model;
  const level = to.thinkingLevel ?? levelToKeep(session);
  session.agent.state.model = model;
  session.sessionManager.appendModelChange(model.provider, model.id);
  session.settingsManager.setDefaultModelAndProvider(model.provider, model.id);
  session.setThinkingLevel(level);
  await tellExtensions(session, model, previousModel, source);
}

async function tellExtensions(
  session: AgentSession,
  model: AnyModel,
  previousModel: AnyModel | undefined,
  source: "set" | "cycle",
): Promise<void> {
  if (modelsAreEqual(previousModel, model)) return;
  await session.extensionRunner.emit({ type: "model_select", model, previousModel, source });
}

/** The level to go on with; what a model without thinking is at says nothing of the user's wish. */
function levelToKeep(session: AgentSession): ThinkingLevel {
  if (session.supportsThinking()) return session.thinkingLevel;
  return session.settingsManager.getDefaultThinkingLevel() ?? DEFAULT_THINKING_LEVEL;
}

/** Sets a level, or the nearest that the model has, and keeps it if it is another. */
export function setThinkingLevel(session: AgentSession, wanted: ThinkingLevel): void {
  const { model } = session;
  const offered = session.getAvailableThinkingLevels();
  const nearest = () => (model ? (clampThinkingLevel(model, wanted) as ThinkingLevel) : "off");
  const level = offered.includes(wanted) ? wanted : nearest();
  const { state } = session.agent;
  const previousLevel = state.thinkingLevel;
  state.thinkingLevel = level;
  if (level === previousLevel) return;
  session.sessionManager.appendThinkingLevelChange(level);
  if (session.supportsThinking() || level !== "off") session.settingsManager.setDefaultThinkingLevel(level);
  session._emit({ type: "thinking_level_changed", level });
  void session.extensionRunner.emit({ type: "thinking_level_select", level, previousLevel });
}

/** Goes to the next level; nothing if the model does not think. */
export function cycleThinkingLevel(session: AgentSession): ThinkingLevel | undefined {
  if (!session.supportsThinking()) return undefined;
  const levels = session.getAvailableThinkingLevels();
  const next = levels[(levels.indexOf(session.thinkingLevel) + 1) % levels.length] as ThinkingLevel;
  session.setThinkingLevel(next);
  return next;
}

/** The levels of a model, or the usual ones. */
export function levelsOf(model: AnyModel | undefined): ThinkingLevel[] {
  return model ? (getSupportedThinkingLevels(model) as ThinkingLevel[]) : LEVELS;
}
