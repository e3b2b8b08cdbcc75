// Brings a checkout up to date for `npm start` and `npm test`: installs what the lock file names, builds the addon and
// compiles the TypeScript, each only when what it is made of has changed. `--release` builds the addon as published.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const release = process.argv.includes("--release");

/** Files below the given paths, sorted. */
function* filesOf(...paths) {
  for (const path of paths) {
    if (!statSync(join(root, path)).isDirectory()) yield path;
    else for (const name of readdirSync(join(root, path)).sort()) yield* filesOf(join(path, name));
  }
}

/** A digest of the contents of files, and of what else decides about a step. */
function digest(files, ...also) {
  const hash = createHash("sha256").update(also.join("\n"));
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

/** Runs a step unless its outputs exist and were made from the same inputs. */
function step(name, inputs, outputs, run) {
  const stamp = join(root, "node_modules", `.argent-${name}`);
  const known = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";
  if (known === inputs() && outputs.every((file) => existsSync(join(root, file)))) return;
  console.log(`> ${name}`);
  run();
  mkdirSync(join(root, "node_modules"), { recursive: true });
  writeFileSync(stamp, inputs());
}

function call(command, ...args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status === 0) return;
  console.error(error ? `${command}: ${error.message}` : `${command} ${args.join(" ")} failed`);
  process.exit(status ?? 1);
}

function nativeFiles() {
  return readdirSync(join(root, "lib")).filter((name) => /^native\.(js|d\.ts|.*\.node)$/.test(name));
}

step(
  "install",
  () => digest(["package.json", "package-lock.json"]),
  ["node_modules/typebox"],
  () => call("npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit"),
);

const rust = () =>
  digest([...filesOf("src"), "Cargo.toml", "Cargo.lock", "build.rs"], process.version, String(release));
step("addon", rust, ["lib/native.js", "lib/native.d.ts"], () => {
  const napi = [
    "napi",
    "build",
    "--platform",
    "--esm",
    "--js",
    "native.js",
    "--dts",
    "native.d.ts",
    "--output-dir",
    "lib",
  ];
  // Naming cdylib alone keeps LTO: with the rlib beside it cargo drops it without a word.
  const profile = release ? ["--release", "--", "--lib", "--crate-type", "cdylib"] : [];
  call("npx", "--no-install", ...napi, ...profile);
});

step(
  "catalog",
  () => digest(["src/ai/catalog/models.json", "scripts/generate-catalog.mjs"]),
  ["lib/pi-ai/catalog.generated.ts"],
  () => call(process.execPath, "scripts/generate-catalog.mjs"),
);

step(
  "typescript",
  () => digest([...filesOf("lib"), "tsconfig.json"]),
  ["dist/pi-ai/index.js", "dist/native.js"],
  () => {
    call("npx", "--no-install", "tsc", "-p", "tsconfig.json");
    for (const name of nativeFiles()) copyFileSync(join(root, "lib", name), join(root, "dist", name));
  },
);
