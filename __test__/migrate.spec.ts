// The command that makes a host import this package in place of Pi.

import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { migrateText } from "../dist/cli/migration.js";
import { command, filesBelow, makeHost, runProgram } from "./support/host.js";
import { temporaryFolder } from "./support/sessions.js";

const folder = temporaryFolder();

/** What a file of the host must become: each of its imports names this package, and nothing else changes. */
const moved = (bytes: Buffer) =>
  Buffer.from(
    bytes.toString("latin1").replace(/@(mariozechner|earendil-works)\/(?=pi-)/g, "argent-runtime/"),
    "latin1",
  );

/** Files that keep what they import of Pi. */
const kept = new Set(["src/screen.ts", "src/texts.ts"]);

describe("a host", () => {
  beforeEach(() => makeHost(folder.path));

  it("is not touched unless that is asked for", () => {
    const before = filesBelow(folder.path);
    const { status, output } = command("migrate", folder.path);
    expect(filesBelow(folder.path)).toEqual(before);
    expect(output).toContain("src/turn.ts:5: @mariozechner/pi-ai -> argent-runtime/pi-ai\n");
    expect(output).toContain("Nothing was written");
    expect(status).toBe(1);
  });

  it("changes in its imports and in nothing else, once", () => {
    const before = filesBelow(folder.path);
    mkdirSync(join(folder.path, "dist"));
    writeFileSync(join(folder.path, "dist/turn.js"), 'import "@mariozechner/pi-ai";');
    chmodSync(join(folder.path, "src/checked.js"), 0o755);
    const { status, output } = command("migrate", folder.path, "--write");
    for (const [path, bytes] of before)
      expect([path, filesBelow(folder.path).get(path)?.toString()]).toEqual([
        path,
        (kept.has(path) ? bytes : moved(bytes)).toString(),
      ]);
    expect(filesBelow(folder.path).size).toBe(before.size + 1);
    expect(readFileSync(join(folder.path, "dist/turn.js"), "utf8")).toContain("@mariozechner");
    expect(statSync(join(folder.path, "src/checked.js")).mode & 0o777).toBe(0o755);
    expect(status).toBe(1);
    expect(output).toContain("33 rewritten in 19 files");

    const after = filesBelow(folder.path);
    expect(command("migrate", folder.path, "--write").output).toContain("0 rewritten in 0 files");
    expect(filesBelow(folder.path)).toEqual(after);
  });

  it("is told by file and line of what stays", () => {
    const { output } = command("migrate", folder.path, "--write");
    expect(output).toContain("src/screen.ts:1: @mariozechner/pi-tui stays: there is no such module here\n");
    expect(output).toContain("src/screen.ts:2: @mariozechner/pi-ai stays: not here: thereIsNoSuchName\n");
    expect(output).toContain("src/texts.ts:3: @mariozechner/pi-ai stays: a text");
    expect(output).toContain(
      "test/mocked.test.ts:4: @mariozechner/pi-ai no longer mocked, but src/screen.ts imports it\n",
    );
    expect(output).toContain("4 left");
  });

  it("moves one package at a time", () => {
    command("migrate", folder.path, "--write", "--packages", "pi-agent-core,pi-coding-agent");
    const agent = readFileSync(join(folder.path, "src/agent.ts"), "utf8");
    expect(agent).toContain('from "argent-runtime/pi-agent-core"');
    expect(agent).toContain('from "@mariozechner/pi-ai"');
    expect(command("migrate", folder.path, "--packages", "pi-tui")).toMatchObject({ status: 2 });
  });

  it("passes its tests and its types' check", () => {
    command("migrate", folder.path, "--write");
    const tests = runProgram("node_modules/vitest/vitest.mjs", ["run", "--root", folder.path], folder.path);
    expect(tests.output).toContain("4 passed");
    expect(tests.status).toBe(0);
    const compiler = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022"];
    const checked = ["src/index.ts", "src/note-texts.ts", "src/agent.ts", "src/types.ts", "src/models.ts"];
    expect(
      runProgram("node_modules/typescript/bin/tsc", [...compiler, ...checked], folder.path),
    ).toMatchObject({
      output: "",
      status: 0,
    });
  });
});

