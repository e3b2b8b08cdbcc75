// The messages of an agent: those that models know, and those that packages add.

import type { Message } from "../pi-ai/types.js";

/** The messages that packages add; each declares its own here, by role. */
// biome-ignore lint/suspicious/noEmptyInterface: packages merge their declarations into it
export interface CustomAgentMessages {}

/** A message of an agent. */
export type AgentMessage = Message | CustomAgentMessages[keyof CustomAgentMessages];
