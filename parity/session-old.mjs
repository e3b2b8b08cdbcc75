import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { assistant, user } from "./session-operations.mjs";

/** Writes a session's file of a version by hand; its path. From version 2 on its entries are a tree. */
export function oldFile(run, version) {
  const { random, dir } = run;
  const header = {
    type: "session",
    version,
    id: `old-${run.given.length}`,
    timestamp: stamp(0),
    cwd: "/old",
  };
  if (version === 1) delete header.version;
  const ids = [];
  const entries = random.times(0, 12, (at) => {
    const entry = { ...entryOf(random, version, at), timestamp: stamp(at) };
    if (version === 1) return entry;
    const id = random.letters(8, "0123456789abcdef");
    const parentId = random.chance(0.8) ? (ids.at(-1) ?? null) : random.pick([null, "gone", ...ids]);
    if (entry.type === "compaction" || entry.type === "label") {
      entry[entry.type === "label" ? "targetId" : "firstKeptEntryId"] = random.pick([id, "gone", ...ids]);
    }
    ids.push(id);
    return random.chance(0.5) ? { ...entry, id, parentId } : { type: entry.type, id, parentId, ...entry };
  });
  const end = random.pick(["\n", "\n\n"]);
  const file = join(dir, `old-${run.given.length}-${run.step}.jsonl`);
  writeFileSync(file, [header, ...entries].map((entry) => JSON.stringify(entry)).join("\n") + end);
  run.given.push(file);
  return file;
}

const stamp = (seconds) => new Date(Date.UTC(2025, 0, 1) + seconds * 1000).toISOString();

function entryOf(random, version, at) {
  const message = (message) => ({ type: "message", message });
  const kinds = [
    [4, () => message(user(at))],
    [3, () => message(assistant(at, random))],
    [
      1,
      () =>
        message({
          role: "hookMessage",
          customType: "h",
          content: `hook ${at}`,
          display: true,
          timestamp: at,
        }),
    ],
    [1, () => compaction(random, version, at)],
    [1, () => ({ type: "custom", customType: "model-snapshot", data: { at } })],
    [0.5, () => ({ type: "thinking_level_change", thinkingLevel: "high", future: at })],
    [0.5, () => ({ type: "model_change", provider: "p", modelId: `m${at}` })],
    [0.5, () => ({ type: "label", label: random.pick([undefined, "", "here"]), targetId: "gone" })],
    [0.5, () => ({ type: "session_info", name: random.pick([undefined, " named "]) })],
    [0.5, () => ({ type: "unheard_of", at })],
  ];
  return random.weighted(kinds);
}

const compaction = (random, version, at) => ({
  type: "compaction",
  summary: `sum ${at}`,
  tokensBefore: at,
  ...(version === 1 ? { firstKeptEntryIndex: random.between(0, 14) } : {}),
});
