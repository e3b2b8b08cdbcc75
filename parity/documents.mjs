/** Random YAML documents of the sort that stands at the top of a Markdown file, good, odd and broken. */

const KEYS = [
  "name",
  "description",
  "tools",
  "disable-model-invocation",
  "license",
  "a",
  "b",
  "1",
  "metadata",
];

const WORDS = [
  "skill",
  "Reads files",
  "Use when: asked",
  "caf\u00e9 \u{1F600}",
  "it's",
  "a #b",
  "a # b",
  "a: b",
  "a:b",
  "a, b",
  "[x] done",
  "http://a.b/c?d=e#f",
  "50%",
  "@user",
  "`code`",
  "*bold*",
  "**bold** text",
  "&amp",
  "!important",
  "!",
  "? what",
  "?what",
  "- item",
  "-item",
  "-",
  "> quote",
  "| pipe",
  "%",
  "#",
  "{a}",
  "a {b} c",
  "tab\there",
  "back\\slash",
  'say "hi"',
  "a ",
  "---",
  "--- x",
  "...",
  ",",
  ":",
  ": a",
  "a:",
  "C:\\dir",
  "<b>",
  "\u00a0",
  "\ufeffx",
  "\u2028",
  "=",
  "~",
];

const SCALARS = [
  "null",
  "Null",
  "nULL",
  "true",
  "True",
  "TRUE",
  "tRue",
  "false",
  "yes",
  "no",
  "on",
  "Off",
  "y",
  "0",
  "-0",
  "+1",
  "007",
  "0123",
  "1_000",
  "0x1F",
  "0xg",
  "-0x1",
  "0o17",
  "0o8",
  "0b11",
  "1.0",
  "1.",
  ".5",
  "-.5",
  ".",
  "1e3",
  "1e",
  "1.5E-7",
  "1e400",
  "12345678901234567890",
  "0.1",
  ".inf",
  "-.INF",
  ".nan",
  ".NaN",
  "2024-01-02",
  "2024-01-02T03:04:05Z",
  "1:30",
  "12:30:45",
  "<<",
  "1.2.3",
  "",
];

const DOUBLE = [
  '"a"',
  '"a\\nb"',
  '"\\u00e9\\x41\\U0001F600"',
  '"\\q"',
  '"a \\\n  b"',
  '"a\n  b"',
  '"a\n\n  b"',
  '"a',
  '""',
  '"a" b',
  '"a"b',
  '"\\0"',
  '"\\t\\e\\_\\N\\L\\P\\/"',
];
const SINGLE = ["'a'", "'it''s'", "'a\n  b'", "'a", "''", "'a' b", "'\\n'", "'a' # c", "'a'#c"];

const BLOCKS = [
  "|\n  one\n  two",
  "|-\n  one\n\n  two\n",
  "|+\n  one\n\n",
  ">\n  one\n  two\n\n  three",
  ">-\n  one\n  two",
  ">-\n  one\n    more\n  two",
  "|2\n    one\n  two",
  "|\none",
  ">\n\n  one",
  "| # c\n  one",
  "|x\n  one",
  "|\n",
  ">+\n  a\n\n\n",
  "|\n   one\n  two",
  "|1-\n one",
  "|\n  \tone",
];

const TAGGED = [
  "!!str 12",
  "!!int '12'",
  "!!float 3",
  "!!float 3.5",
  "!!bool 'true'",
  "!!null ''",
  "!custom a",
  "! 12",
  "!!str",
  "!<tag:yaml.org,2002:str> 1",
  "!!map {a: 1}",
  "!!seq [1]",
  "!x!y z",
];

