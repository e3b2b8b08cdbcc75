// JSON from models: broken string literals, and texts that are still being written.

import { completeJson, repairJson as repair } from "../native.js";
import { revive } from "./json-value.js";

/**
 * Repairs what models get wrong in JSON string literals: raw control characters become escapes, and a backslash that
 * starts no valid escape is doubled. Everything else stays as it is.
 */
export function repairJson(json: string): string {
  return repair(json);
}

/**
 * Parses JSON, repairing its string literals if it does not parse as it is.
 * @throws SyntaxError of the repaired text, or of the text itself when there was nothing to repair.
 */
export function parseJsonWithRepair<T>(json: string): T {
  try {
    return JSON.parse(json) as T;
  } catch (error) {
    const repaired = repair(json);
    if (repaired !== json) return JSON.parse(repaired) as T;
    throw error;
  }
}

/**
 * Parses as much as there is of a JSON text that may be cut anywhere. Never throws; what cannot be read at all is `{}`.
 * Takes time in proportion to the text; for tool arguments that stream in, events carry them parsed already.
 */
export function parseStreamingJson<T = Record<string, unknown>>(partialJson: string | undefined): T {
  if (!partialJson || partialJson.trim() === "") return {} as T;
  const last = partialJson.charCodeAt(partialJson.length - 1);
  // Only a text that ends like a whole one is worth a try as it is: a SyntaxError is dearer than the parse.
  if (last === 0x7d || last === 0x5d || last <= 0x20 || partialJson.length < 64) {
    try {
      return JSON.parse(partialJson) as T;
    } catch {}
  }
  return revive(completeJson(partialJson)) as T;
}
