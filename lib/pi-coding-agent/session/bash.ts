// Commands that the user runs beside the agent, and how the conversation comes to know of them.

import { type BashResult, executeBashWithOperations } from "../bash-executor.js";
import type { BashExecutionMessage } from "../messages.js";
import { createLocalBashOperations } from "../tools/index.js";
import type { AgentSession } from "./agent-session.js";
import type { ExecuteBashOptions } from "./types.js";

/** The user's commands in one session. */
export class SessionBash {
  #running: AbortController | undefined;
  #pending: BashExecutionMessage[] = [];

  constructor(private readonly session: AgentSession) {}

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  get hasPending(): boolean {
    return this.#pending.length > 0;
  }

  abort(): void {
    this.#running?.abort();
  }

  /** Runs a command and records it. */
  async execute(
    command: string,
    onChunk: ((chunk: string) => void) | undefined,
    options: ExecuteBashOptions | undefined,
  ): Promise<BashResult> {
    const { session } = this;
    const controller = new AbortController();
    this.#running = controller;
    const prefix = session.settingsManager.getShellCommandPrefix();
    const shellPath = session.settingsManager.getShellPath();
    try {
      const result = await executeBashWithOperations(
        prefix ? `${prefix}\n${command}` : command,
        session.sessionManager.getCwd(),
        options?.operations ?? createLocalBashOperations({ shellPath }),
        { onChunk, signal: controller.signal },
      );
      session.recordBashResult(command, result, options);
      return result;
    } finally {
      if (this.#running === controller) this.#running = undefined;
    }
  }

  /** Puts a result into the conversation; while the agent answers it waits, as it must not part calls and results. */
  record(command: string, result: BashResult, excludeFromContext: boolean | undefined): void {
    const { output, exitCode, cancelled, truncated, fullOutputPath } = result;
    const what = { output, exitCode, cancelled, truncated, fullOutputPath };
    const message = { role: "bashExecution", command, ...what, timestamp: Date.now(), excludeFromContext };
    if (this.session.isStreaming) this.#pending.push(message as BashExecutionMessage);
    else this.#add(message as BashExecutionMessage);
  }

  /** Puts what waits into the conversation. */
  flush(): void {
    for (const message of this.#pending.splice(0)) this.#add(message);
  }

  #add(message: BashExecutionMessage): void {
    const { agent, sessionManager } = this.session;
    agent.state.messages.push(message);
    sessionManager.appendMessage(message);
  }
}
