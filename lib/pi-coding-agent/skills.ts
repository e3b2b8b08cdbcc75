// Skills: Markdown files that tell a model how to do one sort of work.

import { basename, dirname, join, normalize, resolve } from "node:path";
import { findSkills, findSkillsIn, type SkillPlace } from "../native.js";
import type { ResourceDiagnostic } from "./diagnostics.js";
import { CONFIG_DIR_NAME, isUnderPath, resolveUserPath } from "./paths.js";
import { getAgentDir } from "./session-files.js";
import type { SourceInfo } from "./source-info.js";

/** What a skill's file may say at its top. */
export interface SkillFrontmatter {
  name?: string;
  description?: string;
  "disable-model-invocation"?: boolean;
  [key: string]: unknown;
}

/** A skill. */
export interface Skill {
  /** Its own name for itself, else its folder's. */
  name: string;
  /** When to use it. */
  description: string;
  filePath: string;
  /** The folder that paths in its text are relative to. */
  baseDir: string;
  sourceInfo: SourceInfo;
  /** Whether only the user may call for it. */
  disableModelInvocation: boolean;
  /** The tools that its front matter lists; not there when it lists none. */
  tools?: string[];
}

/** The skills that were found, and what is not as it should be. */
export interface LoadSkillsResult {
  skills: Skill[];
  diagnostics: ResourceDiagnostic[];
}

/** Which folder to look in. */
export interface LoadSkillsFromDirOptions {
  dir: string;
  /** What to call it: `user`, `project`, `path` or a name of the host's. */
  source: string;
}

/** Which places to look in. */
export interface LoadSkillsOptions {
  /** The project's folder. */
  cwd: string;
  /** The agent's folder. */
  agentDir: string;
  /** Files and folders besides. */
  skillPaths: string[];
  /** Whether to look in the user's and the project's own folders. */
  includeDefaults: boolean;
}

/** The skills of a folder and of those below it. */
export function loadSkillsFromDir(options: LoadSkillsFromDirOptions): LoadSkillsResult {
  const { dir, source } = options;
  return JSON.parse(findSkillsIn(dir && normalize(dir), source));
}

/** The skills of all places, each name once. */
export function loadSkills(options: LoadSkillsOptions): LoadSkillsResult {
  const { cwd, skillPaths, includeDefaults } = options;
  const user = join(options.agentDir ?? getAgentDir(), "skills");
  const project = resolve(cwd, CONFIG_DIR_NAME, "skills");
  const source = (path: string) => {
    if (!includeDefaults && isUnderPath(path, user)) return "user";
    return !includeDefaults && isUnderPath(path, project) ? "project" : "path";
  };
  const named = skillPaths
    .map((path) => resolveUserPath(path, cwd))
    .map((path) => place(path, source(path), true));
  const own = includeDefaults ? [place(user, "user", false), place(project, "project", false)] : [];
  return JSON.parse(findSkills([...own, ...named]));
}

function place(path: string, source: string, named: boolean): SkillPlace {
  const dir = dirname(path);
  return { path, normal: normalize(path), dir, parent: basename(dir), source, named };
}

/** The part of a system prompt that tells of skills; empty where there are none that the model may call for. */
export function formatSkillsForPrompt(skills: Skill[]): string {
  const offered = skills.filter((skill) => !skill.disableModelInvocation);
  if (offered.length === 0) return "";
  const entries = offered.map(({ name, description, filePath }) => {
    const fields = Object.entries({ name, description, location: filePath });
    const lines = fields.map(([tag, text]) => `    <${tag}>${escapeXml(text)}</${tag}>`);
    return ["  <skill>", ...lines, "  </skill>"].join("\n");
  });
  return [
    "\n\nThe following skills provide specialized instructions for specific tasks.",
    "Use the read tool to load a skill's file when the task matches its description.",
    "When a skill file references a relative path, resolve it against the skill directory (parent of SKILL.md / dirname of the path) and use that absolute path in tool commands.",
    "",
    "<available_skills>",
    ...entries,
    "</available_skills>",
  ].join("\n");
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

/** A skill that the user called for, as it stands in a message. */
export interface ParsedSkillBlock {
  name: string;
  location: string;
  content: string;
  /** What the user said besides. */
  userMessage: string | undefined;
}

/** The skill that a message begins with; `null` when it begins with none. */
export function parseSkillBlock(text: string): ParsedSkillBlock | null {
  const match = /^<skill name="([^"]+)" location="([^"]+)">\n([\s\S]*?)\n<\/skill>(?:\n\n([\s\S]+))?$/.exec(
    text,
  );
  if (!match) return null;
  const [, name = "", location = "", content = "", rest] = match;
  return { name, location, content, userMessage: rest?.trim() || undefined };
}
