// Runs every test: Rust's, then those of the package. Arguments are handed to vitest.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const cwd = fileURLToPath(new URL("..", import.meta.url));
const shell = process.platform === "win32";

// The addon is built for a target by name; naming the same one here shares its dependencies.
const version = spawnSync("rustc", ["--version", "--verbose"], { encoding: "utf8", shell }).stdout ?? "";
const target = version.match(/^host: (.+)$/m)?.[1]?.trim();

for (const [command, ...args] of [
  ["cargo", "test", "--quiet", ...(target ? ["--target", target] : [])],
  ["npx", "--no-install", "vitest", "run", ...process.argv.slice(2)],
]) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: "inherit", shell });
  if (error) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}
