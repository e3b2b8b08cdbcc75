// Values in configuration that stand for others: a command's output, a variable of the environment, an encrypted key.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { openSealed } from "../native.js";
import { getShellConfig } from "./tools/shell.js";

/** How long a command may take, in milliseconds. */
const TIMEOUT = 10_000;

/** What commands gave, for the life of the process. One that failed is run again. */
const outputs = new Map<string, string>();

/**
 * The value that a configured one stands for: the output of a command after `!`, run once; the environment variable of
 * that name; what Argent's dashboard has encrypted, if its master key is at hand; else itself. `undefined` if a command
 * fails or gives nothing, and for a key that stays closed.
 */
export function resolveConfigValue(config: string): string | undefined {
  if (!config.startsWith("!")) return resolveConfigValueUncached(config);
  const known = outputs.get(config);
  if (known !== undefined) return known;
  const output = outputOf(config.slice(1));
  if (output !== undefined) outputs.set(config, output);
  return output;
}

/** As {@link resolveConfigValue}; a command is run at each call. */
export function resolveConfigValueUncached(config: string): string | undefined {
  if (config.startsWith("!")) return outputOf(config.slice(1));
  return process.env[config] || openedKey(config);
}

/**
 * As {@link resolveConfigValueUncached}.
 *
 * @param description - what the value is, for the error.
 * @throws Error if there is no value.
 */
export function resolveConfigValueOrThrow(config: string, description: string): string {
  const value = resolveConfigValueUncached(config);
  if (value !== undefined) return value;
  const source = config.startsWith("!") ? ` from shell command: ${config.slice(1)}` : "";
  throw new Error(`Failed to resolve ${description}${source}`);
}

/** Headers with what their values stand for; `undefined` if there are none. Throws if one has no value. */
export function resolveHeadersOrThrow(
  headers: Record<string, string> | undefined,
  description: string,
): Record<string, string> | undefined {
  const entries = Object.entries(headers ?? {}).map(([name, value]) => [
    name,
    resolveConfigValueOrThrow(value, `${description} header "${name}"`),
  ]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** Has commands run again. */
export function clearConfigValueCache(): void {
  outputs.clear();
}

/** A key that is encrypted or in another store must not go out as if it were one. */
function openedKey(value: string): string | undefined {
  if (value.startsWith("op://")) return undefined;
  if (!value.startsWith("enc:v1:")) return value;
  try {
    const master = readFileSync(join(homedir(), ".argentos", ".master-key"));
    return openSealed(value, master) ?? undefined;
  } catch {
    return undefined;
  }
}

function outputOf(command: string): string | undefined {
  if (process.platform === "win32") {
    try {
      const { shell, args } = getShellConfig();
      const run = runCommand(shell, [...args, command], false);
      if (run.failure !== "ENOENT") return run.output;
    } catch {
      // There is no such shell.
    }
  }
  return runCommand(command, [], true).output;
}

function runCommand(command: string, args: string[], shell: boolean): { output?: string; failure?: string } {
  const { status, stdout, error } = spawnSync(command, args, {
    encoding: "utf8",
    timeout: TIMEOUT,
    stdio: ["ignore", "pipe", "ignore"],
    shell,
    windowsHide: true,
  });
  if (error) return { failure: (error as NodeJS.ErrnoException).code };
  return { output: status === 0 ? stdout.trim() || undefined : undefined };
}
