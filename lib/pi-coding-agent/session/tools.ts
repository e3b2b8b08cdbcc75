// The tools of a session: those that are built in, the extensions' and the host's, by name, and which of them are on.

import { wrapRegisteredTools } from "../extensions/index.js";
import { createSyntheticSourceInfo, type SourceInfo } from "../source-info.js";
import type { BuildSystemPromptOptions } from "../system-prompt.js";
import type { ToolDef } from "../tools/sets.js";
import { createAllToolDefinitions } from "../tools/sets.js";
import type { AgentSession } from "./agent-session.js";
import type { AnyTool } from "./types.js";

/** The tools that are on unless the host says which. */
export const DEFAULT_TOOLS = ["read", "bash", "edit", "write"];

interface Registered {
  definition: ToolDef;
  sourceInfo: SourceInfo;
}

/** Which tools are to be on. */
export interface RefreshOptions {
  /** Instead of those that are on. */
  activeToolNames?: string[] | undefined;
  /** Whether all that are not built in come on, rather than those that are new. */
  includeAllExtensionTools?: boolean | undefined;
}

/** What a session is given of tools. */
export interface ToolSources {
  custom: ToolDef[];
  /** The only names that exist. */
  allowed: Set<string> | undefined;
  /** Instead of those that are built in. */
  base: Record<string, AnyTool> | undefined;
}

/** The registry of one session's tools. */
export class SessionTools {
  #base: ToolDef[] = [];
  #definitions = new Map<string, Registered>();
  #tools = new Map<string, AnyTool>();

  constructor(
    private readonly session: AgentSession,
    private readonly sources: ToolSources,
  ) {}

  /** The names that are on at first. */
  get defaults(): string[] {
    return this.sources.base ? Object.keys(this.sources.base) : DEFAULT_TOOLS;
  }

  /** Makes the built-in tools anew, as the settings say. */
  makeBase(): void {
    const { settingsManager, cwd } = this.session;
    const { base } = this.sources;
    const read = { autoResizeImages: settingsManager.getImageAutoResize() };
    const commandPrefix = settingsManager.getShellCommandPrefix();
    const bash = { commandPrefix, shellPath: settingsManager.getShellPath() };
    this.#base = base
      ? Object.values(base).map(definitionOf)
      : Object.values(createAllToolDefinitions(cwd, { read, bash }));
  }

  get(name: string): AnyTool | undefined {
    return this.#tools.get(name);
  }

  definition(name: string): ToolDef | undefined {
    return this.#definitions.get(name)?.definition;
  }

  list(): Registered[] {
    return [...this.#definitions.values()];
  }

  /** Gathers the tools of all sources anew; of one name the host's counts, then an extension's. */
  refresh({ activeToolNames, includeAllExtensionTools }: RefreshOptions = {}): void {
    const { session } = this;
    const { allowed, custom } = this.sources;
    const known = new Set(this.#tools.keys());
    const isAllowed = (name: string) => !allowed || allowed.has(name);
    const own = this.#base.map((definition) => ({ definition, sourceInfo: sourceOf(definition, "builtin") }));
    const hosts = custom.map((definition) => ({ definition, sourceInfo: sourceOf(definition, "sdk") }));
    const added = [...session.extensionRunner.getAllRegisteredTools(), ...hosts];
    const [base, more] = [own, added].map((tools: Registered[]) =>
      tools.filter(({ definition }) => isAllowed(definition.name)),
    ) as [Registered[], Registered[]];
    this.#definitions = new Map([...base, ...more].map((tool) => [tool.definition.name, tool]));
    const wrapped: AnyTool[] = wrapRegisteredTools([...base, ...more], session.extensionRunner);
    this.#tools = new Map(wrapped.map((tool) => [tool.name, tool]));
    const names = (activeToolNames ?? session.getActiveToolNames()).filter(isAllowed);
    if (allowed) names.push(...this.#tools.keys());
    else if (includeAllExtensionTools) names.push(...more.map(({ definition }) => definition.name));
    else if (!activeToolNames) names.push(...[...this.#tools.keys()].filter((name) => !known.has(name)));
    session.setActiveToolsByName([...new Set(names)]);
  }

  /** What the system prompt says of tools. */
  promptParts(names: string[]): { toolSnippets: Record<string, string>; promptGuidelines: string[] } {
    const definitions = names.flatMap((name) => this.definition(name) ?? []);
    const snippets = definitions.flatMap(({ name, promptSnippet }) => {
      const line = promptSnippet?.replace(/\s+/g, " ").trim();
      return line ? [[name, line]] : [];
    });
    return {
      toolSnippets: Object.fromEntries(snippets),
      promptGuidelines: definitions.flatMap(({ promptGuidelines }) => linesOf(promptGuidelines)),
    };
  }
}

/** What a session's system prompt is made of with a set of tools. */
export function promptOptions(session: AgentSession, toolNames: string[]): BuildSystemPromptOptions {
  const { resourceLoader: loader, tools, cwd } = session;
  const selectedTools = toolNames.filter((name) => tools.get(name));
  const append: string[] = loader.getAppendSystemPrompt();
  return {
    cwd,
    skills: loader.getSkills().skills,
    contextFiles: loader.getAgentsFiles().agentsFiles,
    customPrompt: loader.getSystemPrompt(),
    appendSystemPrompt: append.length > 0 ? append.join("\n\n") : undefined,
    selectedTools,
    ...tools.promptParts(selectedTools),
  } as BuildSystemPromptOptions;
}

function linesOf(guidelines: string[] = []): string[] {
  return [...new Set(guidelines.map((line) => line.trim()).filter(Boolean))];
}

function sourceOf({ name }: ToolDef, source: "builtin" | "sdk"): SourceInfo {
  return createSyntheticSourceInfo(`<${source}:${name}>`, { source });
}

/** A tool of the loop as a definition. */
function definitionOf(tool: AnyTool): ToolDef {
  const { name, label, description, parameters, prepareArguments, executionMode } = tool;
  const run: ToolDef["execute"] = async (id, params, signal, onUpdate) =>
    tool.execute(id, params, signal, onUpdate);
  return { name, label, description, parameters, prepareArguments, executionMode, execute: run } as ToolDef;
}
