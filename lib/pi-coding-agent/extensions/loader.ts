// Loads extensions: from files and from functions.

import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { createEventBus, type EventBus } from "../event-bus.js";
import { createExtensionAPI, type ExtensionFactory } from "./api.js";
import { createExtension, type Extension } from "./extension.js";
import { loadFactory } from "./modules.js";
import { createExtensionRuntime, type ExtensionRuntime, type LoadExtensionsResult } from "./runtime.js";

const ODD_SPACES = /[\u00A0\u2000-\u200A\u202F\u205F\u3000]/g;

/** The file that an extension's path means: `~` is the home folder, odd spaces are spaces. */
export function resolveExtensionPath(path: string, cwd: string): string {
  const plain = path.replace(ODD_SPACES, " ");
  const expanded = plain.startsWith("~") ? join(homedir(), plain.slice(1)) : plain;
  return isAbsolute(expanded) ? expanded : resolve(cwd, expanded);
}

/** The extension that a function makes. Rejects with what the function throws. */
export async function loadExtensionFromFactory(
  factory: ExtensionFactory,
  cwd: string,
  eventBus: EventBus,
  runtime: ExtensionRuntime,
  extensionPath = "<inline>",
): Promise<Extension> {
  const extension = createExtension(extensionPath, extensionPath);
  await factory(createExtensionAPI(extension, runtime, cwd, eventBus));
  return extension;
}

/** The extensions of files, one after another; those that cannot be loaded are among the errors. */
export async function loadExtensions(
  paths: string[],
  cwd: string,
  eventBus: EventBus = createEventBus(),
): Promise<LoadExtensionsResult> {
  const result: LoadExtensionsResult = { extensions: [], errors: [], runtime: createExtensionRuntime() };
  for (const path of paths) {
    try {
      const resolvedPath = resolveExtensionPath(path, cwd);
      const factory = await loadFactory(resolvedPath);
      if (!factory) {
        const error = `Extension does not export a valid factory function: ${path}`;
        result.errors.push({ path, error });
        continue;
      }
      const extension = createExtension(path, resolvedPath);
      await factory(createExtensionAPI(extension, result.runtime, cwd, eventBus));
      result.extensions.push(extension);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      result.errors.push({ path, error: `Failed to load extension: ${message}` });
    }
  }
  return result;
}
