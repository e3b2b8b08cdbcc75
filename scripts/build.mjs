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
  renameSync,
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

/** Copies a file into the place of another. What runs with the old one keeps it: an addon in use must not change. */
function put(from, to) {
  copyFileSync(from, `${to}.new`);
  renameSync(`${to}.new`, to);
}

function nativeFiles() {
  return readdirSync(join(root, "lib")).filter((name) => /^native\.(js|d\.ts|.*\.node)$/.test(name));
}

/** Puts an addon with link-time optimisation in the place of the one that `napi build` made. */
function relink() {
  const version = spawnSync("rustc", ["--version", "--verbose"], { encoding: "utf8" }).stdout;
  const target = version.match(/^host: (.+)$/m)[1].trim();
  call("cargo", "rustc", "--release", "--lib", "--crate-type", "cdylib", "--target", target);
  const built = join(root, "target", target, "release");
  const library = readdirSync(built).find((name) => /^(lib)?argent_runtime\.(so|dylib|dll)$/.test(name));
  const addon = nativeFiles().find((name) => name.endsWith(".node"));
  put(join(built, library), join(root, "lib", addon));
}

step(
  "install",
  () => digest(["package.json", "package-lock.json"]),
  ["node_modules/typebox"],
  () => call("npm", "install", "--no-save", "--ignore-scripts", "--no-fund", "--no-audit"),
);

const rust = () => digest([...filesOf("src"), "Cargo.toml", "Cargo.lock", "build.rs"], String(release));
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
  call("npx", "--no-install", ...napi, ...(release ? ["--release"] : []));
  // With the rlib beside it cargo links the cdylib without LTO and without a word, so it is linked once more alone.
  if (release) relink();
});

step(
  "catalog",
  () => digest(["src/ai/catalog/models.json", "scripts/generate-catalog.mjs"]),
  ["lib/pi-ai/catalog.generated.ts"],
  () => call(process.execPath, "scripts/generate-catalog.mjs"),
);

// The parser of `argent-runtime migrate` is one file without dependencies; as a package it brings 5 MB of others.
const parser = "node_modules/@babel/parser";

step(
  "typescript",
  () => digest([...filesOf("lib"), "tsconfig.json", `${parser}/package.json`]),
  ["dist/pi-ai/index.js", "dist/native.js", "dist/cli/babel-parser.cjs"],
  () => {
    call("npx", "--no-install", "tsc", "-p", "tsconfig.json");
    call(process.execPath, "scripts/generate-catalog.mjs", "--dist");
    put(join(root, parser, "lib/index.js"), join(root, "dist/cli/babel-parser.cjs"));
    put(join(root, parser, "LICENSE"), join(root, "dist/cli/babel-parser.LICENSE"));
    for (const name of nativeFiles()) put(join(root, "lib", name), join(root, "dist", name));
  },
);
