// Programs in processes of their own, started in the checkout so that the package resolves by its name.

import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What still runs; a test that fails may leave something. */
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
});

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface ChildOptions {
  /** Node's own options. */
  flags?: string[];
  env?: Record<string, string>;
  /** Whether the program is a CommonJS one. */
  commonjs?: boolean;
  /** How long it may run, in milliseconds; a program that is still there then is killed. */
  limit?: number;
}

/** A program that runs. */
export interface Child {
  ended: Promise<Ended>;
  /** Resolves once the program has printed `text`, or has ended. */
  printed(text: string): Promise<void>;
  alive(): boolean;
  kill(): void;
}

/** Starts a program. */
export function startChild(source: string, options: ChildOptions = {}): Child {
  const { flags = [], env = {}, commonjs = false, limit = 15_000 } = options;
  const child = spawn(
    process.execPath,
    [...flags, `--input-type=${commonjs ? "commonjs" : "module"}`, "-e", source],
    { cwd: root, env: { ...cleanEnvironment(), ...env }, stdio: ["ignore", "pipe", "pipe"] },
  );
  running.add(child);
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    output.stderr += text;
  });
  const killer = setTimeout(() => child.kill("SIGKILL"), limit);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(killer);
      running.delete(child);
      resolve({ code, signal, ...output });
    });
  });
  return {
    ended,
    printed: (text) =>
      new Promise((resolve) => {
        const look = () => {
          if (output.stdout.includes(text)) resolve();
        };
        child.stdout.on("data", look);
        child.on("close", () => resolve());
        look();
      }),
    alive: () => child.exitCode === null && child.signalCode === null,
    kill: () => child.kill("SIGKILL"),
  };
}

/** Runs a program to its end. */
export function runChild(source: string, options?: ChildOptions): Promise<Ended> {
  return startChild(source, options).ended;
}

/** What the runner of the tests sets is not for the programs. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, ...rest } = process.env;
  return Object.fromEntries(Object.entries(rest).filter(([name]) => !/^VITEST|_API_KEY$/.test(name)));
}