describe("a file", () => {
  const migrated = (text: string, path = "file.ts") => {
    const { text: result, rewrites, left } = migrateText(Buffer.from(text), path);
    return { result, count: rewrites.length, reasons: left.map(({ reason }) => reason) };
  };

  it.each([
    ["require", 'const { complete } = require("@mariozechner/pi-ai");', "file.cjs"],
    ["require.resolve", 'require.resolve("@mariozechner/pi-ai/anthropic");', "file.cjs"],
    ["createRequire", 'const load = createRequire(import.meta.url); load("@mariozechner/pi-ai");', "file.js"],
    ["import.meta.resolve", 'import.meta.resolve("@mariozechner/pi-ai");', "file.mjs"],
    ["import equals", 'import pi = require("@mariozechner/pi-ai");', "file.cts"],
    [
      "a mock of jest",
      'jest.mock("@mariozechner/pi-ai", () => jest.requireActual("@earendil-works/pi-ai"));',
    ],
    ["a mock of Node's", 'mock.module("@mariozechner/pi-ai", {});'],
    ["an ES mock of jest", 'jest.unstable_mockModule("@mariozechner/pi-ai", f);'],
    ["a namespace that is exported", 'export * as pi from "@mariozechner/pi-ai";'],
    [
      "attributes",
      'import pi from "./a.json" with { type: "json" };\nimport "@mariozechner/pi-ai";',
      "file.js",
    ],
    [
      "a deep type",
      'type A = import("@mariozechner/pi-ai", { with: { "resolution-mode": "import" } }).Model<any>;',
    ],
    ["a decorated class", '@sealed class A { @logged accessor b = import("@mariozechner/pi-ai") as any; }'],
    ["JSX", 'const a = <b>{await import("@mariozechner/pi-ai")}</b>;', "file.jsx"],
  ])("may name Pi by %s", (_: string, text: string, path?: string) => {
    const { result, reasons } = migrated(text, path);
    expect(reasons).toEqual([]);
    expect(result).toBe(text.replace(/@[a-z-]+\/pi-ai/g, "argent-runtime/pi-ai"));
  });

  it.each([
    ["of a namespace", 'import * as pi from "@mariozechner/pi-ai"; pi.complete(); pi.nowhere();'],
    ["of a module that is loaded", 'const pi = await import("@mariozechner/pi-ai"); pi.nowhere();'],
    ["in a pattern", 'const { complete, nowhere: n } = await import("@mariozechner/pi-ai");'],
    ["in what follows", 'import("@mariozechner/pi-ai").then((pi) => pi.nowhere);'],
    ["of require", 'require("@mariozechner/pi-ai").nowhere();'],
    ["of a type", 'type A = import("@mariozechner/pi-ai").nowhere.B;'],
    ["of a default", 'import nowhere from "@mariozechner/pi-ai";'],
    ["in an export", 'export { nowhere as complete } from "@mariozechner/pi-ai";'],
  ])("stays where a name is asked for that is not here: %s", (_, text) => {
    expect(migrated(text)).toEqual({
      result: text,
      count: 0,
      reasons: [expect.stringMatching(/^stays: not here: (nowhere|default)$/)],
    });
  });

  it("stays where what is imported is not a module's name as such", () => {
    for (const text of [
      'import "@mariozechner\\u002fpi-ai";',
      'register("@mariozechner/pi-ai");',
      'const alias = { "@mariozechner/pi-ai": "./mock.js" };',
      "export const all = `@mariozechner/pi-ai`;",
    ])
      expect(migrated(text)).toMatchObject({
        result: text,
        count: 0,
        reasons: [expect.stringMatching(/a text/)],
      });
  });

  it("that cannot be read stays as it is", () => {
    const { reasons } = migrated('import { from "@mariozechner/pi-ai"; let let');
    expect(reasons).toEqual([expect.stringMatching(/^cannot be read: /)]);
    const latin1 = Buffer.from('import "@mariozechner/pi-ai"; // gr\xf6\xdfe', "latin1");
    expect(migrateText(latin1, "file.ts").left).toEqual([
      { reason: expect.stringMatching(/^cannot be read: /) },
    ]);
  });
});