const FLOWS = [
  "[a, b]",
  "[]",
  "{}",
  "[a, b,]",
  "[a b, 'c', \"d\"]",
  "[a, , b]",
  "[a",
  "a]",
  "{a: 1, b: 2}",
  "{a, b}",
  "{a: [1, {b: c}]}",
  "{a: 1",
  "[a: b]",
  "[a: b, c]",
  '{"a":1}',
  '{"a":b}',
  "{a:1}",
  "[a:b]",
  "[\n  a,\n  b\n]",
  "[\n  a,\n  b\n  ]",
  "[\na\n]",
  "[a #b\n , c]",
  "[web_search, read] # tools",
  "[a] b",
  "[ [a], [b] ]",
  "{? a : b}",
  "{a: }",
  "{: a}",
  "[-, a]",
  "[- a]",
  "{a: b, a: c}",
];

/** A value in one line, or in more that are indented by two at least. */
function value(random, depth) {
  return random.weighted([
    [5, () => random.pick(WORDS)],
    [4, () => random.pick(SCALARS)],
    [2, () => random.pick(DOUBLE)],
    [2, () => random.pick(SINGLE)],
    [2, () => random.pick(BLOCKS)],
    [2, () => random.pick(FLOWS)],
    [0.7, () => random.pick(TAGGED)],
    [0.6, () => `&x ${random.pick([...SCALARS, ...FLOWS])}`],
    [0.6, () => random.pick(["*x", "*y", "*x b"])],
    [0.6, () => `${random.pick(WORDS)}\n  ${random.pick(WORDS)}`],
    [0.3, () => `${random.pick(WORDS)}\n${random.pick(WORDS)}`],
    [depth > 2 ? 0 : 1, () => `\n${indent(map(random, depth + 1))}`],
    [depth > 2 ? 0 : 1, () => `\n${indent(list(random, depth + 1))}`],
    [depth > 2 ? 0 : 0.5, () => `\n${list(random, depth + 1)}`],
  ]);
}

const indent = (text) => text.replace(/^(?=.)/gm, "  ");

function list(random, depth) {
  return random.times(1, 3, () => `- ${value(random, depth).replace(/\n(?=.)/g, "\n  ")}`).join("\n");
}

function map(random, depth) {
  const line = () => {
    const key = random.weighted([
      [20, () => random.pick(KEYS)],
      [1, () => random.pick([...WORDS, ...SCALARS])],
      [0.5, () => random.pick([...DOUBLE, ...SINGLE])],
      [0.3, () => `? ${random.pick([...SCALARS, ...FLOWS])}\n`],
    ]);
    const after = random.weighted([
      [20, () => ": "],
      [1, () => ":"],
      [0.5, () => " : "],
      [0.5, () => ":\t"],
      [0.5, () => ":  "],
    ]);
    return `${key}${after}${value(random, depth)}${random.chance(0.05) ? " # note" : ""}`;
  };
  return random.times(1, 4, line).join(random.chance(0.05) ? "\n\n" : "\n");
}

const NOISE = [
  "\n",
  " ",
  "  ",
  "\t",
  ":",
  "#",
  "'",
  '"',
  "-",
  "- ",
  "[",
  "]",
  "{",
  "}",
  ",",
  "\u00e9",
  "&x ",
  "*x",
  "!",
];

/** A document; some are broken on purpose at one place. */
export function yamlDocument(random) {
  let text = random.weighted([
    [20, () => map(random, 0)],
    [1, () => list(random, 0)],
    [1, () => value(random, 0)],
    [0.5, () => `# comment\n${map(random, 0)}\n# end`],
    [0.3, () => `%YAML 1.2\n---\n${map(random, 0)}`],
    [0.3, () => `--- ${map(random, 0)}\n...\n`],
  ]);
  for (
    let times = random.weighted([
      [5, 0],
      [3, 1],
      [1, 2],
    ]);
    times > 0;
    times--
  ) {
    const characters = [...text];
    const cut = random.chance(0.4) ? random.between(1, 3) : 0;
    characters.splice(random.int(characters.length + 1), cut, ...(cut > 0 ? [] : [random.pick(NOISE)]));
    text = characters.join("");
  }
  return random.chance(0.1) ? text : `${text}\n`;
}
