// Skills, templates and themes that extensions bring.

import { basename, dirname } from "node:path";
import type { AgentSession } from "./agent-session.js";

/** What an extension has named. */
export interface ExtensionPath {
  path: string;
  extensionPath: string;
}

/** What an extension has named, and where it came from. */
export interface ResourcePath {
  path: string;
  metadata: { source: string; scope: "temporary"; origin: "top-level"; baseDir: string | undefined };
}

/** Has extensions name resources, and takes those in. */
export async function discoverResources(session: AgentSession, reason: "startup" | "reload"): Promise<void> {
  const { extensionRunner: runner, resourceLoader } = session;
  if (!runner.hasHandlers("resources_discover")) return;
  const found = await runner.emitResourcesDiscover(session.cwd, reason);
  const { skillPaths, promptPaths, themePaths } = found;
  if (skillPaths.length + promptPaths.length + themePaths.length === 0) return;
  resourceLoader.extendResources({
    skillPaths: session.buildExtensionResourcePaths(skillPaths),
    promptPaths: session.buildExtensionResourcePaths(promptPaths),
    themePaths: session.buildExtensionResourcePaths(themePaths),
  });
  session.refreshSystemPrompt();
}

/** Extensions that hosts give as functions have a name in angle brackets for a path. */
const isInline = (extensionPath: string) => extensionPath.startsWith("<");

/** What the place of an extension's resources is called. */
export function sourceLabel(extensionPath: string): string {
  const name = isInline(extensionPath)
    ? extensionPath.replace(/[<>]/g, "")
    : basename(extensionPath).replace(/\.(ts|js)$/, "");
  return `extension:${name}`;
}

export function resourcePath({ path, extensionPath }: ExtensionPath, source: string): ResourcePath {
  const baseDir = isInline(extensionPath) ? undefined : dirname(extensionPath);
  return { path, metadata: { source, scope: "temporary", origin: "top-level", baseDir } };
}
