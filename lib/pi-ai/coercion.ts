// Bends tool arguments towards a JSON Schema before they are checked: models write "5" for 5, or null for "".
// Objects and arrays are changed in place; the value returned is the one to use.

/** A schema as JSON; only the keywords that steer coercion are named. */
export interface JsonSchema {
  type?: unknown;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: unknown;
  items?: unknown;
  allOf?: unknown;
  anyOf?: unknown;
  oneOf?: unknown;
}

/** Tells whether a value satisfies a schema; false also if the schema cannot be used. */
export type SchemaCheck = (schema: unknown, value: unknown) => boolean;

interface JsonType {
  /** Whether a value has the type already. */
  holds(value: unknown): boolean;
  /** The value of this type that was meant, or the value itself if that cannot be told. */
  coerce(value: unknown): unknown;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Coercion to numbers that `accepts`. */
function numeric(accepts: (value: unknown) => boolean): JsonType["coerce"] {
  return (value) => {
    if (value === null) return 0;
    if (typeof value === "boolean") return Number(value);
    if (typeof value !== "string" || value.trim() === "") return value;
    const parsed = Number(value);
    return accepts(parsed) ? parsed : value;
  };
}

/** Coercion by a table of values with a plain meaning. */
function meaning(table: ReadonlyMap<unknown, unknown>): JsonType["coerce"] {
  return (value) => (table.has(value) ? table.get(value) : value);
}

const unchanged = (value: unknown) => value;

const TYPES = new Map<string, JsonType>([
  ["number", { holds: (value) => typeof value === "number", coerce: numeric(Number.isFinite) }],
  ["integer", { holds: Number.isInteger, coerce: numeric(Number.isInteger) }],
  [
    "boolean",
    {
      holds: (value) => typeof value === "boolean",
      coerce: meaning(
        new Map<unknown, boolean>([
          ["true", true],
          ["false", false],
          [1, true],
          [0, false],
          [null, false],
        ]),
      ),
    },
  ],
  [
    "string",
    {
      holds: (value) => typeof value === "string",
      coerce(value) {
        if (value === null) return "";
        return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
      },
    },
  ],
  [
    "null",
    {
      holds: (value) => value === null,
      coerce: meaning(
        new Map<unknown, null>([
          ["", null],
          [0, null],
          [false, null],
        ]),
      ),
    },
  ],
  ["array", { holds: Array.isArray, coerce: unchanged }],
  ["object", { holds: (value) => isObject(value) && !Array.isArray(value), coerce: unchanged }],
]);

/**
 * Coerces a value to a schema: first through `allOf`, then to the first alternative of `anyOf` and of `oneOf` that
 * it can be made to satisfy, then to the schema's own type and into its members.
 *
 * @param satisfies - used to choose between alternatives.
 */
export function coerce(value: unknown, schema: JsonSchema, satisfies: SchemaCheck): unknown {
  let current = value;
  if (Array.isArray(schema.allOf)) {
    for (const part of schema.allOf) current = coerce(current, part, satisfies);
  }
  if (Array.isArray(schema.anyOf)) current = coerceToOne(current, schema.anyOf, satisfies);
  if (Array.isArray(schema.oneOf)) current = coerceToOne(current, schema.oneOf, satisfies);

  const types = typesOf(schema);
  current = coerceToType(current, types);
  if (Array.isArray(current)) {
    if (types.includes("array")) coerceItems(current, schema.items, satisfies);
  } else if (isObject(current) && types.includes("object")) {
    coerceProperties(current as Record<string, unknown>, schema, satisfies);
  }
  return current;
}

function typesOf({ type }: JsonSchema): string[] {
  return (Array.isArray(type) ? type : [type]).filter((name) => typeof name === "string");
}

function coerceToOne(value: unknown, alternatives: JsonSchema[], satisfies: SchemaCheck): unknown {
  for (const alternative of alternatives) {
    const candidate = coerce(structuredClone(value), alternative, satisfies);
    if (satisfies(alternative, candidate)) return candidate;
  }
  return value;
}

/** A value that has one of several types stays as it is; otherwise the first type that changes it wins. */
function coerceToType(value: unknown, types: string[]): unknown {
  if (types.length > 1 && types.some((type) => TYPES.get(type)?.holds(value))) return value;
  for (const type of types) {
    const known = TYPES.get(type);
    const coerced = known ? known.coerce(value) : value;
    if (coerced !== value) return coerced;
  }
  return value;
}

function coerceItems(values: unknown[], items: unknown, satisfies: SchemaCheck): void {
  for (let index = 0; index < values.length; index++) {
    const schema: unknown = Array.isArray(items) ? items[index] : items;
    if (Array.isArray(items) ? schema : isObject(schema)) {
      values[index] = coerce(values[index], schema as JsonSchema, satisfies);
    }
  }
}

function coerceProperties(value: Record<string, unknown>, schema: JsonSchema, satisfies: SchemaCheck): void {
  const named = Object.entries(schema.properties ?? {});
  for (const [key, property] of named) {
    if (key in value) value[key] = coerce(value[key], property, satisfies);
  }
  const { additionalProperties } = schema;
  if (!isObject(additionalProperties)) return;
  const known = new Set(named.map(([key]) => key));
  for (const key of Object.keys(value)) {
    if (!known.has(key)) value[key] = coerce(value[key], additionalProperties as JsonSchema, satisfies);
  }
}
