// Searches through what sessions say.

import { mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SessionManager, type SessionSearchOptions } from "argent-runtime/pi-coding-agent";
import { describe, expect, it } from "vitest";
import { assistant, fileOf, talk, temporaryFolder, user } from "./support/sessions.js";

const folder = temporaryFolder();

async function find(query: string, options: SessionSearchOptions = {}) {
  const hits = [];
  for await (const hit of SessionManager.search(query, { sessionDir: folder.path, ...options }))
    hits.push(hit);
  return hits;
}

const said = ({ snippet, matches }: { snippet: string; matches: [number, number][] }) =>
  matches.map(([start, end]) => snippet.slice(start, end));

describe("a search", () => {
  it("says where a text was found", async () => {
    const session = talk(folder.path, ["hello there", "General K\u00e9nobi \u{1F600} k\u00c9NOBI", "no"]);
    const [hit, ...more] = await find("k\u00e9nobi");
    const entry = session.getEntries()[1];
    expect(more).toEqual([]);
    expect(hit).toEqual({
      path: fileOf(session),
      sessionId: session.getSessionId(),
      entryId: entry?.id,
      role: "assistant",
      timestamp: entry?.timestamp,
      snippet: "General K\u00e9nobi \u{1F600} k\u00c9NOBI",
      matches: [
        [8, 14],
        [18, 24],
      ],
    });
    expect(said(hit as NonNullable<typeof hit>)).toEqual(["K\u00e9nobi", "k\u00c9NOBI"]);
  });

  it("finds nothing in names, ids and images", async () => {
    const session = talk(folder.path, ["a", "b"]);
    const content = [
      { type: "toolCall", id: "role", name: "role", arguments: { role: 1 } },
      { type: "image", data: "role", mimeType: "role" },
    ];
    session.appendMessage({ ...assistant(""), content } as never);
    session.appendCustomEntry("role", { role: "role" });
    session.appendLabelChange(session.getLeafId() as string, "role");
    expect(await find("role")).toEqual([]);
    expect(await find("message")).toEqual([]);
    expect(await find(session.getSessionId())).toEqual([]);
  });

  it("finds what is escaped in the file, and what is not", async () => {
    const path = fileOf(talk(folder.path, ['say "caf\u00e9"\n/now', "a"]));
    const text = readFileSync(path, "utf8");
    for (const escaped of [
      text,
      text.replace("caf\u00e9", "caf\\u00e9"),
      text.replace("/now", "\\/\\u006eow"),
    ]) {
      writeFileSync(path, escaped);
      for (const query of ["CAF\u00c9", '"caf\u00e9"', "\n/NOW", "/now"])
        expect(await find(query)).toHaveLength(1);
    }
  });

  it("keeps to roles, to case, to expressions, to a limit", async () => {
    const session = talk(folder.path, ["Needle 1", "needle 2", "needle x", "Needle 3"]);
    session.appendCompaction("needle in short", session.getLeafId() as string, 1);
    expect(await find("needle")).toHaveLength(5);
    expect(await find("needle", { role: "user" })).toHaveLength(2);
    expect(await find("needle", { role: ["compactionSummary", "assistant"] })).toHaveLength(3);
    expect(await find("needle", { caseSensitive: true })).toHaveLength(3);
    expect(await find("needle \\d", { regex: true })).toHaveLength(3);
    expect(await find("needle", { limit: 2 })).toHaveLength(2);
    expect(await find("needle \\d")).toEqual([]);
    await expect(find("(", { regex: true })).rejects.toMatchObject({ code: "SESSION_QUERY" });
  });

  it("goes through the sessions written last first, damaged lines and all", async () => {
    const [old, young] = [talk(folder.path, ["needle old"]), talk(folder.path, ["needle young"])];
    utimesSync(fileOf(old), 1, 1);
    const text = readFileSync(fileOf(young), "utf8");
    writeFileSync(fileOf(young), `${text}{"type":"message","id":"x","mess needle\n${text.split("\n")[1]}`);
    mkdirSync(join(folder.path, "needle.jsonl"));
    expect((await find("needle")).map(({ snippet }) => snippet)).toEqual([
      "needle young",
      "needle young",
      "needle old",
    ]);
  });

  it("is over when it is aborted, or when nobody reads on", async () => {
    talk(folder.path, Array(500).fill("needle"));
    const controller = new AbortController();
    const taken: string[] = [];
    const reading = async () => {
      const options = { sessionDir: folder.path, signal: controller.signal };
      for await (const { snippet } of SessionManager.search("needle", options)) {
        if (taken.push(snippet) === 3) controller.abort(new Error("enough"));
      }
    };
    await expect(reading()).rejects.toThrow("enough");
    expect(taken).toHaveLength(3);
    await expect(find("needle", { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: "AbortError",
    });
    for await (const { snippet } of SessionManager.search("needle", { sessionDir: folder.path })) {
      expect(snippet).toBe("needle");
      break;
    }
  });

  it("finds what is kept outside of the file", async () => {
    const session = SessionManager.create("/work", folder.path, { blobs: true });
    session.appendMessage(user(`${"x".repeat(70_000)} needle`));
    expect(readFileSync(fileOf(session), "utf8")).not.toContain("needle");
    expect(await find("needle")).toHaveLength(1);
  });
});
