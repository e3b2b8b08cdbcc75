// Settings in files that users and other programs write too.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SettingsManager, type SettingsStorage } from "argent-runtime/pi-coding-agent";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "settings-"));
  file = join(dir, "settings.json");
});
afterEach(() => rmSync(dir, { recursive: true }));

const open = () => SettingsManager.create(join(dir, "work"), dir);
const stored = () => JSON.parse(readFileSync(file, "utf8"));

describe("settings", () => {
  it("keep what others write meanwhile, and what nobody here knows", async () => {
    writeFileSync(file, '{"own": {"kept": 1}, "compaction": {"reserveTokens": 5}}');
    const settings = open();
    settings.setCompactionEnabled(false);
    settings.setTheme("dark");
    writeFileSync(file, '{"own": {"kept": 2}, "compaction": {"reserveTokens": 6}, "theme": "light"}');
    await settings.flush();
    expect(stored()).toEqual({
      own: { kept: 2 },
      compaction: { reserveTokens: 6, enabled: false },
      theme: "dark",
    });
  });

  it.each(["{", "[]", "5", "null", '"text"'])("in a file that holds %s are not overwritten", async (text) => {
    writeFileSync(file, text);
    const settings = open();
    settings.setTheme("dark");
    await settings.flush();
    expect(settings.drainErrors()).toMatchObject([{ scope: "global" }]);
    expect(settings.getTheme()).toBe("dark");
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("in a file that is not UTF-8 are not overwritten", async () => {
    const bytes = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    writeFileSync(file, bytes);
    const settings = open();
    settings.setTheme("dark");
    await settings.flush();
    expect(settings.drainErrors()).toMatchObject([{ error: { code: "ENOTTEXT" } }]);
    expect(readFileSync(file)).toEqual(bytes);
  });

  it("that could not be written go out with the next ones", async () => {
    writeFileSync(file, "{}");
    const settings = open();
    mkdirSync(`${file}.lock`);
    settings.setTheme("dark");
    await settings.flush();
    expect(settings.drainErrors()).toMatchObject([{ scope: "global", error: { code: "ELOCKED" } }]);
    rmSync(`${file}.lock`, { recursive: true });
    settings.setQuietStartup(true);
    await settings.flush();
    expect(stored()).toEqual({ theme: "dark", quietStartup: true });
  });

  it("make no files and folders until something is set", async () => {
    const settings = open();
    expect(existsSync(file) || existsSync(join(dir, "work"))).toBe(false);
    settings.setProjectSkillPaths(["s"]);
    await settings.flush();
    expect(settings.drainErrors()).toEqual([]);
    expect(readFileSync(join(dir, "work", ".pi", "settings.json"), "utf8")).toBe(
      '{\n  "skills": [\n    "s"\n  ]\n}',
    );
    expect(existsSync(file)).toBe(false);
  });

  it("that change while they are written are written too", async () => {
    const texts: string[] = [];
    let settings: SettingsManager | undefined;
    const storage: SettingsStorage = {
      withLock(scope, fn) {
        const next = fn(texts.at(-1));
        if (scope !== "global" || next === undefined) return;
        texts.push(next);
        if (texts.length === 1) settings?.setTheme("later");
      },
    };
    settings = SettingsManager.fromStorage(storage);
    settings.setTheme("first");
    await settings.flush();
    await settings.flush();
    expect(texts.map((text) => JSON.parse(text).theme)).toEqual(["first", "later"]);
  });

  it("have Argent's names too", () => {
    expect(SettingsManager.inMemory({ images: { blocked: true } }).getBlockImages()).toBe(true);
  });
});
