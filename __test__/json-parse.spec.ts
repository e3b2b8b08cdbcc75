// JSON as models write it: Pi's own answers, for texts that are broken or cut.

import { inspect } from "node:util";
import {
  parseJsonWithRepair,
  parseStreamingJson,
  repairJson,
  stream,
  type ToolCall,
} from "argent-runtime/pi-ai";
import { describe, expect, it } from "vitest";
import { anthropicModel, saying } from "./support/models.js";
import { anthropic, sse, startProvider } from "./support/provider.js";

const provider = await startProvider();

/** Texts and what Pi's `parseStreamingJson` makes of them. */
const streaming: Record<string, [text: unknown, value: unknown][]> = {
  nothing: [
    [undefined, {}],
    [null, {}],
    ["", {}],
    [" \n\t", {}],
    ["\u00a0", {}],
  ],
  "whole texts": [
    ['{"a":1}', { a: 1 }],
    [' {"a": [1, {"b": null}]} ', { a: [1, { b: null }] }],
    ["[1,2]", [1, 2]],
    ['"text"', "text"],
    ["12", 12],
    ["true", true],
    ["null", null],
    ["-0", -0],
  ],
  "texts cut anywhere": [
    ["{", {}],
    ['{"', {}],
    ['{"a', {}],
    ['{"a"', {}],
    ['{"a":', {}],
    ['{"a": "b', { a: "b" }],
    ['{"a":"b"', { a: "b" }],
    ['{"a":"b",', { a: "b" }],
    ['{"a":"b","c', { a: "b" }],
    ['{"a":{"b":[1,', { a: { b: [1] } }],
    ['{"a":[{"b":1},{', { a: [{ b: 1 }, {}] }],
    ["[", []],
    ['["a","b', ["a", "b"]],
    ['"abc', "abc"],
  ],
  "numbers cut anywhere": [
    ['{"a":1', { a: 1 }],
    ['{"a":-', {}],
    ['{"a":1.', {}],
    ['{"a":1.5', { a: 1.5 }],
    ['{"a":1e', { a: 1 }],
    ['{"a":1e+', { a: 1 }],
    ['{"a":-1.5e3', { a: -1500 }],
    ["-", {}],
    ["1.", {}],
    ["[1,2.", [1]],
    ['{"a":-0', { a: -0 }],
  ],
  "words cut anywhere": [
    ['{"a":t', { a: true }],
    ['{"a":tru', { a: true }],
    ['{"a":true', { a: true }],
    ['{"a":f', { a: false }],
    ['{"a":n', { a: null }],
    ['{"a":nul', { a: null }],
    ['{"a":x', {}],
    ["tr", true],
    ["n", {}],
  ],
  "numbers that JSON does not have": [
    ["NaN", Number.NaN],
    ['{"a":NaN', { a: Number.NaN }],
    ['{"a":NaN}', { a: Number.NaN }],
    ['{"a":Na', { a: Number.NaN }],
    ['{"a":Infinity}', { a: Number.POSITIVE_INFINITY }],
    ['{"a":-Infinity}', { a: Number.NEGATIVE_INFINITY }],
    ['{"a":Inf', { a: Number.POSITIVE_INFINITY }],
    ['{"a":-Inf', { a: Number.NEGATIVE_INFINITY }],
    ["[NaN,Infinity", [Number.NaN, Number.POSITIVE_INFINITY]],
    ["[-Infinity", [Number.NEGATIVE_INFINITY]],
    ['{"a":"NaN","b":NaN', { a: "NaN", b: Number.NaN }],
  ],
  "names that come twice": [
    ['{"a":1,"b":2,"a":3}', { a: 3, b: 2 }],
    ['{"a":1,"a":{"b":2', { a: { b: 2 } }],
    ['{"a":{"x":1},"a":{"y":', { a: {} }],
    ['{"b":1,"2":2,"1":3', { 1: 3, 2: 2, b: 1 }],
  ],
  escapes: [
    ['{"a":"x\\n\\t\\"\\/\\u0041"}', { a: 'x\n\t"/A' }],
    ['{"a":"x\\', { a: "x" }],
    ['{"a":"x\\u', { a: "x" }],
    ['{"a":"x\\u00', { a: "x" }],
    ['{"a":"x\\u0041', { a: "xA" }],
    ['{"a":"C:\\dir\\file"}', { a: "C:\\dir\file" }],
    ['{"a":"C:\\dir\\fi', {}],
    ['{"a":"\\x41"}', { a: "\\x41" }],
    ['{"a":"\\u12G4"}', {}],
    ['{"a":"\\u12G4', { a: "" }],
  ],
  "raw control characters": [
    ['{"a":"x\ny"}', { a: "x\ny" }],
    ['{"a":"x\ny', {}],
    ['{"a":"\u0000\u001f\b\f\r\t"}', { a: "\u0000\u001f\b\f\r\t" }],
    ['{"a":"tab\there","b":"\u0001', {}],
  ],
  "halves of surrogate pairs": [
    ['{"a":"\\ud83d"}', { a: "\ud83d" }],
    ['{"a":"\\ud83d', { a: "\ud83d" }],
    ['{"a":"\\ude00\\ud83d"}', { a: "\ude00\ud83d" }],
    ['{"a":"\ud83d', { a: "\ud83d" }],
    ['{"a":"\ud83d\ude00', { a: "\ud83d\ude00" }],
    ['{"a":"\\ud83d\\ude00', { a: "\ud83d\ude00" }],
  ],
  "what is no JSON": [
    ["x", {}],
    ["}", {}],
    ["]", {}],
    ["{a:1}", {}],
    ["{'a':1}", {}],
    ['{"a":1}}', { a: 1 }],
    ['{"a":1} trailing', { a: 1 }],
    ['{"a":,"b":1}', {}],
    ["[,]", []],
    ['{"a":01}', {}],
    ['{"a" 1', {}],
    ["//", {}],
    ["undefined", {}],
    ['{"a":1,}', { a: 1 }],
    ["[1,]", [1]],
    ["{,", {}],
    ['{"a":"b" "c"', { a: "b" }],
    ['{"a":+1', {}],
  ],
};

