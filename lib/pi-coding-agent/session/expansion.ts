// What a text that begins with `/` means: a command, a skill, a template.

import { readFileSync } from "node:fs";
import { stripFrontmatter } from "../frontmatter.js";
import { expandPromptTemplate } from "../prompt-templates.js";
import type { Skill } from "../skills.js";
import type { AgentSession } from "./agent-session.js";
import { saying } from "./transcript.js";

/** The name after the `/`, and what follows it. */
function split(text: string): { name: string; args: string } {
  const at = text.indexOf(" ");
  return at < 0 ? { name: text.slice(1), args: "" } : { name: text.slice(1, at), args: text.slice(at + 1) };
}

/** Runs an extension's command; whether there is one of that name. What it throws is told to who listens for errors. */
export async function runCommand({ extensionRunner }: AgentSession, text: string): Promise<boolean> {
  const { name, args } = split(text);
  const command = extensionRunner.getCommand(name);
  if (!command) return false;
  const context = extensionRunner.createCommandContext();
  try {
    await command.handler(args, context);
  } catch (error) {
    extensionRunner.emitError({ extensionPath: `command:${name}`, event: "command", error: saying(error) });
  }
  return true;
}

/** Throws if a text is an extension's command: those run at once or not at all. */
export function refuseCommand({ extensionRunner }: AgentSession, text: string): void {
  if (!text.startsWith("/")) return;
  const { name } = split(text);
  if (!extensionRunner.getCommand(name)) return;
  throw new Error(
    `Extension command "/${name}" cannot be queued. Use prompt() or execute the command when not streaming.`,
  );
}

/** A text with its skill or its template put in. */
export function expandText(session: AgentSession, text: string): string {
  return expandPromptTemplate(expandSkill(session, text), [...session.promptTemplates]);
}

function expandSkill(session: AgentSession, text: string): string {
  if (!text.startsWith("/skill:")) return text;
  const { name, args } = split(text);
  const skills: Skill[] = session.resourceLoader.getSkills().skills;
  const skill = skills.find((one) => `skill:${one.name}` === name);
  if (!skill) return text;
  const { filePath, baseDir } = skill;
  try {
    const body = stripFrontmatter(readFileSync(filePath, "utf-8")).trim();
    const block = `<skill name="${skill.name}" location="${filePath}">\nReferences are relative to ${baseDir}.\n\n${body}\n</skill>`;
    const more = args.trim();
    return more ? `${block}\n\n${more}` : block;
  } catch (error) {
    const { extensionRunner } = session;
    extensionRunner.emitError({ extensionPath: filePath, event: "skill_expansion", error: saying(error) });
    return text;
  }
}
