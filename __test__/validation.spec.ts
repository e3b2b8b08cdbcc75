// Tool arguments are coerced and checked against schemas of three makes; errors are read by the model.

import { Type as Sinclair } from "@sinclair/typebox";
import { describe, expect, it } from "vitest";
import { StringEnum, Type } from "../lib/pi-ai/typebox.js";
import type { Tool, ToolCall } from "../lib/pi-ai/types.js";
import { validateToolArguments, validateToolCall } from "../lib/pi-ai/validation.js";

const toolOf = (parameters: unknown): Tool => ({
  name: "tool",
  description: "",
  parameters: parameters as Tool["parameters"],
});
const callOf = (args: unknown): ToolCall => ({
  type: "toolCall",
  id: "1",
  name: "tool",
  arguments: args as ToolCall["arguments"],
});
const validate = (schema: unknown, args: unknown) => validateToolArguments(toolOf(schema), callOf(args));

/** An object schema with the property `a`, in plain JSON. */
const withA = (a: unknown) => ({ type: "object", properties: { a }, required: ["a"] });

describe("coercion", () => {
  it.each<[string, unknown, unknown]>([
    ["number", "5.5", 5.5],
    ["number", null, 0],
    ["number", true, 1],
    ["integer", " 7 ", 7],
    ["integer", null, 0],
    ["boolean", "true", true],
    ["boolean", 0, false],
    ["boolean", null, false],
    ["string", 5, "5"],
    ["string", false, "false"],
    ["string", null, ""],
    ["null", "", null],
    ["null", 0, null],
  ])("to %s makes %j into %j", (type, given, wanted) => {
    expect(validate(withA({ type }), { a: given })).toEqual({ a: wanted });
  });

  it.each<[string, unknown]>([
    ["number", "five"],
    ["number", ""],
    ["integer", "5.5"],
    ["boolean", "yes"],
    ["boolean", 2],
    ["null", "null"],
    ["object", "{}"],
  ])("to %s leaves %j, which is refused", (type, given) => {
    expect(() => validate(withA({ type }), { a: given })).toThrow("  - a: must be ");
  });

  it("applies to TypeBox 1.x and plain schemas, and not to @sinclair/typebox 0.34", () => {
    for (const given of ["5", null]) {
      const wanted = { a: given === null ? 0 : 5 };
      expect(validate(Type.Object({ a: Type.Number() }), { a: given })).toEqual(wanted);
      expect(validate(withA({ type: "number" }), { a: given })).toEqual(wanted);
      expect(() => validate(Sinclair.Object({ a: Sinclair.Number() }), { a: given })).toThrow(
        "  - a: must be number",
      );
    }
    expect(validate(Sinclair.Object({ a: Sinclair.Number() }), { a: 5 })).toEqual({ a: 5 });
  });

  it("leaves a value that has one of several types, and takes the first type that fits", () => {
    expect(validate(withA({ type: ["number", "string"] }), { a: "5" })).toEqual({ a: "5" });
    expect(validate(withA({ type: ["number", "boolean"] }), { a: "5" })).toEqual({ a: 5 });
    expect(validate(withA({ type: ["number", "boolean"] }), { a: "true" })).toEqual({ a: true });
  });

  it("reaches into objects, arrays, tuples, additional properties and allOf", () => {
    const schema = {
      type: "object",
      properties: {
        list: { type: "array", items: { type: "object", properties: { n: { type: "integer" } } } },
        pair: { type: "array", items: [{ type: "number" }, { type: "boolean" }] },
        both: { allOf: [{ type: "number" }, { minimum: 2 }] },
      },
      additionalProperties: { type: "boolean" },
    };
    const args = { list: [{ n: "1" }, { n: 2 }], pair: ["3", "false"], both: "4", more: "true" };
    expect(validate(schema, args)).toEqual({
      list: [{ n: 1 }, { n: 2 }],
      pair: [3, false],
      both: 4,
      more: true,
    });
  });

  it("takes the first alternative that can be satisfied, and none otherwise", () => {
    const alternatives = [
      withA({ type: "integer" }),
      { type: "object", properties: { b: { type: "boolean" } } },
    ];
    expect(validate(withA({ anyOf: alternatives }), { a: { a: "1" } })).toEqual({ a: { a: 1 } });
    expect(validate(withA({ anyOf: alternatives }), { a: { b: "true" } })).toEqual({ a: { b: true } });
    expect(validate(withA({ oneOf: [{ type: "integer" }, { type: "boolean" }] }), { a: "3" })).toEqual({
      a: 3,
    });
    expect(() => validate(withA({ anyOf: [{ type: "integer" }, { type: "boolean" }] }), { a: "x" })).toThrow(
      "Validation failed",
    );
  });

  it("forgets what it tried for an alternative that failed", () => {
    const named = { type: "object", properties: { n: { type: "number" } }, required: ["name"] };
    const text = { type: "object", properties: { n: { type: "string" } } };
    expect(validate(withA({ anyOf: [named, text] }), { a: { n: "5.0" } })).toEqual({ a: { n: "5.0" } });
  });

  it("applies to the arguments as a whole", () => {
    const schema = { anyOf: [withA({ type: "boolean" }), withA({ type: "integer" })] };
    expect(validate(schema, { a: "1", b: "kept" })).toEqual({ a: 1, b: "kept" });
  });

  it("works on a copy", () => {
    const args = { a: "5", deep: { b: ["1"] } };
    const result = validate({ ...withA({ type: "number" }) }, args);
    expect(result).toEqual({ a: 5, deep: { b: ["1"] } });
    expect(args).toEqual({ a: "5", deep: { b: ["1"] } });
    expect(result.deep).not.toBe(args.deep);
  });
});

describe("errors", () => {
  it("list every fault with its path, and the arguments as they came", () => {
    const schema = Type.Object({
      path: Type.String(),
      options: Type.Object({ depth: Type.Integer(), mode: StringEnum(["fast", "slow"]) }),
      tags: Type.Array(Type.Object({ name: Type.String() })),
    });
    const args = { options: { depth: "deep", mode: "odd" }, tags: [{ name: "a" }, {}] };
    const message = `Validation failed for tool "tool":
  - path: must have required properties path
  - options.depth: must be integer
  - options.mode: must be equal to one of the allowed values
  - tags.1.name: must have required properties name

Received arguments:
${JSON.stringify(args, null, 2)}`;
    expect(() => validate(schema, args)).toThrow(new Error(message));
  });

  it("call the arguments as a whole root", () => {
    expect(() => validate({ type: "object" }, [])).toThrow("\n  - root: must be object\n");
  });

  it("name a tool that does not exist", () => {
    const tools = [toolOf(withA({ type: "number" }))];
    expect(validateToolCall(tools, callOf({ a: "1" }))).toEqual({ a: 1 });
    expect(() => validateToolCall([], callOf({}))).toThrow(new Error('Tool "tool" not found'));
  });
});

it("remembers the check of a schema object, though the schema is edited later", () => {
  const schema = withA({ type: "number" });
  expect(validate(schema, { a: 1 })).toEqual({ a: 1 });
  schema.required = ["a", "b"];
  expect(validate(schema, { a: 1 })).toEqual({ a: 1 });
  expect(() => validate({ ...schema }, { a: 1 })).toThrow("  - b: ");
});
