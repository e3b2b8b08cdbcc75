// One of several processes that learn into the same store: `sis-writer.mjs STORE NAME RUNS`. Says each run that it kept.

import { createSIS } from "argent-runtime/argent-agent";

const [store, name, runs] = process.argv.slice(2);
const sis = createSIS({ store, timeoutMs: 60_000 });
const run = { prompt: "", toolCalls: [], stopReason: "stop", usage: {}, durationMs: 1, lessonIds: [] };
for (let at = 0; at < Number(runs); at++) {
  // One lesson that all learn and one of its own, then an outcome for the common one.
  const stated = ["Pin the compiler's version", `${name} found fact number ${at}`];
  await sis.recordEpisode({ ...run, id: `${name}-${at}`, stated, stopReason: "" });
  const [common] = await sis.storage.searchLessons("compiler", 1);
  await sis.recordEpisode({ ...run, id: `${name}-${at}-use`, lessonIds: [common.id] });
  process.stdout.write(`kept ${name}-${at}\n`);
}
