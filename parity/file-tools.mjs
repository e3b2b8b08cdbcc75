import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { createRandom, seedOf } from "./random.mjs";

/** Random files and random calls of `read`, `write` and `edit`: what each says, and what is on the disk afterwards. */

const KASE = { call: "tool", model: { api: "tools" }, options: {}, tags: new Set() };

export async function compareSides({ seed, count, alpha, beta, report }) {
  for (const [name, make] of Object.entries({ read, edit, write })) {
    const section = report.section(name);
    for (let index = 0; index < count; index++) {
      const kase = make(createRandom(seedOf(seed, name, index)));
      const [left, right] = [await play(alpha, kase), await play(beta, kase)];
      const differences = (kase.compare ?? strict)(left, right, kase).map(([path, a, b]) => ({
        kind: "tool",
        path,
        alpha: show(a),
        beta: show(b),
      }));
      const { fuzzy, blank, halves, mixed, input } = kase;
      section.add(`#${index}`, { ...KASE, fuzzy, blank, halves, mixed, options: input }, differences, {
        alpha: left,
        beta: right,
      });
    }
    section.close();
  }
}

const show = (value) =>
  (typeof value === "string" ? JSON.stringify(value) : (JSON.stringify(value) ?? "")).slice(0, 600);

function strict(left, right) {
  return ["result", "thrown", "files"]
    .filter((part) => !isDeepStrictEqual(left[part], right[part]))
    .map((part) => [`.${part}`, left[part], right[part]]);
}

async function play(tools, { tool, input, file, options, context }) {
  const dir = mkdtempSync(join(tmpdir(), "parity-tools-"));
  const seen = {};
  try {
    if (file) writeFileSync(join(dir, file.name), file.bytes);
    mkdirSync(join(dir, "folder"));
    const definition = tools[`create${tool}ToolDefinition`](dir, options?.(dir, seen));
    const prepared = definition.prepareArguments?.(structuredClone(input)) ?? input;
    const result = await definition.execute("1", prepared, undefined, undefined, context);
    seen.result = JSON.parse(JSON.stringify(result).replaceAll(dir, "DIR"));
  } catch (error) {
    seen.thrown = `${error.code ?? ""} ${error.message.replaceAll(dir, "DIR")}`;
  }
  seen.files = Object.fromEntries(contents(dir, ""));
  rmSync(dir, { recursive: true });
  return seen;
}

function* contents(dir, prefix) {
  for (const entry of readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* contents(path, `${prefix}${entry.name}/`);
    else yield [prefix + entry.name, readFileSync(path).toString("latin1")];
  }
}

/** Host operations that reach the same files, so that what is asked of them can be compared too. */
const through = (dir, seen) => {
  seen.asked = [];
  const noted =
    (name, act) =>
    async (...operands) => {
      seen.asked.push([name, ...operands.map((operand) => String(operand).replaceAll(dir, "DIR"))]);
      return act(...operands);
    };
  return {
    operations: {
      access: noted("access", (path) => void readFileSync(path)),
      readFile: noted("readFile", (path) => readFileSync(path)),
      writeFile: noted("writeFile", (path, content) => writeFileSync(path, content)),
      mkdir: noted("mkdir", (path) => void mkdirSync(path, { recursive: true })),
    },
  };
};

const WORDS = [
  "alpha",
  "beta",
  "  ",
  "\t",
  "x",
  "(",
  "é",
  "e\u0301",
  "ﬁ",
  "“q”",
  "it’s",
  "a–b",
  "\u00a0",
  "\u3000",
  "漢字",
  "😀",
  "½",
  "Å",
  "한",
  "\u1112\u1161\u11ab",
  "①",
  "\u200b",
  "\u2028",
  "--",
  "''",
  '"',
  "end ",
];

function line(random) {
  const words = random.chance(0.5) ? WORDS.slice(0, 6) : WORDS;
  return random.times(0, random.pick([1, 3, 8]), () => random.pick(words)).join(random.pick(["", " "]));
}

function lines(random) {
  const distinct = random.chance(0.6);
  const low = random.weighted([
    [6, 1],
    [2, 20],
    [1, 150],
  ]);
  return random.times(0, low * 3, (at) => (distinct ? `${at} ` : "") + line(random));
}

