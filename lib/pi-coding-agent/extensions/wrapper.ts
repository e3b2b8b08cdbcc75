// The tools of extensions as tools of the agent loop.

import type { AgentTool } from "../../pi-agent-core/tool.js";
import { wrapToolDefinition } from "../tools/definition.js";
import type { RegisteredTool } from "./extension.js";
import type { ExtensionRunner } from "./runner.js";

/** A tool of an extension as a tool of the agent loop: it is told of the runner's session. */
export function wrapRegisteredTool(registeredTool: RegisteredTool, runner: ExtensionRunner): AgentTool {
  return wrapToolDefinition(registeredTool.definition, () => runner.createContext());
}

/** Several of them. */
export function wrapRegisteredTools(registeredTools: RegisteredTool[], runner: ExtensionRunner): AgentTool[] {
  return registeredTools.map((tool) => wrapRegisteredTool(tool, runner));
}
