// The shell that commands run in, and what they see of the environment.

import { existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { withoutSecrets } from "../secrets.js";
import { getAgentDir } from "../session-files.js";

/** A shell and what comes before a command among its arguments. */
export interface ShellConfig {
  shell: string;
  args: string[];
}

/**
 * The shell to run commands in: the one that is asked for, else bash where it usually is or on the path, else `sh`.
 * Throws where there is none.
 */
export function getShellConfig(customShellPath?: string): ShellConfig {
  const args = ["-c"];
  if (customShellPath) {
    if (existsSync(customShellPath)) return { shell: customShellPath, args };
    throw new Error(`Custom shell path not found: ${customShellPath}`);
  }
  if (process.platform !== "win32") {
    const shell = existsSync("/bin/bash") ? "/bin/bash" : (onPath("bash") ?? "sh");
    return { shell, args };
  }
  const installed = [process.env.ProgramFiles, process.env["ProgramFiles(x86)"]]
    .filter((folder) => folder)
    .map((folder) => `${folder}\\Git\\bin\\bash.exe`);
  const shell = installed.find((path) => existsSync(path)) ?? onPath("bash.exe");
  if (shell) return { shell, args };
  const searched = installed.map((path) => `  ${path}`).join("\n");
  throw new Error(
    `No bash shell found. Options:\n  1. Install Git for Windows: https://git-scm.com/download/win\n  2. Add your bash to PATH (Cygwin, MSYS2, etc.)\n  3. Set shellPath in settings.json\n\nSearched Git Bash in:\n${searched}`,
  );
}

/**
 * The environment of this process without the keys that it has handed out, with the folder of the agent's own programs
 * on the path. A host's `spawnHook` may put keys back.
 */
export function getShellEnv(): NodeJS.ProcessEnv {
  const own = join(getAgentDir(), "bin");
  const name = pathName();
  const folders = process.env[name] ?? "";
  const known = folders.split(delimiter).includes(own);
  return {
    ...withoutSecrets(process.env),
    [name]: known || !folders ? folders || own : `${own}${delimiter}${folders}`,
  };
}

function pathName(): string {
  return Object.keys(process.env).find((name) => name.toLowerCase() === "path") ?? "PATH";
}

function onPath(program: string): string | undefined {
  const folders = (process.env[pathName()] ?? "").split(delimiter).filter((folder) => folder);
  return folders
    .map((folder) => join(folder, program))
    .find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}
