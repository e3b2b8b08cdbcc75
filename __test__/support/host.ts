// A host of the package in a folder of its own: copied from fixtures/host, with what it needs in its node_modules.

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Puts the host into a folder, with the package as it is published. */
export function makeHost(folder: string): void {
  cpSync(join(root, "fixtures/host"), folder, { recursive: true });
  const own = join(folder, "node_modules/argent-runtime");
  mkdirSync(own, { recursive: true });
  for (const name of ["package.json", "index.js", "index.d.ts", "dist"])
    cpSync(join(root, name), join(own, name), { recursive: true });
  for (const name of ["typebox", "vitest", "typescript"])
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name), "junction");
}

/** Runs a program of the checkout; what it prints comes back. */
export function runProgram(program: string, args: string[], cwd = root) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, program), ...args], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", VITEST: undefined, VITEST_MODE: undefined },
  });
  return { status, output: stdout + stderr, stdout };
}

/** Runs the command `argent-runtime`. */
export const command = (...args: string[]) => runProgram("dist/cli.js", args);

/** The contents of all files below a folder, by their paths; without node_modules. */
export function filesBelow(folder: string): Map<string, Buffer> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => !path.startsWith("node_modules") && statSync(join(folder, path)).isFile())
    .sort();
  return new Map(paths.map((path) => [path.replaceAll("\\", "/"), readFileSync(join(folder, path))]));
}
