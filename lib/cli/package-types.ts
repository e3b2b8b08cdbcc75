// Where a package's `.d.ts` files are.

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The types of a package's subpaths, as in the `exports` of its package.json: `.` and what follows it. */
export function typesOf(folder: string): Map<string, string> {
  const {
    exports = {},
    types,
    main = "index.js",
  } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const found = new Map<string, string>();
  for (const [subpath, target] of Object.entries<{ types?: string } | string>(exports)) {
    const file = typeof target === "string" ? target : target.types;
    if (file?.endsWith(".ts")) found.set(subpath, join(folder, file));
  }
  const root = types ?? main.replace(/\.js$/, ".d.ts");
  if (!found.has(".")) found.set(".", join(folder, root));
  return found;
}
