// Loads the native addon: the file beside this module in a checkout, else the package for this platform. What cannot be
// loaded is explained.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { addonFailure } from "./native-failure.js";

const require = createRequire(import.meta.url);

// Tools that trace what a program needs find the files by these calls, so that each names its own in full.
const ADDONS: Record<string, readonly (() => unknown)[]> = {
  "darwin-arm64": [() => require("./native.darwin-arm64.node"), () => require("argent-runtime-darwin-arm64")],
  "darwin-x64": [() => require("./native.darwin-x64.node"), () => require("argent-runtime-darwin-x64")],
  "linux-arm64-gnu": [
    () => require("./native.linux-arm64-gnu.node"),
    () => require("argent-runtime-linux-arm64-gnu"),
  ],
  "linux-arm64-musl": [
    () => require("./native.linux-arm64-musl.node"),
    () => require("argent-runtime-linux-arm64-musl"),
  ],
  "linux-x64-gnu": [
    () => require("./native.linux-x64-gnu.node"),
    () => require("argent-runtime-linux-x64-gnu"),
  ],
  "linux-x64-musl": [
    () => require("./native.linux-x64-musl.node"),
    () => require("argent-runtime-linux-x64-musl"),
  ],
  "win32-arm64-msvc": [
    () => require("./native.win32-arm64-msvc.node"),
    () => require("argent-runtime-win32-arm64-msvc"),
  ],
  "win32-x64-msvc": [
    () => require("./native.win32-x64-msvc.node"),
    () => require("argent-runtime-win32-x64-msvc"),
  ],
};

/**
 * The addon.
 * @param names - what it must have.
 * @throws an Error with the code `ARGENT_NATIVE` that says what was tried, what came of it and what to do.
 */
export function loadAddon(names: readonly string[]): Record<string, unknown> {
  const platform = platformName();
  const errors: Error[] = [];
  for (const load of ADDONS[platform] ?? []) {
    try {
      const addon = load() as Record<string, unknown>;
      const lacking = names.filter((name) => !(name in addon));
      if (lacking.length === 0) return addon;
      errors.push(new Error(`The addon is of another version: it has no ${lacking.join(", ")}`));
    } catch (error) {
      errors.push(error as Error);
    }
  }
  throw addonFailure(platform, errors, Object.keys(ADDONS));
}

/** What the addon for this machine is called. */
function platformName(): string {
  const name = `${process.platform}-${process.arch}`;
  if (process.platform === "linux") return `${name}-${isMusl() ? "musl" : "gnu"}`;
  return process.platform === "win32" ? `${name}-msvc` : name;
}

function isMusl(): boolean {
  try {
    return readFileSync("/usr/bin/ldd", "latin1").includes("musl");
  } catch {
    // Images without a shell have no ldd either. The report is slow to make.
    const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
    return header.glibcVersionRuntime === undefined;
  }
}
