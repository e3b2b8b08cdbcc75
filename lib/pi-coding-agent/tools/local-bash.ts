// Commands in a shell of this machine.

import { existsSync } from "node:fs";
import { constants } from "node:os";
import { getSystemErrorName, inspect } from "node:util";
import { type ShellOutput, ShellRun } from "../../native.js";
import { requestText } from "./native-call.js";
import { getShellConfig, getShellEnv } from "./shell.js";

/** How a command ended. */
export interface BashExit {
  /** Its exit code; `null` where a signal ended it. */
  exitCode: number | null;
  /** The signal that ended it. */
  signal?: string;
}

/** What a host may do in place of running commands on this machine. */
export interface BashOperations {
  /**
   * Runs a command. Fails with the message `aborted`, or `timeout:` and the seconds, where that ended it.
   * @param options.timeout in seconds
   */
  exec: (
    command: string,
    cwd: string,
    options: {
      onData: (data: Buffer) => void;
      signal?: AbortSignal;
      timeout?: number;
      env?: NodeJS.ProcessEnv;
    },
  ) => Promise<BashExit>;
}

/** A command to run. */
export interface LocalCommand {
  command: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** In seconds. */
  timeout?: number;
  signal?: AbortSignal;
  shellPath?: string;
}

/** Where output goes: into `output`, or, a piece at a time, to `onData`. */
export type Sink = { output: ShellOutput; onNews?: () => void } | { onData: (data: Buffer) => void };

/** What the native side has to say of a command that ended or could not be started. */
interface Ended {
  code?: number | null;
  signal?: number | null;
  end?: "itself" | "aborted" | "timeout";
  errno?: number | null;
  error?: string;
}

/** Pi's shell commands, for hosts that run something else before, after or around them. */
export function createLocalBashOperations(options?: { shellPath?: string }): BashOperations {
  return {
    exec: (command, cwd, { onData, env = getShellEnv(), ...more }) =>
      runLocally({ command, cwd, env, ...more, ...options }, { onData }),
  };
}

/** Runs a command. No process that it started lives on when it is aborted or its time is over. */
export async function runLocally(local: LocalCommand, sink: Sink): Promise<BashExit> {
  const { command, cwd, env, timeout, signal } = local;
  const { shell, args } = getShellConfig(local.shellPath);
  if (!existsSync(cwd)) {
    throw new Error(`Working directory does not exist: ${cwd}\nCannot execute bash commands.`);
  }
  refuseNull(command, args.length);
  if (signal?.aborted) throw new Error("aborted");
  const variables = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, `${value}`]],
  );
  const program = { program: shell, args: [...args, command], cwd, env: variables, timeout };
  const run = new ShellRun(requestText(program));
  const abort = () => run.abort();
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const { exitCode, signal: ended } = outcome(await start(run, sink), shell, timeout, signal);
    return ended ? { exitCode, signal: ended } : { exitCode };
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

async function start(run: ShellRun, sink: Sink): Promise<Ended> {
  if ("output" in sink) return JSON.parse(await run.run(sink.output, sink.onNews));
  const hand = () => {
    const data = run.take();
    if (data) sink.onData(data);
  };
  const ended = await run.run(undefined, hand);
  hand();
  return JSON.parse(ended);
}

function outcome(
  ended: Ended,
  shell: string,
  timeout: number | undefined,
  signal: AbortSignal | undefined,
): BashExit {
  if (ended.error !== undefined) throw spawnError(ended, shell);
  if (signal?.aborted) throw new Error("aborted");
  if (ended.end === "timeout") throw new Error(`timeout:${timeout}`);
  const names = Object.entries(constants.signals);
  const name = names.find(([, number]) => number === ended.signal)?.[0];
  return { exitCode: ended.code ?? null, signal: name };
}

/** Why a shell could not be started, in Node's words. */
function spawnError({ errno, error }: Ended, shell: string): Error {
  if (!errno) return new Error(error);
  const code = getSystemErrorName(-errno);
  const named = ["EACCES", "EAGAIN", "EMFILE", "ENFILE", "ENOENT"].includes(code);
  const syscall = named ? `spawn ${shell}` : "spawn";
  return Object.assign(new Error(`${syscall} ${code}`), { errno: -errno, code, syscall });
}

/** No program can be given a zero: says so as Node does. */
function refuseNull(command: string, at: number): void {
  if (!command.includes("\0")) return;
  const shown = inspect(command);
  const received = shown.length > 128 ? `${shown.slice(0, 128)}...` : shown;
  const message = `The argument 'args[${at}]' must be a string without null bytes. Received ${received}`;
  throw Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_VALUE" });
}
