// Runs every test: Rust's, then those of the package. Arguments are handed to vitest.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const cwd = fileURLToPath(new URL("..", import.meta.url));
const shell = process.platform === "win32";

for (const [command, ...args] of [
  ["cargo", "test", "--quiet"],
  ["npx", "--no-install", "vitest", "run", ...process.argv.slice(2)],
]) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: "inherit", shell });
  if (error) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}
