import { object, text } from "./texts.mjs";

/** The JSON text of a tool call's arguments, well-formed or as models spoil it, and its pieces. */

export function argumentText(random, { spoilt = random.chance(0.2) } = {}) {
  const value = object(random, 3);
  if (random.chance(0.3)) value.content = random.times(1, 6, () => text(random)).join("\n");
  let json = JSON.stringify(value, null, random.pick([0, 0, 1, 2]));
  if (random.chance(0.2)) json = json.replace(/[\u0080-\uffff]/g, escapeUnit);
  return spoilt ? spoil(random, json) : json;
}

const escapeUnit = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

function spoil(random, json) {
  return random.weighted([
    [4, () => json.slice(0, random.int(json.length + 1))],
    [1, ""],
    [1, " \n"],
    [1, '{"path":"C:\\dir\\x\\q"}'],
    [1, '{"text":"line one\nline two\ttab\u0001"}'],
    [1, '{"bad":"\\u12"}'],
    [1, '{"bad":"\\ud83d"}'],
    [1, '{"a":1,}'],
    [1, '{"a":[1,2,],"b":tru'],
    [1, "[1,2,3]"],
    [1, '"a string"'],
    [1, "42"],
    [1, "null"],
    [1, "-"],
    [1, '{"a":-'],
    [1, '{"a":1e'],
    [1, '{"a":1.'],
    [1, '{"a":NaN,"b":Infinity,"c":-Infinity}'],
    [1, '{"a":Infin'],
    [1, '{"a":-Inf'],
    [1, '{"a":1}{"b":2}'],
    [1, '{"a":1} trailing'],
    [1, "not json"],
    [1, "{'single':'quotes'}"],
    [1, '{"dup":1,"dup":2,"5":0,"1":0}'],
    [1, '{"a":"x'],
    [1, '{"a":"x\\'],
    [1, '{"a'],
    [1, '{"a"'],
    [1, '{"a":'],
    [1, '{"__proto__":{"x":1}}'],
    [1, '{"big":123456789012345678901234567890,"small":1e-400,"huge":1e400,"zero":-0}'],
    [1, "\ufeff{}"],
  ]);
}

/** Pieces of a text; `surrogates` allows a cut inside a pair, as tokenisers do. */
export function pieces(random, text, { surrogates = false, most = 40 } = {}) {
  const size = Math.max(random.pick([1, 2, 5, 12, 60]), Math.ceil(text.length / most));
  const result = [];
  let at = 0;
  while (at < text.length) {
    let end = Math.min(text.length, at + 1 + random.int(size * 2));
    const inside = /[\ud800-\udbff]/.test(text[end - 1]) && /[\udc00-\udfff]/.test(text[end] ?? "");
    if (inside && !surrogates) end++;
    result.push(text.slice(at, end));
    at = end;
  }
  if (random.chance(0.2)) result.splice(random.int(result.length + 1), 0, "");
  return result;
}