/** Texts and what Pi's `repairJson` makes of them. */
const repaired: [text: string, repaired: string][] = [
  ["", ""],
  ["plain text", "plain text"],
  ['{"a":1}', '{"a":1}'],
  ["a\nb", "a\nb"],
  ['{"a":"x\ny"}', '{"a":"x\\ny"}'],
  ['"\b\f\n\r\t\u0000\u001f\u007f"', '"\\b\\f\\n\\r\\t\\u0000\\u001f\u007f"'],
  ['"\\d \\n \\/ \\\\ \\""', '"\\\\d \\n \\/ \\\\ \\""'],
  ['"\\u0041 \\u00g1 \\u1"', '"\\u0041 \\u00g1 \\u1"'],
  ['"cut \\', '"cut \\\\'],
  ['"\\', '"\\\\'],
  ['"open\n', '"open\\n'],
  ['"\\ud83d \ud83d"', '"\\ud83d \ud83d"'],
  ['"a" \n "b\n"', '"a" \n "b\\n"'],
  ['"\u2028\u0085"', '"\u2028\u0085"'],
  ['"\\U0041"', '"\\\\U0041"'],
];

/** Shows a value with the order of its keys, `-0` and lone surrogates. */
const show = (value: unknown) => inspect(value, { depth: null });

