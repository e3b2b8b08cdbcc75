// The settings of the user and of the project: read, merged, changed, and written back field by field, so that what other
// programs change meanwhile stays.

import { isRecord, migrateSettings } from "./settings-migration.js";
import type { Settings, SettingsError, SettingsScope, SettingsStorage } from "./settings-types.js";

/** What was changed and is not written yet: the fields, and if only parts of a field were, which. */
type Changes = Map<string, Set<string>>;

/** The fields of which parts can be set. */
type Wholes = { [K in "compaction" | "images" | "retry" | "terminal"]-?: NonNullable<Settings[K]> };

/** The settings in a storage. A scope that could not be read is empty, and is not written until it can be. */
export abstract class SettingsStore {
  /** What counts: the user's settings, the project's over them, overrides over both. */
  protected settings: Settings;
  private readonly loadErrors: Record<SettingsScope, Error | null> = { global: null, project: null };
  private readonly changes: Record<SettingsScope, Changes> = { global: new Map(), project: new Map() };
  private readonly waiting = new Set<SettingsScope>();
  private writeQueue: Promise<void> = Promise.resolve();

  protected constructor(
    private readonly storage: SettingsStorage,
    protected globalSettings: Settings,
    protected projectSettings: Settings,
    private errors: SettingsError[],
  ) {
    for (const { scope, error } of errors) this.loadErrors[scope] = error;
    this.settings = mergeSettings(globalSettings, projectSettings);
  }

  /** A copy of the user's own settings. */
  getGlobalSettings(): Settings {
    return structuredClone(this.globalSettings);
  }

  /** A copy of the project's own settings. */
  getProjectSettings(): Settings {
    return structuredClone(this.projectSettings);
  }

  /** Reads the settings anew, after all changes were written. A scope that cannot be read stays as it was. */
  async reload(): Promise<void> {
    await this.writeQueue;
    for (const scope of ["global", "project"] as const) {
      const { settings, error } = SettingsStore.tryLoadFromStorage(this.storage, scope);
      this.loadErrors[scope] = error;
      this.clearModifiedScope(scope);
      if (error) this.recordError(scope, error);
      else if (scope === "global") this.globalSettings = settings;
      else this.projectSettings = settings;
    }
    this.settings = mergeSettings(this.globalSettings, this.projectSettings);
  }

  /** Puts settings over the others until the next change or reload. */
  applyOverrides(overrides: Partial<Settings>): void {
    this.settings = mergeSettings(this.settings, overrides);
  }

  /** Resolves when all changes were written, or failed to be. */
  async flush(): Promise<void> {
    await this.writeQueue;
  }

  /** What went wrong since the last call. */
  drainErrors(): SettingsError[] {
    const drained = this.errors;
    this.errors = [];
    return drained;
  }

  /** Sets a field for the user. */
  protected put<K extends keyof Settings>(field: K, value: Settings[K]): void {
    this.globalSettings[field] = value;
    this.markModified(field);
    this.save();
  }

  /** Sets a part of a field for the user. */
  protected putIn<K extends keyof Wholes, P extends keyof Wholes[K] & string>(
    field: K,
    part: P,
    value: Wholes[K][P],
  ): void {
    const whole: Wholes[K] = (this.globalSettings as Partial<Wholes>)[field] || ({} as Wholes[K]);
    whole[part] = value;
    Object.assign(this.globalSettings, { [field]: whole });
    this.markModified(field, part);
    this.save();
  }

  /** Sets a field for the project. */
  protected putProject<K extends keyof Settings>(field: K, value: Settings[K]): void {
    this.markProjectModified(field);
    this.saveProjectSettings({ ...this.projectSettings, [field]: value });
  }

  private markModified(field: string, nestedKey?: string): void {
    mark(this.changes.global, field, nestedKey);
  }

  private markProjectModified(field: string, nestedKey?: string): void {
    mark(this.changes.project, field, nestedKey);
  }

