// Settings under names that they had earlier.

import type { Settings } from "./settings-types.js";

/** Brings settings, in place, to the names of today. */
export function migrateSettings(settings: Record<string, unknown>): Settings {
  if ("queueMode" in settings && !("steeringMode" in settings)) {
    settings.steeringMode = settings.queueMode;
    delete settings.queueMode;
  }
  if (typeof settings.websockets === "boolean" && !("transport" in settings)) {
    settings.transport = settings.websockets ? "websocket" : "sse";
    delete settings.websockets;
  }
  if (isRecord(settings.skills)) migrateSkills(settings, settings.skills);
  if (isRecord(settings.retry)) migrateRetry(settings.retry);
  return settings as Settings;
}

/** Skills were an object once. */
function migrateSkills(settings: Record<string, unknown>, skills: Record<string, unknown>): void {
  const { enableSkillCommands, customDirectories } = skills;
  if (enableSkillCommands !== undefined && settings.enableSkillCommands === undefined) {
    settings.enableSkillCommands = enableSkillCommands;
  }
  if (Array.isArray(customDirectories) && customDirectories.length > 0) settings.skills = customDirectories;
  else delete settings.skills;
}

/** The longest wait belongs to the single request now. */
function migrateRetry(retry: Record<string, unknown>): void {
  const provider = typeof retry.provider === "object" && retry.provider ? retry.provider : {};
  const known = (provider as Record<string, unknown>).maxRetryDelayMs;
  if (typeof retry.maxDelayMs === "number" && (known === undefined || known === null)) {
    retry.provider = { ...provider, maxRetryDelayMs: retry.maxDelayMs };
  }
  delete retry.maxDelayMs;
}

/** Whether a value is an object, and no array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
