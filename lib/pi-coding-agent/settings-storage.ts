// Where settings are kept: in the files of the user and of the project, or nowhere.

import { join } from "node:path";
import { CONFIG_DIR_NAME } from "./paths.js";
import type { SettingsScope, SettingsStorage } from "./settings-types.js";
import { SharedFile } from "./shared-file.js";

/** Settings in `settings.json` of the agent's folder and of the project's. */
export class FileSettingsStorage implements SettingsStorage {
  private readonly files: Record<SettingsScope, SettingsFile>;

  constructor(cwd: string, agentDir: string) {
    this.files = {
      global: new SettingsFile(join(agentDir, "settings.json"), false),
      project: new SettingsFile(join(cwd, CONFIG_DIR_NAME, "settings.json"), false),
    };
  }

  withLock(scope: SettingsScope, fn: (current: string | undefined) => string | undefined): void {
    this.files[scope].withLock(fn);
  }
}

class SettingsFile extends SharedFile {
  withLock(fn: (current: string | undefined) => string | undefined): void {
    this.exchange((current) => ({ result: undefined, next: fn(current) }));
  }
}

/** Settings that go with the process. */
export class InMemorySettingsStorage implements SettingsStorage {
  private readonly texts = new Map<SettingsScope, string>();

  withLock(scope: SettingsScope, fn: (current: string | undefined) => string | undefined): void {
    const next = fn(this.texts.get(scope));
    if (next !== undefined) this.texts.set(scope, next);
  }
}
