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
  });
});
