// What a schema finds wrong with a value.

import type { Validator } from "typebox/compile";

type SchemaError = ReturnType<Validator["Errors"]>[number];

/** Dotted path of what is wrong: for a missing property, of the property itself. */
export function pathOf(error: SchemaError): string {
  const path = error.instancePath.replace(/^\//, "").replaceAll("/", ".");
  if (error.keyword === "required") {
    const missing = error.params.requiredProperties?.[0];
    if (missing) return path ? `${path}.${missing}` : missing;
  }
  return path || "root";
}