describe("parseStreamingJson reads", () => {
  it.each(Object.entries(streaming))("%s", (_, rows) => {
    for (const [text, value] of rows) {
      expect([text, show(parseStreamingJson(text as string))]).toEqual([text, show(value)]);
    }
  });

  it("a text that nests deeply", () => {
    const value = parseStreamingJson<unknown[]>("[".repeat(5000));
    expect(Array.isArray(value)).toBe(true);
  });

  it("names that are members of every object as ordinary ones", () => {
    for (const text of ['{"__proto__":{"x":1},"constructor":2}', '{"__proto__":{"x":1},"constructor":2']) {
      const value = parseStreamingJson<object>(text);
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect((value as { x?: number }).x).toBeUndefined();
    }
  });

  it("each text into a value of its own", () => {
    const first = parseStreamingJson<{ a: number[] }>('{"a":[1');
    first.a.push(2);
    expect(parseStreamingJson('{"a":[1')).toEqual({ a: [1] });
    const empty = parseStreamingJson<Record<string, unknown>>("");
    empty.touched = true;
    expect(parseStreamingJson("")).toEqual({});
  });
});

describe("repairJson", () => {
  it("mends string literals and leaves the rest", () => {
    for (const [text, value] of repaired) expect(repairJson(text)).toBe(value);
  });
});

describe("parseJsonWithRepair", () => {
  it("reads whole texts, mended where they must be", () => {
    expect(parseJsonWithRepair('{"a":1}')).toEqual({ a: 1 });
    expect(parseJsonWithRepair('{"a":"x\ny"}')).toEqual({ a: "x\ny" });
    expect(parseJsonWithRepair('{"a":"\\q"}')).toEqual({ a: "\\q" });
    expect(parseJsonWithRepair('{"a":"\\ud83d"}')).toEqual({ a: "\ud83d" });
  });

  it.each(["", '{"a":', "NaN", '{"a":1}x', '"\\u12"'])("throws what the engine says of %j", (text) => {
    const complaint = (parse: (text: string) => unknown) => {
      try {
        return parse(text);
      } catch (error) {
        return error;
      }
    };
    expect(complaint(JSON.parse)).toBeInstanceOf(SyntaxError);
    expect(complaint(parseJsonWithRepair)).toEqual(complaint(JSON.parse));
  });

  it("throws what the engine says of the mended text, where there was something to mend", () => {
    const text = '{"a":"x\n", "b"';
    expect(() => parseJsonWithRepair(text)).toThrow(SyntaxError);
    let complaint = "";
    try {
      JSON.parse(repairJson(text));
    } catch (error) {
      complaint = (error as Error).message;
    }
    expect(() => parseJsonWithRepair(text)).toThrow(complaint);
  });
});

describe("a call's arguments, while they stream in by the character,", () => {
  it.each([
    '{"path": "a b/c.txt", "edits": [{"old": "x", "new": ""}, {"old": "y"}], "10": 1, "n": -1.5e+3, "t": true}',
    '{"a": "C:\\dir\\file", "b": "line\\nline \\u00e9\\ud83d\\ude00\\ud83d", "a": null}',
    '{"a": [NaN, -Infinity, {"b": [[], {}]}], "c": "\u{1F600}"}',
    ' [1, "x", [2]] ',
    '"only text"',
    '{"a": 1} and more',
    "no JSON at all",
  ])("are what the parser makes of %s so far", async (text) => {
    const pieces = text.split("");
    provider.scripts = [
      sse(
        anthropic.start +
          anthropic.open(0, { type: "tool_use", id: "toolu_1", name: "look", input: {} }) +
          pieces.map((piece) => anthropic.json(0, piece)).join("") +
          anthropic.stop(0) +
          anthropic.end("tool_use"),
      ),
    ];
    let so = "";
    let deltas = 0;
    for await (const event of stream(anthropicModel(provider.url), saying("hi"), { apiKey: "key" })) {
      if (event.type !== "toolcall_delta") continue;
      so += event.delta;
      deltas++;
      const call = event.partial.content[0] as ToolCall;
      expect([so, show(call.arguments)]).toEqual([so, show(parseStreamingJson(so))]);
    }
    expect([deltas, so]).toEqual([pieces.length, text]);
  });
});
