// Where the catalogue comes from: the native side carries it.

import { catalog } from "../native.js";

/** The catalogue as JSON text: provider id to model id to model. */
export function catalogText(): string {
  return catalog();
}
