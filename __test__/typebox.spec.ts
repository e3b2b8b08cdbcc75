// The re-exported TypeBox: as the real one, but loaded late.

import Module from "node:module";
import * as typebox from "typebox";
import { describe, expect, it, vi } from "vitest";
import { StringEnum, Type } from "../lib/pi-ai/typebox.js";

it("is loaded at first use, not at import", async () => {
  const load = vi.spyOn(Module as unknown as { _load(id: string): unknown }, "_load");
  const loaded = () => load.mock.calls.map(([id]) => id).filter((id) => id.startsWith("typebox"));
  vi.resetModules();
  const fresh = await import("../lib/pi-ai/typebox.js");
  const { validateToolArguments } = await import("../lib/pi-ai/validation.js");
  await import("../lib/pi-ai/models.js");
  expect(loaded()).toEqual([]);
  fresh.Type.String();
  fresh.Type.Number();
  expect(loaded()).toEqual(["typebox"]);
  const tool = { name: "t", description: "", parameters: { type: "object" } };
  validateToolArguments(tool, { type: "toolCall", id: "1", name: "t", arguments: {} });
  validateToolArguments(tool, { type: "toolCall", id: "2", name: "t", arguments: {} });
  expect(loaded().sort()).toEqual(["typebox", "typebox/compile", "typebox/value"]);
  load.mockRestore();
});

describe("Type", () => {
  it.each<[string, (type: typeof Type) => unknown]>([
    ["Object.keys", (type) => Object.keys(type)],
    ["Reflect.ownKeys", (type) => Reflect.ownKeys(type)],
    ["spread", (type) => ({ ...type })],
    ["destructuring", ({ Object: object, String: string }) => [object, string]],
    ["rest", ({ Object: _, ...rest }) => rest],
    ["in", (type) => ["Union" in type, "Nonsense" in type]],
    ["hasOwn", (type) => [Object.hasOwn(type, "Array"), Object.hasOwn(type, "toString")]],
    ["toString", (type) => Object.prototype.toString.call(type)],
    ["prototype", (type) => Object.getPrototypeOf(type)],
    [
      "for in",
      (type) => [
        ...(function* () {
          for (const key in type) yield key;
        })(),
      ],
    ],
    ["an unknown member", (type) => (type as unknown as Record<string, unknown>).Nonsense],
  ])("behaves as the original under %s, as the first operation and later", async (_, operation) => {
    vi.resetModules();
    const { Type: fresh } = await import("../lib/pi-ai/typebox.js");
    expect(operation(fresh)).toEqual(operation(typebox.Type));
    expect(operation(fresh)).toEqual(operation(typebox.Type));
  });

  it("holds the very builders of typebox and cannot be changed", () => {
    expect(Type.Object).toBe(typebox.Type.Object);
    expect(() => Object.assign(Type, { Object: 1 })).toThrow(TypeError);
    expect(() => Object.assign(Type, { Added: 1 })).toThrow(TypeError);
    expect(typebox.IsObject(Type.Object({ a: Type.Optional(Type.Number()) }))).toBe(true);
  });
});

describe("StringEnum", () => {
  it("is a plain string schema with the values", () => {
    const schema = StringEnum(["add", "subtract"], { description: "What to do", default: "add" });
    expect(JSON.stringify(schema)).toBe(
      '{"type":"string","enum":["add","subtract"],"description":"What to do","default":"add"}',
    );
    expect(JSON.stringify(StringEnum(["a"]))).toBe('{"type":"string","enum":["a"]}');
    expect(JSON.stringify(StringEnum(["", "a"], { description: "", default: "" }))).toBe(
      '{"type":"string","enum":["","a"]}',
    );
  });
});
