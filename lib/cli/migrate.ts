// `argent-runtime migrate`: makes a host import this package where it imported Pi.

import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { migrate } from "./migration.js";
import { PI_PACKAGES } from "./pi-modules.js";

export const usage = `Usage: argent-runtime migrate <folder> [--write] [--packages pi-ai,...] [--json]

Says which imports of Pi's packages would become imports of this one; with --write they do. Everything that names a
module counts: import and export, import(), require, require.resolve, mocks of vitest and jest, types, comments that
TypeScript reads. An import that asks for a name that is not here stays, and is told of. node_modules and dist are
passed over. Packages: ${PI_PACKAGES.join(", ")}; all, unless some are named.

Exit status: 0 nothing of Pi is left; 1 something is; 2 it could not be done.`;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      write: { type: "boolean", default: false },
      packages: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new Error(usage);
  const packages = values.packages?.split(",");
  const unknown = packages?.filter((name) => !PI_PACKAGES.some((known) => known === name)) ?? [];
  if (unknown.length > 0)
    throw new Error(`Not a package that can be replaced: ${unknown.join(", ")}\n\n${usage}`);

  const files = migrate(resolve(folder), { write: values.write, packages });
  const rewritten = files.filter(({ rewrites }) => rewrites.length > 0);
  const count = rewritten.reduce((sum, { rewrites }) => sum + rewrites.length, 0);
  const left = files.reduce((sum, file) => sum + file.left.length, 0);
  if (values.json) {
    console.log(JSON.stringify(files, undefined, 2));
  } else {
    for (const file of files) {
      for (const { line, from, to } of file.rewrites) console.log(`${file.path}:${line}: ${from} -> ${to}`);
      for (const { line = 1, specifier, reason } of file.left)
        console.log(`${file.path}:${line}: ${specifier ? `${specifier} ` : ""}${reason}`);
    }
    const verb = values.write ? "rewritten" : "to be rewritten";
    console.log(`${count} ${verb} in ${rewritten.length} files, ${left} left`);
    if (!values.write && count > 0) console.log("Nothing was written; --write does it.");
  }
  return left > 0 ? 1 : 0;
}