/** A text and how it is written down. */
function textFile(random, made = lines(random)) {
  const ending = random.weighted([
    [5, "\n"],
    [3, "\r\n"],
    [1, "\r"],
    [2, "mixed"],
  ]);
  const breaks = () => (ending === "mixed" ? random.pick(["\n", "\r\n", "\n", "\r"]) : ending);
  let text = made.map((one, at) => (at === 0 ? one : breaks() + one)).join("");
  if (random.chance(0.6)) text += ending === "mixed" ? "\n" : ending;
  let bytes = Buffer.from((random.chance(0.15) ? "\ufeff" : "") + text);
  const broken = random.chance(0.15);
  if (broken) {
    const at = random.int(bytes.length + 1);
    const wrong = random.pick([
      [0xff],
      [0xc3],
      [0xe6, 0xbc],
      [0xf0, 0x9f],
      [0xed, 0xa0, 0x80],
      [0x80, 0x80],
      [0],
    ]);
    bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(wrong), bytes.subarray(at)]);
  }
  return {
    name: random.pick(["file.txt", "a b.ts", "ünï"]),
    bytes,
    uniform: /^\r?\n$/.test(ending) && !broken,
  };
}

const plain = (text) => text.replace(/\r\n|\r/g, "\n");

function even(text) {
  const trimmed = text
    .normalize("NFKC")
    .split("\n")
    .map((one) => one.trimEnd())
    .join("\n");
  return trimmed
    .replace(/[\u2018-\u201b]/g, "'")
    .replace(/[\u201c-\u201f]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, "-");
}

function read(random) {
  const long = random.chance(0.1);
  const made = long
    ? random.times(1, random.pick([2, 40, 5000]), () => line(random).repeat(random.pick([1, 40, 4000])))
    : undefined;
  const file = random.chance(0.1) ? image(random) : textFile(random, made);
  const number = () => random.pick([undefined, undefined, 0, 1, 2, 3, 7, 40, 2001, 1.5, -1, -2.5]);
  const input = { path: name(random, file), offset: number(), limit: number() };
  const operations = random.chance(0.2) && !file.image ? through : undefined;
  const model = random.pick([undefined, { input: ["text"] }, { input: ["text", "image"] }]);
  return { tool: "Read", input, file, options: operations, context: { model } };
}

/** Bytes that begin as an image does: nothing that a decoder takes, and one that it does. */
function image(random) {
  const pixel = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  );
  const bytes = random.pick([
    pixel,
    pixel.subarray(0, random.int(pixel.length)),
    Buffer.concat([
      pixel.subarray(0, 33),
      Buffer.from("\0\0\0\x08acTL\0\0\0\0\0\0\0\0\0\0\0\0", "latin1"),
      pixel.subarray(33),
    ]),
    Buffer.from("\xff\xd8\xff\xe0 no jpeg", "latin1"),
    Buffer.from("\xff\xd8\xff\xf7", "latin1"),
    Buffer.from("GIF89a no gif", "latin1"),
    Buffer.from("RIFF\0\0\0\0WEBPVP8 ", "latin1"),
    Buffer.from("RIFF\0\0\0\0WAVE", "latin1"),
    Buffer.from("%PDF-1.7\n", "latin1"),
  ]);
  return { name: "picture.png", bytes, image: true };
}

const name = (random, file) =>
  random.weighted([
    [8, file.name],
    [1, `@${file.name}`],
    [0.3, "nothing"],
    [0.3, "folder"],
  ]);

function edit(random) {
  const file = textFile(random);
  const text = plain(file.bytes.toString().replace(/^\ufeff/, ""));
  const edits = random.times(random.chance(0.02) ? 0 : 1, random.pick([1, 1, 2, 5]), () => {
    const old = sought(random, text);
    return { oldText: old, newText: replacement(random, old) };
  });
  let input = { path: name(random, file), edits };
  if (random.chance(0.03)) input = { ...input, edits: JSON.stringify(edits) };
  if (random.chance(0.03))
    input = { path: file.name, oldText: edits[0]?.oldText, newText: edits[0]?.newText };
  const fuzzy = edits.some(({ oldText }) => !text.includes(plain(oldText)));
  const blank = edits.some(({ oldText }) => oldText !== "" && even(oldText) === "");
  return {
    tool: "Edit",
    input,
    file,
    fuzzy,
    blank,
    halves: edits.some(({ oldText }) => !oldText.isWellFormed()),
    mixed: !file.uniform,
    options: random.chance(0.2) ? through : undefined,
    compare,
  };
}

