// The tool that runs commands.

import { tmpdir } from "node:os";
import type { Static } from "typebox";
import type { AgentTool } from "../../pi-agent-core/tool.js";
import { Type } from "../../pi-ai/typebox.js";
import { BashOutput, type BashToolDetails } from "./bash-output.js";
import { once, type ToolDefinition, wrapToolDefinition } from "./definition.js";
import { textResult } from "./listing.js";
import { type BashExit, type BashOperations, runLocally } from "./local-bash.js";
import { getShellEnv } from "./shell.js";
import { DEFAULT_MAX_BYTES, DEFAULT_MAX_LINES } from "./truncate.js";

export type { BashToolDetails } from "./bash-output.js";
export { type BashOperations, createLocalBashOperations } from "./local-bash.js";

const bashSchema = once(() =>
  Type.Object({
    command: Type.String({ description: "Bash command to execute" }),
    timeout: Type.Optional(Type.Number({ description: "Timeout in seconds (optional, no default timeout)" })),
  }),
);

type BashSchema = ReturnType<typeof bashSchema>;

/** What a model asks for. */
export type BashToolInput = Static<BashSchema>;

/** A command as it is about to run. */
export interface BashSpawnContext {
  command: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** Changes a command, where it runs or its environment. */
export type BashSpawnHook = (context: BashSpawnContext) => BashSpawnContext;

/** How the tool does its work. */
export interface BashToolOptions {
  /** Runs commands in place of this machine's shell. */
  operations?: BashOperations;
  /** Lines that come before each command. */
  commandPrefix?: string;
  /** The shell. */
  shellPath?: string;
  /** Has the last word on a command. */
  spawnHook?: BashSpawnHook;
}

/** The tool `bash`. */
export function createBashToolDefinition(
  cwd: string,
  options?: BashToolOptions,
): ToolDefinition<BashSchema, BashToolDetails | undefined> {
  const { operations, commandPrefix, shellPath, spawnHook } = options ?? {};
  return {
    name: "bash",
    label: "bash",
    description: `Execute a bash command in the current working directory. Returns stdout and stderr. Output is truncated to last ${DEFAULT_MAX_LINES} lines or ${DEFAULT_MAX_BYTES / 1024}KB (whichever is hit first). If truncated, full output is saved to a temp file. Optionally provide a timeout in seconds.`,
    promptSnippet: "Execute bash commands (ls, grep, find, etc.)",
    parameters: bashSchema(),
    async execute(_toolCallId, { command, timeout }, signal, onUpdate) {
      const prefixed = commandPrefix ? `${commandPrefix}\n${command}` : command;
      const context: BashSpawnContext = { command: prefixed, cwd, env: getShellEnv() };
      const spawn = spawnHook ? spawnHook(context) : context;
      const output = new BashOutput(tmpdir(), onUpdate);
      let exit: BashExit;
      try {
        const { env } = spawn;
        const onData = (data: Buffer) => output.append(data);
        exit = operations
          ? await operations.exec(spawn.command, spawn.cwd, { onData, signal, timeout, env })
          : await runLocally({ ...spawn, timeout, signal, shellPath }, output.sink);
      } catch (error) {
        output.finish();
        throw failure(error, output);
      }
      output.finish();
      const { text, details } = output.result("(no output)");
      if (exit.signal) throw new Error(`${text}\n\nCommand terminated by signal ${exit.signal}`);
      if (exit.exitCode !== 0 && exit.exitCode !== null) {
        throw new Error(`${text}\n\nCommand exited with code ${exit.exitCode}`);
      }
      return textResult(text, details);
    },
  };
}

/** What a call fails with: the output and why there is no more of it. */
function failure(error: unknown, output: BashOutput): unknown {
  const message = error instanceof Error ? error.message : "";
  let status: string;
  if (message === "aborted") status = "Command aborted";
  else if (message.startsWith("timeout:"))
    status = `Command timed out after ${message.split(":")[1]} seconds`;
  else {
    output.discard();
    return error;
  }
  const { text } = output.result("");
  return new Error(text ? `${text}\n\n${status}` : status);
}

/** The tool `bash` for an agent loop. */
export function createBashTool(cwd: string, options?: BashToolOptions): AgentTool<BashSchema> {
  return wrapToolDefinition(createBashToolDefinition(cwd, options));
}
