// Long contents that are kept outside of a session's file.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { doctor, SessionManager } from "argent-runtime/pi-coding-agent";
import { describe, expect, it } from "vitest";
import { assistant, fileOf, temporaryFolder, user } from "./support/sessions.js";

const folder = temporaryFolder();
const image = { type: "image", data: "QUJD".repeat(50_000), mimeType: "image/png" };
const output = `caf\u00e9 "\ud83d" ${"line\n".repeat(20_000)}`;
const result = {
  role: "toolResult",
  toolCallId: "c",
  toolName: "t",
  content: [{ type: "text", text: output }, image],
  isError: false,
  timestamp: 3,
} as never;

/** A session with long contents, some of them twice. */
function long(blobs = true): SessionManager {
  const session = SessionManager.create("/work", folder.path, { blobs });
  session.appendMessage({ ...user(""), content: [{ type: "text", text: "look" }, image] } as never);
  session.appendMessage(assistant("a"));
  session.appendMessage(result);
  session.appendMessage(user("after"));
  return session;
}

const blobs = () => {
  try {
    return readdirSync(join(folder.path, "blobs")).map((name) => join(folder.path, "blobs", name));
  } catch {
    return [];
  }
};

describe("long contents", () => {
  it("stay in the file unless asked for", () => {
    const session = long(false);
    expect(statSync(fileOf(session)).size).toBeGreaterThan(400_000);
    expect(blobs()).toEqual([]);
  });

  it("are kept once and read back the same, asked for or not", () => {
    const session = long();
    expect(statSync(fileOf(session)).size).toBeLessThan(3000);
    expect(blobs()).toHaveLength(2);
    for (const options of [{}, { blobs: true }]) {
      const opened = SessionManager.open(fileOf(session), undefined, undefined, options);
      expect(opened.getEntries()).toEqual(session.getEntries());
      expect(JSON.stringify(opened.getEntries())).toBe(JSON.stringify(session.getEntries()));
      expect(opened.getDiagnostics()).toEqual([]);
    }
  });

  it("stay outside when the file is written anew, and come in with a session that keeps none", () => {
    const path = fileOf(long());
    const size = statSync(path).size;
    const opened = SessionManager.open(path, undefined, undefined, { blobs: true });
    const before = JSON.stringify(opened.getEntries());
    opened._rewriteFile();
    expect(statSync(path).size).toBe(size);
    SessionManager.open(path)._rewriteFile();
    expect(statSync(path).size).toBeGreaterThan(400_000);
    expect(JSON.stringify(SessionManager.open(path).getEntries())).toBe(before);
  });

  it("go along with a fork to another folder", () => {
    const session = long();
    const elsewhere = mkdtempSync(join(tmpdir(), "session-"));
    const fork = SessionManager.forkFrom(fileOf(session), "/other", elsewhere);
    rmSync(join(folder.path, "blobs"), { recursive: true });
    expect(SessionManager.open(fileOf(fork)).getEntries()).toEqual(session.getEntries());
    rmSync(elsewhere, { recursive: true });
  });

  it("cost nothing else when they are missing or damaged, and are reported", async () => {
    const session = long();
    const path = fileOf(session);
    const [one, other] = blobs() as [string, string];
    const bytes = readFileSync(one);
    writeFileSync(one, bytes.subarray(1));
    const opened = SessionManager.open(path);
    const reported = opened.getDiagnostics();
    expect(reported.length).toBeGreaterThan(0);
    for (const found of reported) expect(found).toMatchObject({ kind: "blob", missing: one });
    const report = await doctor(path);
    expect(report.isSound).toBe(false);
    expect(new Set(report.problems.map(({ kind, file }) => `${kind} ${file}`))).toEqual(
      new Set([`blob ${one}`]),
    );
    expect(opened.getEntries()).toHaveLength(4);
    expect(opened.buildSessionContext().messages).toHaveLength(4);
    const text = JSON.stringify(opened.getEntries());
    expect(text.includes("argent-blob:sha256:")).toBe(true);
    expect(text.includes(readFileSync(other, "utf8").slice(1, -1))).toBe(true);
    opened._rewriteFile();
    writeFileSync(one, bytes);
    const whole = JSON.stringify(session.getEntries());
    expect(JSON.stringify(SessionManager.open(path).getEntries()) === whole).toBe(true);
  });

  it("are told from texts that look like their names", () => {
    const session = long();
    const name = /argent-blob:sha256:[0-9a-f]{64}/.exec(readFileSync(fileOf(session), "utf8"))?.[0] as string;
    session.appendMessage(user(name));
    session.appendCustomEntry("t", { text: name, blobs: ["/data/text"] });
    const opened = SessionManager.open(fileOf(session));
    expect(JSON.stringify(opened.getEntries())).toBe(JSON.stringify(session.getEntries()));
  });

  it("can be passed over by a reader that knows nothing of them", () => {
    const lines = readFileSync(fileOf(long()), "utf8").trimEnd().split("\n");
    const entries = lines.map((line) => JSON.parse(line));
    expect(entries[1].message.content[0]).toEqual({ type: "text", text: "look" });
    expect(entries[1].message.content[1].data).toMatch(/^argent-blob:sha256:[0-9a-f]{64}$/);
    expect(entries[3].message.content[0].text).toMatch(/^argent-blob:sha256:/);
  });
});
