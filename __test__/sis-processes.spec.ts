// Many processes on one store, a file or a server: nothing is lost and nothing counts twice.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createSIS } from "argent-runtime/argent-agent";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "sis-"));
const writer = fileURLToPath(new URL("support/sis-writer.mjs", import.meta.url));
const script = fileURLToPath(new URL("../scripts/postgres.sh", import.meta.url));
let server: ChildProcess | undefined;
let url: string | undefined;

beforeAll(async () => {
  if (process.platform === "win32") return;
  server = spawn("bash", [script], { stdio: ["pipe", "pipe", "inherit"] });
  for await (const line of createInterface({ input: server.stdout as NodeJS.ReadableStream })) {
    url = line;
    break;
  }
}, 60_000);
afterAll(() => {
  server?.stdin?.end();
  rmSync(folder, { recursive: true, force: true });
});

const start = (store: string, name: string, runs: number) =>
  spawn(process.execPath, [writer, store, name, String(runs)], { stdio: ["ignore", "pipe", "inherit"] });
const ended = (child: ChildProcess) => new Promise((resolve) => child.once("close", resolve));

describe.each([
  ["a file", () => join(folder, "lessons.db")],
  ["a server", () => url],
])("on %s", (_, place) => {
  it("eight processes lose nothing and double nothing, and one that is killed has kept what it said", {
    timeout: 120_000,
  }, async (test) => {
    const store = place();
    if (!store) return test.skip("the system has no PostgreSQL");
    const runs = 5;
    const victim = start(store, "victim", 1_000_000);
    const kept: string[] = [];
    for await (const line of createInterface({ input: victim.stdout })) {
      kept.push(line.replace("kept ", ""));
      if (kept.length === 4) victim.kill("SIGKILL");
    }
    const names = [..."abcdefgh"].map((letter) => `${letter}writer`);
    expect(await Promise.all(names.map((name) => ended(start(store, name, runs))))).toEqual(
      names.map(() => 0),
    );

    const { storage } = createSIS({ store });
    const episodes = (await storage.listEpisodes(10_000)).map(({ id }) => id);
    expect(new Set(episodes).size).toBe(episodes.length);
    for (const id of kept) expect(episodes).toEqual(expect.arrayContaining([id, `${id}-use`]));
    const killed = episodes.filter((id) => id.startsWith("victim"));
    const uses = (ids: string[]) => ids.filter((id) => id.endsWith("-use")).length;
    expect(episodes.length - killed.length).toBe(names.length * runs * 2);
    const lessons = await storage.listLessons();
    const [common, ...others] = lessons.filter(({ text }) => text.startsWith("Pin"));
    expect(others).toEqual([]);
    expect(common?.injectionCount).toBe(Math.min(200, uses(episodes)));
    expect(common?.occurrences).toBe(episodes.length - uses(episodes));
  });
});
