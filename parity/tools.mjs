import { StringEnum, Type } from "@mariozechner/pi-ai";
import { json, maybeBlank, text, words } from "./texts.mjs";

/** Random tools: TypeBox schemas and plain JSON Schema of many shapes. */

const NAMES = ["read", "Write", "bash", "edit", "GREP", "todowrite", "web_search", "mcp__server__tool", "x"];

export function tools(random) {
  const names = random.some(random.shuffle(NAMES), 0.4);
  return names.map((name) => ({
    name,
    description: maybeBlank(random),
    parameters: random.chance(0.4) ? typebox(random) : plainSchema(random),
    // Gateways pass their whole tool; only three of its keys may reach the wire.
    ...(random.chance(0.3) && { label: name, execute: async () => ({}) }),
  }));
}

function typebox(random) {
  const fields = {
    path: Type.String({ description: text(random) }),
    limit: Type.Optional(Type.Number({ minimum: 1 })),
    mode: StringEnum(["a", "b", "ü"], { description: "one of", default: "a" }),
    list: Type.Array(Type.Object({ 2: Type.Boolean(), 10: Type.Null() })),
    either: Type.Union([Type.Literal("x"), Type.Literal(7)]),
    any: Type.Optional(Type.Any()),
  };
  const keys = random.some(random.shuffle(Object.keys(fields)));
  return Type.Object(
    Object.fromEntries(keys.map((key) => [key, fields[key]])),
    random.chance(0.3) ? { additionalProperties: false, description: text(random) } : {},
  );
}

function plainSchema(random) {
  return random.weighted([
    [1, {}],
    [1, { type: "object" }],
    [1, { type: "object", properties: {}, required: [] }],
    [1, { anyOf: [{ type: "object", properties: { a: { type: "string" } } }], required: ["a"] }],
    [1, { type: "object", properties: { a: { $ref: "#/$defs/A" } }, $defs: { A: { type: "integer" } } }],
    [1, { properties: { 10: { type: "string" }, 2: { type: "number" }, b: {} }, required: ["b", "2"] }],
    [1, { type: ["object", "null"], properties: { x: { enum: [1, null, "é", 1.0, 1e21] } }, required: null }],
    [4, () => nested(random, 3)],
  ]);
}

function nested(random, depth) {
  const properties = {};
  for (const key of random.some(["zeta", "alpha", "7", "1", "items", "ключ", "type", "required"], 0.4)) {
    properties[key] =
      depth > 0 && random.chance(0.5)
        ? nested(random, depth - 1)
        : { description: words(random), type: random.pick(["string", "number"]), default: json(random, 1) };
  }
  const parts = [
    ["type", "object"],
    ["properties", properties],
    ["required", random.some(Object.keys(properties))],
    ["additionalProperties", random.chance(0.5)],
    ["title", undefined],
  ];
  return Object.fromEntries(random.shuffle(parts).slice(0, random.between(2, 5)));
}
