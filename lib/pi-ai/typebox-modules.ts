// The parts of TypeBox, each loaded when it is first needed: together they are the largest part of an import of
// this package, and most requests get by without.

import { createRequire } from "node:module";

type Builders = typeof import("typebox").Type;
type Compile = typeof import("typebox/compile").Compile;
type Value = typeof import("typebox/value").Value;

// Gives an ES module without `await`, and the same instance that `import` gives.
const require = createRequire(import.meta.url);

let compile: Compile | undefined;
let value: Value | undefined;

/** What builds schemas. */
export function loadBuilders(): Builders {
  return require("typebox").Type;
}

/** What turns schemas into checks. */
export function loadCompile(): Compile {
  compile ??= require("typebox/compile").Compile as Compile;
  return compile;
}

/** What works on values by their schema. */
export function loadValue(): Value {
  value ??= require("typebox/value").Value as Value;
  return value;
}
