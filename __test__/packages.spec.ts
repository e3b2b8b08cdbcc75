// The packages that are published: what is in them, and that they work where they are installed.

import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { runProgram } from "./support/host.js";
import { temporaryFolder } from "./support/sessions.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = temporaryFolder();
const packages = () => join(folder.path, "npm");
const manifestOf = (name: string) => JSON.parse(readFileSync(join(packages(), name, "package.json"), "utf8"));

const PLATFORMS = {
  "darwin-arm64": { os: ["darwin"], cpu: ["arm64"] },
  "darwin-x64": { os: ["darwin"], cpu: ["x64"] },
  "linux-arm64-gnu": { os: ["linux"], cpu: ["arm64"], libc: ["glibc"] },
  "linux-arm64-musl": { os: ["linux"], cpu: ["arm64"], libc: ["musl"] },
  "linux-x64-gnu": { os: ["linux"], cpu: ["x64"], libc: ["glibc"] },
  "linux-x64-musl": { os: ["linux"], cpu: ["x64"], libc: ["musl"] },
  "win32-arm64-msvc": { os: ["win32"], cpu: ["arm64"] },
  "win32-x64-msvc": { os: ["win32"], cpu: ["x64"] },
};

/** Installs packages as npm would. */
function install(names: Record<string, string>): string {
  const modules = join(folder.path, "host/node_modules");
  for (const [place, name] of Object.entries(names))
    cpSync(join(packages(), name), join(modules, place), { recursive: true });
  return join(folder.path, "host");
}

describe("the packages of a release", () => {
  it("are one for each platform, one for all, and three by Pi's names", () => {
    const addons = join(folder.path, "addons");
    mkdirSync(addons);
    for (const platform of Object.keys(PLATFORMS))
      writeFileSync(join(addons, `native.${platform}.node`), platform);
    const made = runProgram("scripts/packages.mjs", [packages(), "--addons", addons, "--all"]);
    expect(made).toMatchObject({ status: 0 });
    for (const [platform, fields] of Object.entries(PLATFORMS)) {
      const { main, files, scripts, name, version } = manifestOf(platform);
      const { os, cpu, libc } = manifestOf(platform);
      expect({ os, cpu, ...(libc && { libc }) }).toEqual(fields);
      expect([main, files, scripts]).toEqual([`native.${platform}.node`, [main], undefined]);
      expect(readFileSync(join(packages(), platform, main), "utf8")).toBe(platform);
      expect(manifestOf("argent-runtime").optionalDependencies[name]).toBe(version);
    }
    const { scripts, devDependencies, optionalDependencies } = manifestOf("argent-runtime");
    expect([scripts, devDependencies, Object.keys(optionalDependencies).length]).toEqual([
      undefined,
      undefined,
      8,
    ]);
    const files = readdirSync(join(packages(), "argent-runtime"), { recursive: true, encoding: "utf8" });
    expect(files.filter((file) => file.endsWith(".node"))).toEqual([]);
    expect(files).toContain(join("dist", "cli", "babel-parser.LICENSE"));
    expect(readdirSync(packages()).filter((name) => name.startsWith("argent-runtime-"))).toEqual([
      "argent-runtime-pi-agent-core",
      "argent-runtime-pi-ai",
      "argent-runtime-pi-coding-agent",
    ]);
  });

  it("are not made when an addon is wanting", () => {
    const made = runProgram("scripts/packages.mjs", [packages(), "--addons", folder.path, "--all"]);
    expect(made.status).not.toBe(0);
    expect(made.output).toMatch(/There is no native\.[\w-]+\.node in/);
  });
});

describe("an addon", () => {
  const check = (name: string, content: Buffer | string) => {
    const path = join(folder.path, name);
    writeFileSync(path, content);
    return runProgram("scripts/check-addon.mjs", [path]);
  };

  it.each([
    ["native.linux-x64-gnu.node", "GLIBC_2.2.5\0GLIBC_2.17\0GLIBC_2.9\0", 0, "needs glibc 2.17"],
    ["native.linux-x64-gnu.node", "GLIBC_2.34\0GLIBC_2.4\0", 1, "needs a newer glibc than 2.28"],
    ["native.linux-x64-musl.node", "GLIBC_2.17\0", 1, "made for the other C library"],
    ["native.linux-x64-gnu.node", "musl", 1, "made for the other C library"],
    ["native.darwin-arm64.node", "mach-o", 0, "needs no glibc"],
    ["native.win32-x64-msvc.node", "x".repeat(12_000_001), 1, "larger than 12 MB"],
  ])("is checked before it is published: %s", (name, content, status, words) => {
    expect(check(name, content)).toMatchObject({ status, output: expect.stringContaining(words) });
  });
});

describe("where they are installed", () => {
  let platform: string;
  beforeEach(() => {
    expect(runProgram("scripts/packages.mjs", [packages()])).toMatchObject({ status: 0 });
    platform = readdirSync(packages()).find((name) => name in PLATFORMS) as string;
  });

  it("a project has what it needs", () => {
    const host = install({
      "argent-runtime": "argent-runtime",
      [`argent-runtime-${platform}`]: platform,
    });
    symlinkSync(join(root, "node_modules/typebox"), join(host, "node_modules/typebox"), "junction");
    writeFileSync(join(host, "package.json"), "{}");
    expect(runProgram("scripts/smoke.mjs", [], host)).toMatchObject({
      status: 0,
      output: expect.stringContaining(" works on "),
    });
  });

  it("a host keeps its imports of Pi, its types too", () => {
    cpSync(join(root, "fixtures/host"), join(folder.path, "host"), { recursive: true });
    const host = install({
      "argent-runtime": "argent-runtime",
      [`argent-runtime-${platform}`]: platform,
      "@mariozechner/pi-ai": "argent-runtime-pi-ai",
      "@mariozechner/pi-agent-core": "argent-runtime-pi-agent-core",
      "@mariozechner/pi-coding-agent": "argent-runtime-pi-coding-agent",
    });
    for (const name of ["typebox", "vitest", "typescript"])
      symlinkSync(join(root, "node_modules", name), join(host, "node_modules", name), "junction");
    const tests = runProgram("node_modules/vitest/vitest.mjs", ["run", "--root", host], host);
    expect(tests.output).toContain("4 passed");
    const compiler = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022"];
    const checked = ["src/index.ts", "src/note-texts.ts", "src/agent.ts", "src/types.ts", "src/models.ts"];
    expect(runProgram("node_modules/typescript/bin/tsc", [...compiler, ...checked], host)).toMatchObject({
      output: "",
      status: 0,
    });
  });
});
