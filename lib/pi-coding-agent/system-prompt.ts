// The system prompt of a coding agent.

import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { ContextFile } from "./context-files.js";
import { formatSkillsForPrompt, type Skill } from "./skills.js";

/** What a system prompt is made of. */
export interface BuildSystemPromptOptions {
  /** Instead of the text that tells what the agent is. */
  customPrompt?: string;
  /** The tools on offer; `read`, `bash`, `edit` and `write` when not set. */
  selectedTools?: string[];
  /** A line for each tool that is to be named. */
  toolSnippets?: Record<string, string>;
  /** Guidelines besides the usual ones. */
  promptGuidelines?: string[];
  /** Put behind the text. */
  appendSystemPrompt?: string;
  /** The project's folder. */
  cwd: string;
  contextFiles?: ContextFile[];
  skills?: Skill[];
}

/** A coding agent's system prompt, for today. */
export function buildSystemPrompt(options: BuildSystemPromptOptions): string {
  const { customPrompt, appendSystemPrompt, selectedTools, cwd, contextFiles = [], skills = [] } = options;
  const parts = [customPrompt || defaultPrompt(options)];
  if (appendSystemPrompt) parts.push(`\n\n${appendSystemPrompt}`);
  if (contextFiles.length > 0) {
    parts.push("\n\n# Project Context\n\nProject-specific instructions and guidelines:\n\n");
    parts.push(...contextFiles.map(({ path, content }) => `## ${path}\n\n${content}\n\n`));
  }
  if (!selectedTools || selectedTools.includes("read")) parts.push(formatSkillsForPrompt(skills));
  parts.push(`\nCurrent date: ${today()}`, `\nCurrent working directory: ${cwd.replace(/\\/g, "/")}`);
  return parts.join("");
}

function today(): string {
  const now = new Date();
  const two = (value: number) => String(value).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

function defaultPrompt(options: BuildSystemPromptOptions): string {
  const { selectedTools, toolSnippets = {} } = options;
  const tools = selectedTools ?? ["read", "bash", "edit", "write"];
  const named = tools.filter((name) => toolSnippets[name]).map((name) => `- ${name}: ${toolSnippets[name]}`);
  const guidelines = guidelinesFor(tools, options.promptGuidelines ?? []).map((line) => `- ${line}`);
  return `You are an expert coding assistant operating inside pi, a coding agent harness. You help users by reading files, executing commands, editing code, and writing new files.

Available tools:
${named.join("\n") || "(none)"}

In addition to the tools above, you may have access to other custom tools depending on the project.

Guidelines:
${guidelines.join("\n")}${documentation()}`;
}

function guidelinesFor(tools: string[], more: string[]): string[] {
  const explores = ["grep", "find", "ls"].some((name) => tools.includes(name));
  const exploration = explores
    ? "Prefer grep/find/ls tools over bash for file exploration (faster, respects .gitignore)"
    : "Use bash for file operations like ls, rg, find";
  const all = [
    ...(tools.includes("bash") ? [exploration] : []),
    ...more.map((line) => line.trim()).filter(Boolean),
    "Be concise in your responses",
    "Show file paths clearly when working with files",
  ];
  return [...new Set(all)];
}

/** Where the model reads about Pi, when the host says where Pi's package is. */
function documentation(): string {
  const named = process.env.PI_PACKAGE_DIR;
  if (!named) return "";
  const dir = named === "~" || named.startsWith("~/") ? homedir() + named.slice(1) : named;
  const at = (name: string) => resolve(join(dir, name));
  return `

Pi documentation (read only when the user asks about pi itself, its SDK, extensions, themes, skills, or TUI):
- Main documentation: ${at("README.md")}
- Additional docs: ${at("docs")}
- Examples: ${at("examples")} (extensions, custom tools, SDK)
- When asked about: extensions (docs/extensions.md, examples/extensions/), themes (docs/themes.md), skills (docs/skills.md), prompt templates (docs/prompt-templates.md), TUI components (docs/tui.md), keybindings (docs/keybindings.md), SDK integrations (docs/sdk.md), custom providers (docs/custom-provider.md), adding models (docs/models.md), pi packages (docs/packages.md)
- When working on pi topics, read the docs and examples, and follow .md cross-references before implementing
- Always read pi .md files completely and follow links to related docs (e.g., tui.md for TUI API details)`;
}
