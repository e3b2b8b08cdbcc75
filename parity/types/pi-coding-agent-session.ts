/** What `pi-coding-agent` has for sessions of agents. */

import type * as pi from "@mariozechner/pi-coding-agent";
import type * as ours from "argent-runtime/pi-coding-agent";
import type { Misfits, Only } from "./fit.js";

interface Types {
  AgentSessionEvent: [pi.AgentSessionEvent, ours.AgentSessionEvent];
  AgentSessionRuntimeDiagnostic: [pi.AgentSessionRuntimeDiagnostic, ours.AgentSessionRuntimeDiagnostic];
  ModelCycleResult: [pi.ModelCycleResult, ours.ModelCycleResult];
  ParsedSkillBlock: [pi.ParsedSkillBlock, ours.ParsedSkillBlock];
  PromptOptions: [pi.PromptOptions, ours.PromptOptions];
  SessionStats: [pi.SessionStats, ours.SessionStats];
}

export const types: Only<never, Misfits<Types>> = true;

/** The members that a class of Pi's has and ours lacks. */
type Lacking<Pi, Ours> = Exclude<keyof Pi, keyof Ours>;

export const session: Only<never, Lacking<pi.AgentSession, ours.AgentSession>> = true;
export const runtime: Only<never, Lacking<pi.AgentSessionRuntime, ours.AgentSessionRuntime>> = true;
