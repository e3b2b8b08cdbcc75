<<<<<<< HEAD

// Packages on this machine: local repositories in the place of hosts, and nothing that needs a network.

import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DefaultPackageManager, SettingsManager } from "argent-runtime/pi-coding-agent";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let root: string;
const at = (...names: string[]) => join(root, ...names);
function put(name: string, text: string) {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
}
function git(...args: string[]) {
  const author = ["-c", "user.name=n", "-c", "user.email=e@example.org"];
  execFileSync("git", [...author, ...args], { cwd: at("remote/o/r"), stdio: "ignore" });
}
function commit(text: string) {
  put("remote/o/r/extensions/main.ts", text);
  git("add", "-A");
  git("commit", "-qm", text);
}

const kept = new Map<string, string | undefined>();
function setEnvironment(name: string, value: string) {
  if (!kept.has(name)) kept.set(name, process.env[name]);
  process.env[name] = value;
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "packages-"));
  mkdirSync(at("remote/o/r"), { recursive: true });
  mkdirSync(at("work"));
  git("init", "-q", "-b", "main");
  commit("first");
  // git itself puts the folder in the place of the host.
  setEnvironment("GIT_CONFIG_COUNT", "1");
  setEnvironment("GIT_CONFIG_KEY_0", `url.${at("remote")}/.insteadOf`);
  setEnvironment("GIT_CONFIG_VALUE_0", "https://git.example.org/");
  setEnvironment("HOME", at("home"));
});
afterEach(() => {
  for (const [name, value] of kept) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  kept.clear();
  rmSync(root, { recursive: true });
});

const SOURCE = "git:git.example.org/o/r";
const CHECKOUT = "work/.pi/git/git.example.org/o/r";

function manager() {
  const settingsManager = SettingsManager.create(at("work"), at("agent"));
  const packages = new DefaultPackageManager({ cwd: at("work"), agentDir: at("agent"), settingsManager });
  return { packages, settingsManager };
}

describe("a package in a repository", () => {
  it("is installed, found, updated and removed, and the settings say so", async () => {
    const { packages, settingsManager } = manager();
    const told: string[] = [];
    packages.setProgressCallback(({ type, action }) => told.push(`${action} ${type}`));
    await packages.installAndPersist(SOURCE, { local: true });
    expect(packages.listConfiguredPackages()).toEqual([
      { source: SOURCE, scope: "project", filtered: false, installedPath: at(CHECKOUT) },
    ]);
    const { extensions } = await packages.resolve();
    expect(extensions.map(({ path, enabled, metadata }) => [path, enabled, metadata.source])).toEqual([
      [at(CHECKOUT, "extensions/main.ts"), true, SOURCE],
    ]);

    expect(await packages.checkForAvailableUpdates()).toEqual([]);
    commit("second");
    expect((await packages.checkForAvailableUpdates()).map(({ source }) => source)).toEqual([SOURCE]);
    writeFileSync(at(CHECKOUT, "stray"), "");
    await packages.update();
    expect(readFileSync(at(CHECKOUT, "extensions/main.ts"), "utf8")).toBe("second");
    expect(existsSync(at(CHECKOUT, "stray"))).toBe(false);

    expect(await packages.removeAndPersist(SOURCE, { local: true })).toBe(true);
    expect(existsSync(at("work/.pi/git/git.example.org"))).toBe(false);
    await settingsManager.flush();
    expect(JSON.parse(readFileSync(at("work/.pi/settings.json"), "utf8")).packages).toEqual([]);
    const expected = ["install start", "install complete", "update start", "update complete"];
    expect(told).toEqual([...expected, "remove start", "remove complete"]);
  });

  it("is not there when its branch could not be had, so that the next attempt is a whole one", async () => {
    const { packages } = manager();
    const source = `${SOURCE}@v1`;
    await expect(packages.installAndPersist(source, { local: true })).rejects.toThrow(
      /^git checkout v1 failed with code \d+$/,
    );
    expect(existsSync(at(CHECKOUT))).toBe(false);
    expect(packages.listConfiguredPackages()).toEqual([]);
    git("tag", "v1");
    commit("later");
    await packages.installAndPersist(source, { local: true });
    expect(readFileSync(at(CHECKOUT, "extensions/main.ts"), "utf8")).toBe("first");
  });

  it("is fetched by nobody where PI_OFFLINE is set", async () => {
    setEnvironment("PI_OFFLINE", "yes");
    const { packages } = manager();
    packages.addSourceToSettings(SOURCE);
    expect((await packages.resolve()).extensions).toEqual([]);
    expect(existsSync(at("agent/git"))).toBe(false);
  });
});

describe("a package in a folder", () => {
  it("brings what its manifest and the user's patterns leave of it", async () => {
    put(
      "pack/package.json",
      JSON.stringify({ pi: { skills: ["./skills", "!**/old"], prompts: ["texts/*.md"] } }),
    );
    for (const name of ["new", "old", "loud"])
      put(`pack/skills/${name}/SKILL.md`, "---\ndescription: d\n---");
    put("pack/texts/a.md", "A");
    put("pack/themes/t.json", "{}");
    const { packages, settingsManager } = manager();
    settingsManager.setProjectPackages([{ source: "../../pack", skills: ["!loud"] }]);
    const { skills, prompts, themes } = await packages.resolve();
    const shown = skills.map(({ path, enabled }) => [path.slice(root.length), enabled]);
    expect(shown).toEqual([
      ["/pack/skills/loud/SKILL.md", false],
      ["/pack/skills/new/SKILL.md", true],
    ]);
    expect(prompts.map(({ path }) => path)).toEqual([at("pack/texts/a.md")]);
    expect(themes.map(({ path }) => path)).toEqual([at("pack/themes/t.json")]);
  });

  it("has an end though a link in it leads back", async () => {
    put("agent/skills/one/SKILL.md", "---\ndescription: d\n---");
    symlinkSync("..", at("agent/skills/again"));
    symlinkSync("../..", at("agent/skills/one/up"));
    const { skills } = await manager().packages.resolve();
    expect(skills.map(({ path }) => path)).toEqual([at("agent/skills/one/SKILL.md")]);
  });

  it("must be there to be installed", async () => {
    const { packages } = manager();
    await expect(packages.install("./gone")).rejects.toThrow(`Path does not exist: ${at("work/gone")}`);
    await expect(packages.update("gone")).rejects.toThrow("No matching package found for gone");
  });
});

describe("a package of npm", () => {
  it("is asked for by the command of the settings, in a project of its own", async () => {
    put(
      "npm.cjs",
      'require("node:fs").appendFileSync(process.argv[2], process.argv.slice(3).join(" ") + "\\n")',
    );
    const { packages, settingsManager } = manager();
    settingsManager.setNpmCommand([process.execPath, at("npm.cjs"), at("log")]);
    await packages.installAndPersist("npm:@s/one@1.2.3", { local: true });
    await packages.removeAndPersist("npm:@s/one", { local: true });
    const prefix = `--prefix ${at("work/.pi/npm")}`;
    expect(readFileSync(at("log"), "utf8").split("\n")).toEqual([
      `install @s/one@1.2.3 ${prefix}`,
      `uninstall @s/one ${prefix}`,
      "",
    ]);
    expect(readFileSync(at("work/.pi/npm/.gitignore"), "utf8")).toBe("*\n!.gitignore\n");
=======
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
>>>>>>> pack
  });
});
