import { WORDS } from "./shell-trees.mjs";

/** Random arguments for the tools that search, and random outputs for bash. */

// biome-ignore format: a list
const PATTERNS = [
  "needle", "^alpha", "a$", "[a-z]+=\\d", "na.ve", "\\bBeta\\b", "f\\(a\\)", "f(a)", "(", "[", "a{2", "\\p{Han}", "^$", ".",
  "", "\\n", "a\nb", "(?i)NEEDLE", "\\x00", "needle|gamma", "\\w+\\s+\\w+", "-e", "--files", "a.b", "\\d", "zz+", "\u00fc+",
];
const GLOBS = [
  "*.ts",
  "*.md",
  "**/*.ts",
  "src/*",
  "!*.ts",
  "*.{ts,md}",
  "README*",
  "[",
  "/src/**",
  ".*",
  "a",
  "**",
  "*.TS",
  "",
];
// biome-ignore format: a list
const FIND = [
  "*", "*.ts", "*.md", "**/*.ts", "src/*", "src/**", "a", "A", "readme*", "*.TS", "[", "{a,b}", "[!a]*", ".*", "**", "?", "",
  "a/b", "/tmp/**/*.md", "**/a", "*caf*", "\u65e5*", "*e\u0301*", "*/*", "[A-Z]*", "lib/**/index.*", "-x", "\\[x\\].ts",
];

const place = (random, tree) =>
  random.weighted([
    [5, undefined],
    [2, "."],
    [3, () => random.pick(tree.folders)],
    [2, () => random.pick([...tree.files, "."])],
    [1, () => `@${random.pick(tree.folders)}`],
    [1, () => `${tree.root}/${random.pick(tree.folders)}`],
    [0.5, "missing"],
    [0.5, ""],
  ]);

export const ASKED = {
  grep: (random, tree) => ({
    pattern: random.chance(0.5) ? random.pick(WORDS) : random.pick(PATTERNS),
    path: place(random, tree),
    glob: random.chance(0.3) ? random.pick(GLOBS) : undefined,
    ignoreCase: random.pick([undefined, undefined, true, false]),
    literal: random.pick([undefined, undefined, true, false]),
    context: random.pick([undefined, undefined, 0, 1, 2, 5, -1]),
    limit: random.pick([undefined, undefined, 1, 2, 5, 0, 1000]),
  }),
  find: (random, tree) => ({
    pattern: random.pick(FIND),
    path: place(random, tree),
    limit: random.pick([undefined, undefined, undefined, 1, 3, 0, 5000]),
  }),
  ls: (random, tree) => ({
    path: place(random, tree),
    limit: random.pick([undefined, undefined, 1, 3, 0, 5000]),
  }),
};

const PIECES = [
  "a",
  "\n",
  "line\n",
  "caf\u00e9",
  "\u{1F600}",
  "\t",
  "\r\n",
  "\0",
  "\x1b[31mred\x1b[0m",
  "\ufeff",
  "tail",
];

/** An output in pieces, cut anywhere, and how the command ends. */
export function spoken(random) {
  const bytes = random.weighted([
    [3, () => text(random, random.between(0, 30))],
    [
      1,
      () =>
        Buffer.concat([
          Buffer.from([0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80]),
          text(random, 5),
          Buffer.from([0xf0, 0x9f]),
        ]),
    ],
    [1, () => Buffer.from("some words of a line\n".repeat(random.pick([1999, 2000, 2001, 2500, 5000])))],
    [
      1,
      () =>
        Buffer.from(
          random
            .pick(["x", "\u00e9", "\u{1F600}"])
            .repeat(random.pick([12_799, 25_600, 51_200, 51_201, 130_000])),
        ),
    ],
    [1, () => Buffer.from("\n".repeat(random.pick([1998, 1999, 2000, 3000])))],
    [
      1,
      () => Buffer.from(`${"y".repeat(random.pick([300, 60_000]))}\n`.repeat(random.pick([1, 2, 170, 171]))),
    ],
  ]);
  const extra = random.chance(0.3) ? Buffer.concat([bytes, text(random, 4)]) : bytes;
  const pieces = [];
  for (let at = 0; at < extra.length; ) {
    const size = random.pick([1, 7, 100, 4096, 65_536, extra.length]);
    pieces.push(extra.subarray(at, at + Math.max(size, Math.ceil(extra.length / 200))));
    at += Math.max(size, Math.ceil(extra.length / 200));
  }
  const end = random.weighted([
    [6, 0], [2, 1], [1, 127], [1, null], [1, "aborted"], [1, "timeout:3"], [1, "timeout:0.5"], [1, "broken"],
  ]); // biome-ignore format: a list
  return { pieces, end };
}

const text = (random, count) => Buffer.from(random.times(count, count, () => random.pick(PIECES)).join(""));

// biome-ignore format: a list
/** Commands for a real shell; nothing in them depends on what comes first of stdout and stderr. */
export const COMMANDS = [
  "true", "false", "exit 42", "echo hi", "echo hi >&2", "printf 'no end'", "printf 'a\\r\\nb'", "printf '\\xff\\xfe'",
  "printf '\\xf0\\x9f\\x98\\x80'", "seq 1 10", "seq 1 1999", "seq 1 2000", "seq 1 5000", "seq 1 20000", "cat", "read x; echo \"[$x]\"",
  "head -c 60000 /dev/zero | tr '\\0' x", "head -c 51200 /dev/zero | tr '\\0' x", "yes abc | head -n 30000", "yes abc | head -c 100001",
  "echo $FROM_HOOK", "echo $PREFIXED", "pwd", "nonsense-command", "syntax (", "echo a; exit 3", "(exit 7)", "kill -15 $$; echo no",
  "sleep 0.05; echo late", "echo out; sleep 0.05; echo err >&2; sleep 0.05; echo out", "echo $BASH_VERSION", "echo \"$PATH\"",
  "sleep 5 & echo left", "(sleep 0.03; echo from behind) & echo first", "exec 1>&-; echo closed", "ps -o tty= $$", "ulimit -n", "umask",
  "trap 'echo bye' EXIT; echo hi", "echo caf\u00e9 \u{1F600}", "echo 'a\nb'", "env | grep -c .", "set -e; false; echo no", "", "  ", "# nothing",
];
