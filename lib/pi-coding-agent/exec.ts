// Programs that extensions run.

import { type ChildProcess, spawn } from "node:child_process";

/** How long the pipes of a program that has ended may stay open in others' hands. */
const PIPES_MS = 100;
/** How long a program has to end after it was asked to. */
const GRACE_MS = 5000;

/** How a program is run. */
export interface ExecOptions {
  signal?: AbortSignal;
  /** Milliseconds; none when not set or 0. */
  timeout?: number;
  cwd?: string;
}

/** What a program came to. */
export interface ExecResult {
  stdout: string;
  stderr: string;
  /** 1 when it could not be started, 0 when a signal ended it. */
  code: number;
  /** Whether it was ended by the signal or the timeout. */
  killed: boolean;
}

/** Runs a program without a shell. Never rejects: a program that cannot be started has code 1. */
export async function execCommand(
  command: string,
  args: string[],
  cwd: string,
  options?: ExecOptions,
): Promise<ExecResult> {
  const { signal, timeout } = options ?? {};
  const child = spawn(command, args, { cwd, shell: false, stdio: ["ignore", "pipe", "pipe"] });
  const result = { stdout: "", stderr: "", code: 0, killed: false };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    result.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    result.stderr += text;
  });
  let force: NodeJS.Timeout | undefined;
  const end = () => {
    if (result.killed) return;
    result.killed = true;
    child.kill("SIGTERM");
    force = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
  };
  if (signal?.aborted) end();
  else signal?.addEventListener("abort", end, { once: true });
  const timer = timeout && timeout > 0 ? setTimeout(end, timeout) : undefined;
  try {
    result.code = (await exited(child)) ?? 0;
  } catch {
    result.code = 1;
  }
  clearTimeout(timer);
  clearTimeout(force);
  signal?.removeEventListener("abort", end);
  return result;
}

/** The exit code, once the pipes are read; those that others keep open are not waited for. */
function exited(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve(code);
    });
    child.once("exit", () => {
      timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, PIPES_MS);
    });
  });
}
