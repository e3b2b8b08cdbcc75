// What a project tells agents: `AGENTS.md`, `CLAUDE.md`.

import { join, resolve } from "node:path";
import { findContextFiles } from "../native.js";

/** A file of instructions. */
export interface ContextFile {
  path: string;
  content: string;
}

/**
 * The instructions that hold in a project's folder: the agent's own first, then those of the folders above, the outermost
 * first. A file that cannot be read is warned of on the console and passed over.
 */
export function loadProjectContextFiles(options: { cwd: string; agentDir: string }): ContextFile[] {
  const dirs: string[] = [];
  for (let dir = options.cwd; dir !== dirs.at(-1); dir = resolve(dir, "..")) dirs.push(dir);
  const own = filesOf([options.agentDir]);
  const above = filesOf(dirs).filter(({ path }) => path !== own[0]?.path);
  return [...own, ...above.reverse()];
}

function filesOf(dirs: string[]): ContextFile[] {
  const { files, refused } = findContextFiles(dirs.map((dir) => join(dir, ".")));
  for (let at = 0; at < refused.length; at += 2) {
    console.error(`Warning: Could not read ${refused[at]}: Error: ${refused[at + 1]}`);
  }
  return JSON.parse(files);
}