  private save(): void {
    this.settings = mergeSettings(this.globalSettings, this.projectSettings);
    this.enqueueWrite("global");
  }

  private saveProjectSettings(settings: Settings): void {
    this.projectSettings = structuredClone(settings);
    this.settings = mergeSettings(this.globalSettings, this.projectSettings);
    this.enqueueWrite("project");
  }

  /** Has a scope written; once for all changes of a turn of the event loop. */
  private enqueueWrite(scope: SettingsScope): void {
    if (this.loadErrors[scope] || this.waiting.has(scope)) return;
    this.waiting.add(scope);
    this.writeQueue = this.writeQueue.then(() => {
      this.waiting.delete(scope);
      const changes = this.cloneModifiedNestedFields(this.changes[scope]);
      this.clearModifiedScope(scope);
      try {
        this.persistScopedSettings(scope, changes);
      } catch (error) {
        this.recordError(scope, error);
        // They go out with the next ones.
        for (const [field, parts] of changes) {
          mark(this.changes[scope], field);
          for (const part of parts) mark(this.changes[scope], field, part);
        }
      }
    });
  }

  private cloneModifiedNestedFields(source: Changes): Changes {
    return new Map([...source].map(([field, parts]) => [field, new Set(parts)]));
  }

  private persistScopedSettings(scope: SettingsScope, changes: Changes): void {
    const settings = scope === "global" ? this.globalSettings : this.projectSettings;
    this.storage.withLock(scope, (current) => {
      const stored = current ? parseSettings(current) : {};
      return JSON.stringify(withChanges(stored, settings, changes), null, 2);
    });
  }

  private clearModifiedScope(scope: SettingsScope): void {
    this.changes[scope].clear();
  }

  private recordError(scope: SettingsScope, error: unknown): void {
    this.errors.push({ scope, error: asError(error) });
  }

  /** What a scope has in a storage. */
  protected static loadFromStorage(storage: SettingsStorage, scope: SettingsScope): Settings {
    let text: string | undefined;
    storage.withLock(scope, (current) => {
      text = current;
      return undefined;
    });
    return text ? parseSettings(text) : {};
  }

  /** As {@link loadFromStorage}; nothing, and why, where that cannot be read. */
  protected static tryLoadFromStorage(
    storage: SettingsStorage,
    scope: SettingsScope,
  ): { settings: Settings; error: Error | null } {
    try {
      return { settings: SettingsStore.loadFromStorage(storage, scope), error: null };
    } catch (error) {
      return { settings: {}, error: asError(error) };
    }
  }

  protected static migrateSettings(settings: Record<string, unknown>): Settings {
    return migrateSettings(settings);
  }
}

function mark(changes: Changes, field: string, part?: string): void {
  const parts = changes.get(field) ?? new Set();
  if (part !== undefined) parts.add(part);
  changes.set(field, parts);
}

function parseSettings(text: string): Settings {
  const settings: unknown = JSON.parse(text);
  if (!isRecord(settings)) throw new Error("Settings must be a JSON object");
  return migrateSettings(settings);
}

/** What is stored, with the fields and parts of fields that were changed. */
function withChanges(stored: Settings, settings: Settings, changes: Changes): Settings {
  const next: Record<string, unknown> = { ...stored };
  for (const [field, parts] of changes) {
    const value: unknown = settings[field as keyof Settings];
    if (parts.size === 0 || typeof value !== "object" || value === null) {
      next[field] = value;
      continue;
    }
    const whole = { ...(next[field] as object | undefined) } as Record<string, unknown>;
    for (const part of parts) whole[part] = (value as Record<string, unknown>)[part];
    next[field] = whole;
  }
  return next;
}

/** Settings over others: objects are merged, one level deep; what is `undefined` does not count. */
function mergeSettings(base: Settings, over: Settings): Settings {
  const merged: Record<string, unknown> = { ...base };
  for (const [field, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const known = merged[field];
    merged[field] = isRecord(value) && isRecord(known) ? { ...known, ...value } : value;
  }
  return merged;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