/** A part of a text, or something like it. */
function sought(random, text) {
  const units = [...text];
  const start = random.int(units.length + 1);
  let part = units.slice(start, start + random.pick([1, 5, 20, 80])).join("");
  if (random.chance(0.5)) {
    const all = text.split("\n");
    const from = random.int(all.length);
    part = all.slice(from, from + random.pick([1, 2, 4])).join("\n");
  }
  return random.weighted([
    [8, part],
    [2, () => even(part)],
    [1, () => part.replace(/'|’/g, "‘").replace(/"/g, "“").replace(/-/g, "—")],
    [1, () => part.replace(/ /g, "\u00a0")],
    [1, () => part.replace(/\n/g, random.pick(["  \n", "\r\n", "\r"]))],
    [1, () => `${part}  `],
    [1, () => part.normalize("NFKD")],
    [0.3, ""],
    [0.3, () => random.pick([" ", "\n", "  \n", "absent", "a\ud83d", "\ufffd"])],
  ]);
}

function replacement(random, old) {
  return random.weighted([
    [
      3,
      () =>
        lines(random)
          .slice(0, 4)
          .join(random.pick(["\n", "\n", "\r\n"])),
    ],
    [3, () => old.replace(/\S+/, () => random.pick(["changed", "$&", ""]))],
    [2, () => `${old}\n${line(random)}`],
    [1, () => `${line(random)}\n${old}`],
    [1, () => old.split("\n").slice(1).join("\n")],
    [1, ""],
    [0.5, old],
    [0.2, () => `${old}\ud83d`],
  ]);
}

/**
 * What Pi does to the rest of a file is not compared: with a tolerant match it evens all of it (D12), with mixed line
 * breaks it makes all of them alike (D13), and what is no UTF-8 it replaces.
 */
function compare(left, right, { file, fuzzy }) {
  const changed = left.result !== undefined;
  const texts = (seen) =>
    Object.fromEntries(Object.entries(seen.files).map(([key, bytes]) => [key, comparable(bytes)]));
  const comparable = (bytes) => {
    const text = plain(Buffer.from(bytes, "latin1").toString());
    return fuzzy ? even(text) : text;
  };
  // Spaces that a tolerant match passes over stay with us and go with Pi.
  for (const seen of [left, right]) seen.words = JSON.stringify(texts(seen)).replace(/\\[nt]|\s/g, "");
  const asks = (seen) => seen.asked?.map(([call, path]) => [call, path]);
  const parts = [
    ["thrown", left.thrown, right.thrown],
    ["content", left.result?.content, right.result?.content],
    ["asked", asks(left), asks(right)],
  ];
  if (changed && (fuzzy || !file.uniform)) parts.push(["texts", texts(left), texts(right)]);
  else parts.push(["files", left.files, right.files]);
  if (!fuzzy) {
    parts.push(["diff", left.result?.details.diff.toWellFormed(), right.result?.details.diff]);
    parts.push(["line", left.result?.details.firstChangedLine, right.result?.details.firstChangedLine]);
  }
  return parts.filter(([, a, b]) => !isDeepStrictEqual(a, b)).map(([part, a, b]) => [`.${part}`, a, b]);
}

function write(random) {
  const file = random.chance(0.5) ? textFile(random) : undefined;
  const path = random.pick([
    file?.name ?? "new",
    "new",
    "a/b/c.txt",
    "folder",
    "folder/x",
    "@new",
    `${file?.name ?? "new"}/x`,
  ]);
  const content = random.pick([
    "",
    "text\r\n",
    "\ufeffé😀",
    "half \ud83d",
    line(random),
    lines(random).join("\n"),
  ]);
  return { tool: "Write", input: { path, content }, file, options: random.chance(0.2) ? through : undefined };
}
