import { closeSync, mkdirSync, mkdtempSync, openSync, utimesSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Session files for the benchmarks, in a folder of their own: the same ones each time. */
export function makeSessions() {
  const folder = mkdtempSync(join(tmpdir(), "bench-sessions-"));
  const made = {
    folder,
    long: join(folder, "long.jsonl"),
    huge: join(folder, "huge.jsonl"),
    many: join(folder, "many"),
  };
  write(made.long, 100_000);
  write(made.huge, 500_000);
  mkdirSync(made.many);
  for (let i = 0; i < 5000; i++) write(join(made.many, `2026-01-01T00-00-00-000Z_${i}.jsonl`), 52, i);
  return made;
}

const LINE = 'const value = read("path/to/file"); // caf\u00e9 or tea\n';

/** A conversation of so many entries, 1.17 KB each on average; every 1,000th is a compaction that keeps the last 200. */
function write(path, count, number = 0) {
  const file = openSync(path, "w");
  const time = (at) => new Date(1_767_225_600_000 + number * 1e6 + at * 1000).toISOString();
  const id = (at) => at.toString(16).padStart(8, "0");
  let text = `${JSON.stringify({ type: "session", version: 3, id: `s${number}`, timestamp: time(0), cwd: "/work" })}\n`;
  for (let at = 1; at < count; at++) {
    const base = { id: id(at), parentId: at > 1 ? id(at - 1) : null, timestamp: time(at) };
    const entry =
      at % 1000 === 999
        ? { type: "compaction", ...base, summary: LINE, firstKeptEntryId: id(at - 200), tokensBefore: 1 }
        : { type: "message", ...base, message: message(at) };
    text += `${JSON.stringify(entry)}\n`;
    if (text.length > 1e6 || at === count - 1) {
      writeSync(file, text);
      text = "";
    }
  }
  closeSync(file);
  utimesSync(path, 1_767_225_600, 1_767_225_600 + number);
}

/** A message of a turn with one call: the user's, the call, its result, the answer. */
export function message(at) {
  const origin = { api: "anthropic-messages", provider: "anthropic", model: "m", timestamp: at };
  const usage = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, totalTokens: 2, cost: { total: 0 } };
  const call = { type: "toolCall", id: `call_${at}`, name: "read", arguments: { path: `src/file-${at}.ts` } };
  const text = (count) => [{ type: "text", text: LINE.repeat(count) }];
  return [
    { role: "assistant", content: text(8), ...origin, usage, stopReason: "stop" },
    { role: "user", content: LINE.repeat(4), timestamp: at },
    { role: "assistant", content: [...text(3), call], ...origin, usage, stopReason: "toolUse" },
    {
      role: "toolResult",
      toolCallId: `call_${at - 1}`,
      toolName: "read",
      content: text(48),
      isError: false,
      timestamp: at,
    },
  ][at % 4];
}
