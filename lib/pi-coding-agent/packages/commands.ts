// The programs that fetch packages: git and npm. Nobody is there to answer what they may ask.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { basename } from "node:path";

/** Where a program runs. */
export interface RunOptions {
  cwd?: string;
}

/** How a program is run whose output is wanted. */
export interface CaptureOptions extends RunOptions {
  timeoutMs?: number;
  env?: Record<string, string>;
}

const WINDOWS_SCRIPTS = new Set(["npm", "npx", "pnpm", "yarn", "yarnpkg", "corepack"]);

/** Whether a program is a script that only a shell runs. */
function needsShell(command: string): boolean {
  if (process.platform !== "win32") return false;
  const name = basename(command).toLowerCase();
  return /\.(cmd|bat)$/.test(name) || WINDOWS_SCRIPTS.has(name);
}

function environment(): NodeJS.ProcessEnv {
  return { GIT_TERMINAL_PROMPT: "0", ...process.env };
}

/** Runs programs. */
export class PackageCommands {
  protected spawnCommand(command: string, args: string[], options?: RunOptions): ChildProcess {
    // What it writes goes where errors go: the host's output may be read by a program.
    const stdio = ["ignore", 2, 2] as const;
    return spawn(command, args, {
      cwd: options?.cwd,
      stdio: [...stdio],
      shell: needsShell(command),
      env: environment(),
    });
  }

  protected spawnCaptureCommand(command: string, args: string[], options?: CaptureOptions): ChildProcess {
    const env = { ...environment(), ...options?.env };
    const shell = needsShell(command);
    return spawn(command, args, { cwd: options?.cwd, stdio: ["ignore", "pipe", "pipe"], shell, env });
  }

  /** What a program writes, without blanks round it. Rejects when it fails or takes too long. */
  protected runCommandCapture(command: string, args: string[], options?: CaptureOptions): Promise<string> {
    const line = `${command} ${args.join(" ")}`;
    const timeoutMs = options?.timeoutMs;
    return new Promise((resolve, reject) => {
      const child = this.spawnCaptureCommand(command, args, options);
      const [out, err]: string[][] = [[], []];
      child.stdout?.setEncoding("utf8").on("data", (text: string) => out?.push(text));
      child.stderr?.setEncoding("utf8").on("data", (text: string) => err?.push(text));
      let late = false;
      const end = () => {
        late = true;
        child.kill();
      };
      const timer = timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs);
      child.once("error", (error) => {
        clearTimeout(timer);
        reject(error);
      });
      child.once("close", (code, signal) => {
        clearTimeout(timer);
        const [stdout, stderr] = [out?.join("") ?? "", err?.join("") ?? ""];
        if (late) return reject(new Error(`${line} timed out after ${timeoutMs}ms`));
        if (code === 0) return resolve(stdout.trim());
        const status = code === null ? `signal ${signal ?? "unknown"}` : `code ${code}`;
        reject(new Error(`${line} failed with ${status}: ${stderr || stdout}`));
      });
    });
  }

  /** Runs a program. Rejects when it fails. */
  protected runCommand(command: string, args: string[], options?: RunOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = this.spawnCommand(command, args, options);
      child.on("error", reject);
      child.on("exit", (code) => {
        if (code === 0) resolve();
        else reject(new Error(`${command} ${args.join(" ")} failed with code ${code}`));
      });
    });
  }

  protected runCommandSync(command: string, args: string[]): string {
    const { error, status, stdout, stderr } = spawnSync(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      encoding: "utf-8",
      shell: needsShell(command),
      env: environment(),
    });
    if (error || status !== 0) {
      const line = `${command} ${args.join(" ")}`;
      throw new Error(`Failed to run ${line}: ${error?.message || stderr || stdout}`);
    }
    return (stdout || stderr || "").trim();
  }

  /** Does all tasks, a few at a time; the results are in the tasks' order. */
  protected async runWithConcurrency<T>(tasks: (() => Promise<T>)[], limit: number): Promise<T[]> {
    const results: T[] = [];
    const rest = tasks.entries();
    const work = async () => {
      for (const [at, task] of rest) results[at] = await task();
    };
    await Promise.all(Array.from({ length: Math.min(limit, tasks.length) }, work));
    return results;
  }
}
