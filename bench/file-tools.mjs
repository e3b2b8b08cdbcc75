import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bench } from "./peers.mjs";
import { startProbe } from "./probe.mjs";

/** The tools that read and edit files: CPU over all threads, wall time, the longest block of the event loop, memory. */

const line = (number) => `const value${number} = compute(${number}, "some text of an ordinary line");\n`;

await bench(import.meta.url, {
  title: "file tools",
  package: "pi-coding-agent",
  inputs: [
    { label: "edit of 5 MB, 100 replacements", bytes: 5e6, edits: 100 },
    { label: "read of 100 lines of 50 MB", bytes: 50e6 },
    { label: "read of 50 MB without a limit", bytes: 50e6, all: true },
  ],
  rounds: 5,
  columns: { cpuMs: "ms", wallMs: "ms", blockMs: "ms", rssMb: "MB" },
  async work({ api, input: { bytes, edits, all } }) {
    const dir = mkdtempSync(join(tmpdir(), "bench-tools-"));
    const path = join(dir, "file.ts");
    const count = fill(path, bytes);
    const small = join(dir, "small.ts");
    writeFileSync(small, line(1));
    const read = api.createReadTool(dir);
    const edit = api.createEditTool(dir);
    await read.execute("1", { path: small });
    await edit.execute("1", { path: small, edits: [{ oldText: "const", newText: "let" }] });
    const before = process.memoryUsage().rss;
    const stop = await startProbe();
    if (edits) {
      const numbers = Array.from({ length: edits }, (_, index) => Math.floor((index * count) / edits));
      await edit.execute("1", {
        path,
        edits: numbers.map((number) => ({
          oldText: line(number),
          newText: line(number).replace("compute", "changed"),
        })),
      });
    } else await read.execute("1", all ? { path } : { path, limit: 100 });
    const seen = await stop();
    const rssMb = Math.max(0, process.memoryUsage().rss - before) / 1e6;
    if (edits && readFileSync(path, "utf8").split("changed").length !== edits + 1)
      throw new Error("not edited");
    rmSync(dir, { recursive: true });
    return { ...seen, rssMb };
  },
});

/** Writes ordinary lines; how many. */
function fill(path, bytes) {
  const file = openSync(path, "w");
  let number = 0;
  for (let written = 0; written < bytes; ) {
    let piece = "";
    for (let more = 0; more < 1000 && written + piece.length < bytes; more++) piece += line(number++);
    written += writeSync(file, piece);
  }
  return number;
}
