// The doctor for session files, as a function and as a command.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { doctor, SessionManager } from "argent-runtime/pi-coding-agent";
import { describe, expect, it } from "vitest";
import { fileOf, talk, temporaryFolder } from "./support/sessions.js";

const folder = temporaryFolder();

/** A session of six messages with a header, a line in the middle and an end that are damaged. */
function damaged(): string {
  const path = fileOf(talk(folder.path, ["u0", "a1", "u2", "a3", "u4", "a5"]));
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  lines[0] = `x${lines[0]?.slice(1)}`;
  lines[3] = lines[3]?.slice(0, 40) as string;
  writeFileSync(path, `${lines.join("\n")}\n{"type":"mess`);
  return path;
}

const command = (...args: string[]) => {
  const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
};

describe("the doctor", () => {
  it("finds nothing wrong with a sound file", async () => {
    const session = talk(folder.path, ["u0", "a1", "u2"]);
    session.branch(session.getEntries()[1]?.id as string);
    session.appendCompaction("short", session.getEntries()[0]?.id as string, 1);
    const report = await doctor(fileOf(session));
    expect(report).toMatchObject({
      isSound: true,
      entries: 4,
      onBranch: 3,
      version: 3,
      problems: [],
      unlisted: 0,
    });
    expect(report.sessionId).toBe(session.getSessionId());
  });

  it("says what is wrong and touches nothing", async () => {
    const path = damaged();
    const before = readFileSync(path);
    const report = await doctor(path);
    expect(report.problems.map(({ kind }) => kind)).toEqual(["header", "bad-line", "lost-parent", "torn"]);
    expect(report).toMatchObject({ isSound: false, entries: 5, size: before.length });
    for (const { offset, length, text } of report.problems) {
      expect(text).not.toBe("");
      expect([0, 10]).toContain(before[offset - 1] ?? 0);
      expect([10, undefined]).toContain(before[offset + length]);
    }
    expect(readFileSync(path)).toEqual(before);
  });

  it("salvages every entry that can be read into a new file", async () => {
    const path = damaged();
    const before = readFileSync(path);
    const salvage = join(folder.path, "out.jsonl");
    await doctor(path, { salvage });
    expect(readFileSync(path)).toEqual(before);
    expect((await doctor(salvage)).problems).toEqual([]);
    const session = SessionManager.open(salvage);
    expect(session.getDiagnostics()).toEqual([]);
    expect(session.buildSessionContext().messages).toHaveLength(5);
    expect(session.getCwd()).toBe("/work");
    expect(path).toContain(session.getSessionId());
    await expect(doctor(path, { salvage })).rejects.toMatchObject({ code: "SESSION_IO" });
  });

  it("fails with a typed error where there is no file", async () => {
    await expect(doctor(join(folder.path, "none.jsonl"))).rejects.toMatchObject({ code: "SESSION_IO" });
  });

  it("is a command whose exit status tells", () => {
    const sound = fileOf(talk(folder.path, ["u0", "a1"]));
    expect(command("doctor", sound)).toMatchObject({ status: 0, stderr: "" });
    const path = damaged();
    const told = command("doctor", path);
    expect(told.status).toBe(1);
    expect(told.stdout).toContain("bad-line at ");
    expect(told.stdout).toContain("damaged: 5 entries");
    const out = join(folder.path, "out.jsonl");
    expect(command("doctor", path, "--salvage", out).status).toBe(0);
    expect(command("doctor", out).status).toBe(0);
    expect(JSON.parse(command("doctor", path, "--json").stdout)).toMatchObject({ isSound: false });
    for (const wrong of [
      [],
      ["doctor"],
      ["other", path],
      ["doctor", path, "--what"],
      ["doctor", `${path}x`],
    ]) {
      const { status, stderr } = command(...wrong);
      expect([status, stderr === ""]).toEqual([2, false]);
    }
  });
});
