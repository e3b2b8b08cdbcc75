// `argent-runtime drift`: what moved between a version of Pi and this package.

import { parseArgs } from "node:util";
import { PI_PACKAGES } from "./pi-modules.js";
import { locatePi } from "./pi-packages.js";
import { type Change, drift } from "./surface-drift.js";

export const usage = `Usage: argent-runtime drift <version of Pi | folder> [--packages pi-ai,...] [--json]

Compares what this package exports with the .d.ts files of Pi: of a published version, which npm fetches, or of a folder
that holds its packages, in node_modules or not. Lines begin with - for what only Pi has, + for what only this package
has, ~ for what differs.

Exit status: 0 all that Pi has is here; 1 something is not, or differs; 2 it could not be compared.`;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { packages: { type: "string" }, json: { type: "boolean", default: false } },
  });
  const [from, ...more] = positionals;
  if (from === undefined || more.length > 0) throw new Error(usage);
  const packages = values.packages?.split(",") ?? PI_PACKAGES;
  const pi = locatePi(from, packages);
  try {
    const changes = drift(pi.folders);
    const differs = changes.some(({ mark }) => mark !== "+");
    if (values.json) console.log(JSON.stringify(changes, undefined, 2));
    else print(changes);
    return differs ? 1 : 0;
  } finally {
    pi.remove();
  }
}

function print(changes: Change[]): void {
  let last: string | undefined;
  for (const { module, mark, name, detail } of changes) {
    if (module !== last) console.log(module);
    last = module;
    console.log(`  ${mark} ${name}${detail ? `: ${detail}` : ""}`);
  }
  const count = (wanted: string) => changes.filter(({ mark }) => mark === wanted).length;
  console.log(`${count("-")} only Pi's, ${count("~")} different, ${count("+")} only here`);
}
