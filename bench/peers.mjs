import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/**
 * Runs one piece of work per peer and round, each in a child process of its own and the peers in turn, so
 * that what else the machine does falls on both. The server is a process of its own too: its work is
 * nobody's CPU time.
 */
const peers = (name) => [
  { name: "pi", module: process.env.BENCH_ALPHA ?? `@mariozechner/${name}` },
  { name: "argent", module: process.env.BENCH_BETA ?? `argent-runtime/${name}` },
];

export const flags = parseArgs({
  args: process.send ? [] : process.argv.slice(2),
  options: {
    rounds: { type: "string" },
    peer: { type: "string" },
    input: { type: "string" },
    full: { type: "boolean", default: false },
  },
}).values;

/**
 * @param url the script's `import.meta.url`; it is started again for every child
 * @param plan.inputs `{ label, peers?, rounds?, ...anything }`, each handed to `work` as `input`
 * @param plan.work async `({ api, module, origin, input }) => ({ column: number, ... })`, run in the child
 * @param plan.columns `{ column: unit }`, in the order to print
 * @param plan.floors peers besides the two that import nothing: `work` gets no `api`
 * @param plan.package which of Pi's packages; `pi-ai` where it is not given
 * @param plan.lazy leave the import to `work`
 */
export async function bench(url, plan) {
  if (process.send) return child(plan);
  const server = fork(fileURLToPath(new URL("./server.mjs", import.meta.url)));
  const [{ origin }] = await once(server, "message");
  try {
    console.log(plan.title);
    const floors = (plan.floors ?? []).map((name) => ({ name }));
    for (const input of plan.inputs) {
      if (flags.input !== undefined && !input.label.includes(flags.input)) continue;
      const taking = [...floors, ...peers(plan.package ?? "pi-ai")].filter(
        ({ name }) => (flags.peer ?? name) === name && (input.peers ?? [name]).includes(name),
      );
      const results = await rounds(url, plan, input, taking, origin);
      print(plan, input, taking, results);
      plan.after?.(input, results);
    }
  } finally {
    server.kill();
  }
}

async function rounds(url, plan, input, taking, origin) {
  const results = new Map(taking.map(({ name }) => [name, []]));
  const count = Number(flags.rounds ?? input.rounds ?? plan.rounds ?? 5);
  for (let round = 0; round < count; round++) {
    const order = round % 2 === 0 ? taking : [...taking].reverse();
    for (const peer of order) {
      if (results.get(peer.name).some(({ failed }) => failed)) continue;
      const one = fork(fileURLToPath(url), { execArgv: plan.execArgv ?? [] });
      one.send({ module: peer.module, origin, input });
      const [result] = await Promise.race([
        once(one, "message"),
        once(one, "exit").then(() => [{ failed: "exit" }]),
      ]);
      one.kill();
      results.get(peer.name).push(result);
    }
  }
  return results;
}

async function child({ work, lazy }) {
  const [{ module, origin, input }] = await once(process, "message");
  try {
    const api = module && !lazy ? await import(module) : undefined;
    process.send(await work({ api, module, origin, input }));
  } catch (error) {
    process.send({ failed: String(error?.message ?? error).split("\n")[0] });
  }
}

function print({ columns }, { label }, taking, results) {
  console.log(`\n  ${label}`);
  const base = results.get("pi");
  for (const { name } of taking) {
    const list = results.get(name);
    const failed = list.find((result) => result.failed);
    if (failed) {
      console.log(`    ${name.padEnd(8)}failed: ${failed.failed}`);
      continue;
    }
    const cells = Object.entries(columns).map(([column, unit]) => {
      const value = median(list, column);
      const of =
        name !== "pi" && base?.every((result) => !result.failed) ? value / median(base, column) : undefined;
      const ratio = Number.isFinite(of) ? ` (${of.toPrecision(2)}x)` : "";
      return `${column} ${number(value)} ${unit}${ratio}`;
    });
    console.log(`    ${name.padEnd(8)}${cells.join("   ")}`);
  }
}

export function median(list, column) {
  const values = list.map((result) => result[column]).sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

export function number(value) {
  if (value === undefined || Number.isNaN(value)) return "-";
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}
