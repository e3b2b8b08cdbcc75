// Where the text of the model catalogue comes from.

import { readFileSync } from "node:fs";

/** The catalogue as JSON text: provider, then model id, then model. */
export function catalogText(): string {
  return readFileSync(new URL("../../src/ai/catalog/models.json", import.meta.url), "utf8");
}
