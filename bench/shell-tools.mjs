import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bench } from "./peers.mjs";
import { startProbe } from "./probe.mjs";

/** The tools that run commands and search: 100 MB of output, a folder of 50,000 files. Pi needs `rg` and `fd` for it. */

const FILES = 50_000;
const A_FOLDER = 100;
const OUTPUT = 100_000_000;
const line =
  "some line of output that a command writes, a hundred characters of it, one hundred in all, no more.\n";

const folder = process.env.BENCH_TREE ?? plant();
process.env.BENCH_TREE = folder;
if (!process.send) process.on("exit", () => rmSync(folder, { recursive: true }));

await bench(import.meta.url, {
  title: `bash with ${OUTPUT / 1e6} MB of output; grep, find and ls in ${FILES.toLocaleString("en")} files`,
  package: "pi-coding-agent",
  inputs: [
    { label: "bash, an update every 100 ms", tool: "Bash", updates: true, rounds: 3 },
    { label: "bash, no updates", tool: "Bash", rounds: 3 },
    { label: "bash: true", tool: "Bash", asked: { command: "true" } },
    { label: "grep, no match", tool: "Grep", asked: { pattern: "nowhere_to_be_found" } },
    { label: "grep, 10 matches in all", tool: "Grep", asked: { pattern: "needle \\d+5000 " } },
    { label: "grep, 100 of 50,000 matches", tool: "Grep", asked: { pattern: "needle" } },
    { label: "grep, all of 50,000 matches", tool: "Grep", asked: { pattern: "needle", limit: 100_000 } },
    { label: "find, one of all", tool: "Find", asked: { pattern: "file-49999.ts" } },
    { label: "find, 1,000 of all", tool: "Find", asked: { pattern: "*.ts" } },
    { label: "find, all", tool: "Find", asked: { pattern: "*", limit: 100_000 } },
    { label: "ls, 500 of 5,000", tool: "Ls", asked: { path: "wide" } },
    { label: "ls, all of 5,000", tool: "Ls", asked: { path: "wide", limit: 10_000 } },
  ],
  columns: { wallMs: "ms", cpuMs: "ms", blockMs: "ms", growthMb: "MB" },
  async work({ api, input: { tool, asked, updates } }) {
    const made = api[`create${tool}Tool`](folder);
    const bash = api.createBashTool(tmpdir());
    await bash.execute("warm", { command: `yes '${line.trim()}' | head -c 1000000` });
    if (tool !== "Bash") await made.execute("warm", asked);
    const command = `yes '${line.trim()}' | head -c ${OUTPUT}`;
    const before = process.resourceUsage().maxRSS;
    const stop = await startProbe();
    const result = await made.execute("id", asked ?? { command }, undefined, updates && (() => {}));
    const cost = await stop();
    const file = result.details?.fullOutputPath;
    if (file) rmSync(file);
    if (!asked && !file) throw new Error("no file with the output");
    return { ...cost, growthMb: (process.resourceUsage().maxRSS - before) / 1024 };
  },
});

function plant() {
  const root = mkdtempSync(join(tmpdir(), "bench-tree-"));
  const text = "const filler = 'words that no search looks for';\n".repeat(40);
  for (let at = 0; at < FILES; at++) {
    const parent = join(
      root,
      `part-${Math.floor(at / A_FOLDER / 10)}`,
      `folder-${Math.floor(at / A_FOLDER)}`,
    );
    if (at % A_FOLDER === 0) mkdirSync(parent, { recursive: true });
    writeFileSync(join(parent, `file-${at}.ts`), `${text}// needle ${at} here\n${text}`);
  }
  mkdirSync(join(root, "wide"));
  for (let at = 0; at < 5000; at++) writeFileSync(join(root, "wide", `Entry ${at}.txt`), "");
  return root;
}
