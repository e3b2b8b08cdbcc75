// Lets extensions stop the agent's calls and change their results.

import type { AgentSession } from "./agent-session.js";

/** What a tool is called with. */
type Input = Record<string, unknown>;

/**
 * Sets the agent's hooks. They take the session's runner as it is at each call.
 * @param settled - resolves when extensions have been told of all events so far.
 */
export function installToolHooks(session: AgentSession, settled: () => Promise<void>): void {
  session.agent.beforeToolCall = async ({ toolCall, args }) => {
    const runner = session.extensionRunner;
    if (!runner.hasHandlers("tool_call")) return undefined;
    await settled();
    const { name: toolName, id: toolCallId } = toolCall;
    try {
      return await runner.emitToolCall({ type: "tool_call", toolName, toolCallId, input: args as Input });
    } catch (error) {
      if (error instanceof Error) throw error;
      throw new Error(`Extension failed, blocking execution: ${String(error)}`);
    }
  };
  session.agent.afterToolCall = async ({ toolCall, args, result, isError }) => {
    const runner = session.extensionRunner;
    if (!runner.hasHandlers("tool_result")) return undefined;
    const { name: toolName, id: toolCallId } = toolCall;
    const { content, details } = result;
    const what = { toolName, toolCallId, input: args as Input, content, details, isError };
    const changed = await runner.emitToolResult({ type: "tool_result", ...what });
    return changed && { ...changed, isError: changed.isError ?? isError };
  };
}
