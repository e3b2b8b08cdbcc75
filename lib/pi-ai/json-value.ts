// Values that the native reader of partial JSON hands over.

import type { JsonValue } from "../native.js";

/** Stands for `NaN`, which JSON cannot say, in the values that are marked so. */
const NAN = "\u0000NaN";

/** Parses a value of the native reader's. */
export function revive({ text, nan }: JsonValue): unknown {
  return nan ? JSON.parse(text, (_, value) => (value === NAN ? Number.NaN : value)) : JSON.parse(text);
}
