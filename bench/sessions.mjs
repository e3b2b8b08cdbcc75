import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { bench } from "./peers.mjs";
import { startProbe } from "./probe.mjs";
import { makeSessions, message } from "./session-files.mjs";

/** Session files: opened, walked, appended to, listed, searched, examined. */

const files = process.send ? {} : makeSessions();
const plan = { package: "pi-coding-agent", work };

const WORK = { open, walk, append, list, search, examine };

await bench(import.meta.url, {
  title: "open: CPU, and memory at its peak, of the process and beyond what it had before",
  ...plan,
  rounds: 3,
  inputs: [
    { label: "open 100,000 entries, 117 MB", work: "open", path: files.long },
    { label: "open 500,000 entries, 587 MB", work: "open", path: files.huge, rounds: 1 },
  ],
  columns: { cpuMs: "ms", wallMs: "ms", peakMb: "MB", grownMb: "MB" },
});
await bench(import.meta.url, {
  title: "walks of 100,000 entries, a compaction every 1,000: at first, and again",
  ...plan,
  rounds: 3,
  inputs: [{ label: "walk", work: "walk", path: files.long }],
  columns: { contextMs: "ms", contextAgainMs: "ms", branchMs: "ms", branchAgainMs: "ms", childrenUs: "us" },
});
await bench(import.meta.url, {
  title: "appendMessage, 5,000 of them; Pi has no durability",
  ...plan,
  rounds: 5,
  inputs: [
    { label: "durability none", work: "append", durability: "none" },
    { label: "durability batch", work: "append", durability: "batch" },
  ],
  columns: { wallUs: "us each", cpuUs: "us each" },
});
await bench(import.meta.url, {
  title: "list of 5,000 sessions, 292 MB",
  ...plan,
  rounds: 3,
  inputs: [
    { label: "cold", work: "list", path: files.many, cold: true },
    { label: "warm", work: "list", path: files.many },
  ],
  columns: { cpuMs: "ms", wallMs: "ms", blockMs: "ms", peakMb: "MB" },
});
await bench(import.meta.url, {
  title: "off the main thread",
  ...plan,
  rounds: 3,
  inputs: [
    {
      label: "search of 5,000 sessions, 292 MB, 5,000 hits",
      work: "search",
      query: "file-46.ts",
      path: files.many,
    },
    { label: "the same, 255,000 hits", work: "search", query: "or Tea", path: files.many, rounds: 1 },
    { label: "search of 704 MB in two files", work: "search", query: "file-99998.ts", path: files.folder },
    { label: "doctor, 117 MB", work: "examine", path: files.long },
    { label: "doctor, 587 MB", work: "examine", path: files.huge },
  ].map((input) => ({ ...input, peers: ["argent"] })),
  columns: { cpuMs: "ms", wallMs: "ms", blockMs: "ms", peakMb: "MB", found: "" },
});
if (!process.send) rmSync(files.folder, { recursive: true });

function work(job) {
  return WORK[job.input.work](job);
}

async function open({ api, input }) {
  const before = process.memoryUsage.rss();
  const stop = await startProbe();
  const session = api.SessionManager.open(input.path);
  const { cpuMs, wallMs } = await stop();
  if (!session.getLeafId()) throw new Error("not opened");
  const peak = process.resourceUsage().maxRSS * 1024;
  return { cpuMs, wallMs, peakMb: peak / 1e6, grownMb: (peak - before) / 1e6 };
}

function walk({ api, input }) {
  const session = api.SessionManager.open(input.path);
  const timed = (act) => {
    const start = performance.now();
    const result = act();
    return [performance.now() - start, result];
  };
  const [contextMs, { messages }] = timed(() => session.buildSessionContext());
  const [contextAgainMs] = timed(() => session.buildSessionContext());
  const [branchMs, branch] = timed(() => session.getBranch());
  const again = Array.from({ length: 5 }, () => timed(() => session.getBranch())[0]).sort((a, b) => a - b);
  const some = branch.filter((_, at) => at % 1000 === 500);
  const [childrenMs, children] = timed(() => some.map(({ id }) => session.getChildren(id).length));
  if (messages.length < 200 || branch.length !== 99_999 || children.some((count) => count !== 1))
    throw new Error("not all was found");
  const childrenUs = (childrenMs * 1000) / some.length;
  return { contextMs, contextAgainMs, branchMs, branchAgainMs: again[2], childrenUs };
}

async function append({ api, input: { durability } }) {
  const dir = mkdtempSync(join(tmpdir(), "bench-append-"));
  const session = api.SessionManager.create("/work", dir, { durability });
  for (let at = 0; at < 500; at++) session.appendMessage(message(at));
  const stop = await startProbe();
  for (let at = 0; at < 5000; at++) session.appendMessage(message(at));
  const { cpuMs, wallMs } = await stop();
  rmSync(dir, { recursive: true });
  return { wallUs: wallMs / 5, cpuUs: cpuMs / 5 };
}

async function list({ api, input }) {
  if (input.cold) rmSync(join(input.path, ".sessions-index.json"), { force: true });
  const stop = await startProbe();
  const sessions = await api.SessionManager.list("/work", input.path);
  const cost = await stop();
  if (sessions.length !== 5000 || sessions[0].messageCount !== 51) throw new Error("not all was listed");
  return { ...cost, peakMb: (process.resourceUsage().maxRSS * 1024) / 1e6 };
}

async function search({ api, input: { query, path } }) {
  const stop = await startProbe();
  let found = 0;
  for await (const hit of api.SessionManager.search(query, { sessionDir: path }))
    found += hit.matches.length > 0;
  const cost = await stop();
  if (found === 0) throw new Error("nothing was found");
  return { ...cost, found, peakMb: (process.resourceUsage().maxRSS * 1024) / 1e6 };
}

async function examine({ api, input }) {
  const stop = await startProbe();
  const { entries, isSound } = await api.doctor(input.path);
  const cost = await stop();
  if (!isSound) throw new Error("found damaged");
  return { ...cost, found: entries, peakMb: (process.resourceUsage().maxRSS * 1024) / 1e6 };
}
