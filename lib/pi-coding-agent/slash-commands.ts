// Commands that a user types after a slash.

import type { SourceInfo } from "./source-info.js";

/** What brought a command. */
export type SlashCommandSource = "extension" | "prompt" | "skill";

/** A command as extensions see it. */
export interface SlashCommandInfo {
  name: string;
  description?: string;
  source: SlashCommandSource;
  sourceInfo: SourceInfo;
}
