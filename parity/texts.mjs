/** Random texts and JSON values, weighted towards what encoders and trims get wrong. */

const WORDS = "the quick brown fox reads a file and then edits two lines of code before it runs tests".split(
  " ",
);
const ODD = [
  "naïve café — “quoted”",
  "日本語のテキスト、句読点。",
  "👩‍👩‍👧‍👦 family, 🇩🇪 flag, 👍🏽 tone",
  "e\u0301 combining, ﬁ ligature",
  "שלום \u202eעולם\u202c",
  'back\\slash "quote" /slash\\n',
  "tab\there\r\nnew\u0000nul\u001b[31mred\u007f",
  "\u2028line\u2029paragraph",
  "</script><!-- & ' -->",
  '{"looks":"like json"}',
  "𝕊𝕦𝕡𝕡𝕝𝕖𝕞𝕖𝕟𝕥𝕒𝕣𝕪",
  "\ufffd replacement \ufffe\uffff",
];
// JavaScript trims U+FEFF and not U+0085; others do the reverse.
const BLANK = ["", " ", "\n", "\t \n", "\u00a0", "\ufeff", "\u200b", "\u0085", "\u3000", "\u2028"];
const LONE = ["\ud83d", "a\udc00b", "\udc00\ud83d", "ok \ud800", "\ud83d\ud83d\ude00"];

export function words(random, low = 1, high = 12) {
  return random.times(low, high, () => random.pick(WORDS)).join(" ");
}

/** A text with something in it. `lone` allows unpaired surrogates. */
export function text(random, { lone = false } = {}) {
  return random.weighted([
    [50, () => words(random)],
    [25, () => `${words(random, 0, 3)}${random.pick(ODD)}${words(random, 0, 3)}`],
    [5, () => words(random, 300, 900)],
    [5, () => ` \n${words(random)}\n\n`],
    [lone ? 30 : 0, () => `${words(random, 0, 2)}${random.pick(LONE)}${words(random, 0, 2)}`],
  ]);
}

export function maybeBlank(random, options) {
  return random.chance(0.12) ? random.pick(BLANK) : text(random, options);
}

const KEYS = [
  "path",
  "command",
  "10",
  "2",
  "-1",
  "01",
  "",
  "a b",
  "ключ",
  "constructor",
  "__proto__",
  "é",
  "$ref",
];
const NUMBERS = [0, -0, 1, -1, 0.1, 1e21, 1e-7, 1.2345678901234568e20, 9007199254740992, 5e-324, 1.5, 1e20];

/** A random JSON value; objects keep integer-like, empty and prototype-like keys. */
export function json(random, depth = 3, options = {}) {
  const leaf = [
    [5, () => maybeBlank(random, options)],
    [3, () => random.pick(NUMBERS)],
    [2, () => random.chance(0.5)],
    [1, null],
  ];
  if (depth <= 0) return random.weighted(leaf);
  return random.weighted([
    ...leaf,
    [4, () => object(random, depth - 1, options)],
    [3, () => random.times(0, 4, () => json(random, depth - 1, options))],
  ]);
}

export function object(random, depth = 3, options = {}) {
  const keys = random.some(random.shuffle(KEYS), 0.3);
  // Through text, so that "__proto__" becomes a key of its own.
  const body = keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(json(random, depth, options))}`);
  return JSON.parse(`{${body.join()}}`);
}
