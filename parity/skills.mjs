import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { yamlDocument } from "./documents.mjs";
import { createRandom, seedOf } from "./random.mjs";

/** Front matter and trees of skills: what each side reads, finds and complains of. */

const KASE = { call: "skills", model: { api: "files" }, options: {} };

export function compareSides({ seed, count, alpha, beta, report }) {
  const each = (name, times, play) => {
    const section = report.section(name);
    for (let index = 0; index < times; index++) {
      const random = () => createRandom(seedOf(seed, name, index));
      section.add(`#${index}`, { ...KASE, tags: new Set() }, play(random), { alpha: {}, beta: {} });
    }
    section.close();
  };
  each("front matter", count * 5, (random) => frontMatter(random(), alpha, beta));
  each("skills", count, (random) => tree(random(), alpha, beta));
  each("skill texts", count, (random) => texts(random(), alpha, beta));
}

/** The first difference of two values, with what is round it. */
export function different(kind, alpha, beta) {
  const [left, right] = [alpha, beta].map((value) => JSON.stringify(value, spelt) ?? "undefined");
  if (left === right) return [];
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  const cut = (text) => text.slice(Math.max(0, at - 200), at + 200);
  return [{ kind, path: "", alpha: cut(left), beta: cut(right) }];
}

/** Values that JSON does not have. */
function spelt(_key, value) {
  if (Object.is(value, -0)) return "number -0";
  if (typeof value === "number" && !Number.isFinite(value)) return `number ${value}`;
  return value === undefined ? "undefined" : value;
}

const ENDS = ["\n", "\n", "\n", "\r\n", "\r"];

function file(random, yaml) {
  const body = random.pick(["", "Body", "\n\n  # Title\n\ntext\n", "a\n---\nb\n", "caf\u00e9\r\n\u{1F600}"]);
  const text = random.weighted([
    [20, () => `---\n${yaml}---\n${body}`],
    [2, () => `---\n${yaml}\n---\n${body}`],
    [1, () => `---${yaml}---${body}`],
    [1, () => `\ufeff---\n${yaml}---\n${body}`],
    [1, () => `---\n${yaml}${body}`],
    [1, () => `---\n---\n${body}`],
    [1, () => body],
    [1, () => ` ---\n${yaml}---\n${body}`],
    [1, () => `--- \n${yaml}---- ${body}`],
  ]);
  return text.replaceAll("\n", random.pick(ENDS));
}

function frontMatter(random, alpha, beta) {
  const content = file(random, yamlDocument(random));
  const [left, right] = [alpha, beta].map((side) => {
    try {
      return { ok: [side.parseFrontmatter(content), side.stripFrontmatter(content)] };
    } catch (error) {
      return { error };
    }
  });
  if (left.error && right.error) return [];
  const words = (side) => side.error?.message.split(" at line ")[0];
  return different("front matter", left, right).map((difference) => ({
    ...difference,
    content,
    complaint: { alpha: words(left), beta: words(right) },
  }));
}

const NAMES = [
  "pdf",
  "a-b",
  "skill-1",
  "My Skill",
  "-x",
  "a--b",
  "caf\u00e9",
  "x".repeat(70),
  "[ab]",
  "{a,b}",
  "b",
];
const FOLDERS = [...NAMES, "#d", "!e", ".hidden", "node_modules", "SKILL.md", "dir.md", "a", "lib", "docs"];
const FILES = ["SKILL.md", "README.md", "notes.md", "a.md", "b.txt", "skill.md", ".x.md", "x.MD", "docs"];

const DESCRIPTIONS = [
  "Reads files.",
  "",
  "'  '",
  "12",
  "true",
  "false",
  "~",
  "[a, b]",
  "{a: b}",
  ">-\n  Two\n  lines",
  "|\n  Use when: asked",
  '"caf\\u00e9 \\U0001F600"',
  `"${"d".repeat(1024)}"`,
  `"${"\u{1F600}".repeat(513)}"`,
  "Use when: asked",
  "'unclosed",
  "`code`",
];

function skillFile(random, parent) {
  const name = random.weighted([
    [4, parent],
    [3, undefined],
    [3, () => random.pick(NAMES)],
    [1, () => random.pick(['""', "12", "0", "[a]", "null", "Name", "'a b'", "-a", "a-", "true"])],
  ]);
  const fields = [
    name !== undefined && `name: ${/[#![{]/.test(name) && name !== "[a]" ? JSON.stringify(name) : name}`,
    random.chance(0.9) &&
      `description: ${random.weighted([
        [3, "Does it."],
        [2, () => random.pick(DESCRIPTIONS)],
      ])}`,
    random.chance(0.3) && `disable-model-invocation: ${random.pick(["true", "false", '"true"', "yes", "1"])}`,
    random.chance(0.1) && `license: MIT # ours`,
    random.chance(0.03) && "bad: {",
    random.chance(0.03) && "name: again",
  ];
  const yaml = random.shuffle(fields.filter((field) => typeof field === "string"));
  return file(random, yaml.map((line) => `${line}\n`).join(""));
}

const PATTERNS = [
  ...[
    "pdf",
    "*.md",
    "!*.md",
    "/a",
    "a/",
    "/a/",
    "b/SKILL.md",
    "**/docs",
    "docs/**",
    "a/**/b",
    "**",
    "*",
    "!a",
  ],
  ...[
    "lib/*",
    "!lib/SKILL.md",
    "[ab]",
    "[!a]",
    "a?b",
    "?",
    "{a,b}",
    "\\#d",
    "#d",
    "\\!e",
    "!",
    "/",
    "//a",
    "a//",
  ],
  ...["SKILL.md", "skill.md", "README", "Readme.md", " a", "a ", "a\\ ", "  ", "caf\u00e9", "A", "*a*"],
  ...["x*", "[a-c]", "[", "a[", "[]a]", "[^a]", "\\a", "\\", "a\\", "a\\b", "**/SKILL.md", "*/SKILL.md"],
  ...["***", "a**", "**a", "a/**", "/**/a", "-x", "a.md", "!a.md", "(a|b)", "a+", "^a", "$", "./a", "a/.."],
  ...[
    "!/a",
    "\\!/a",
    "!!a",
    "!#d",
    "#",
    "\r",
    "docs/",
    "*/",
    "**/",
    "/*",
    "/**",
    "!/**",
    "!*/",
    "notes.m[c-e]",
  ],
];

function tree(random, alpha, beta) {
  const root = mkdtempSync(join(tmpdir(), "parity-skills-"));
  const run = { random, root, home: join(root, "agent"), cwd: join(root, "work"), places: [], links: [] };
  try {
    for (const top of [join(run.home, "skills"), join(run.cwd, ".pi", "skills"), join(root, "more")]) {
      if (random.chance(0.8)) grow(run, top, 0);
    }
    for (const link of random.times(0, 4, () => random.pick(run.places))) if (link) tie(run, link);
    return look(run, alpha, beta);
  } finally {
    rmSync(root, { recursive: true });
  }
}

function grow(run, dir, depth) {
  const { random } = run;
  mkdirSync(dir, { recursive: true });
  run.places.push(dir);
  const put = (name, text) => {
    try {
      writeFileSync(join(dir, name), text, { flag: "wx" });
      run.places.push(join(dir, name));
    } catch {
      // A folder of that name is there.
    }
  };
  const parent = dir.slice(dirname(dir).length + 1);
  if (depth > 0 && random.chance(0.5)) put("SKILL.md", skillFile(random, parent));
  for (const name of random.times(0, 2, () => random.pick(FILES))) put(name, skillFile(random, parent));
  for (const name of [".gitignore", ".ignore", ".fdignore"]) {
    if (random.chance(depth === 0 ? 0.35 : 0.12)) {
      const end = random.pick(["\n", "\n", "\r\n"]);
      put(
        name,
        random.pick(["", "", "\ufeff"]) + random.times(1, 4, () => random.pick(PATTERNS) + end).join(""),
      );
    }
  }
  if (depth < 3) {
    for (const name of random.times(depth === 0 ? 1 : 0, 4 - depth, () => random.pick(FOLDERS))) {
      try {
        grow(run, join(dir, name), depth + 1);
      } catch {
        // A file of that name is there.
      }
    }
  }
}

/** A link, unless one could walk round through it: what Pi then finds forty times ours finds once. */
function tie(run, from) {
  const { random, places, root, links } = run;
  const target = random.pick([...places, join(root, "nothing")]);
  const at = join(dirname(from), random.pick(["link", "link.md", "SKILL.md", "a-b", "loop", ".gitignore"]));
  try {
    symlinkSync(target, at);
    links.push({
      at: join(realpathSync(dirname(at)), basename(at)),
      to: existsSync(at) ? realpathSync(at) : target,
    });
    if (links.some((link) => leadsBack(links, link, [link]))) {
      unlinkSync(at);
      links.pop();
    }
  } catch {
    // Something of that name is there.
  }
}

function leadsBack(links, { to }, passed) {
  const next = links.filter(({ at }) => at.startsWith(`${to}/`));
  return next.some((link) => passed.includes(link) || leadsBack(links, link, [...passed, link]));
}

function look(run, alpha, beta) {
  const { random, root, home, cwd, places } = run;
  const named = random.times(0, 3, () =>
    random.weighted([
      [4, () => random.pick(places.length > 0 ? places : [root])],
      [
        1,
        () =>
          random.pick([
            join(root, "none"),
            "../more",
            " ../more ",
            "./",
            `${root}/more/`,
            `${root}//more/../more`,
          ]),
      ],
      [1, () => `${random.pick(places.length > 0 ? places : [root])}/`],
    ]),
  );
  const options = { cwd, agentDir: home, skillPaths: named, includeDefaults: random.chance(0.7) };
  const dir = random.pick([
    join(home, "skills"),
    join(root, "more"),
    `${root}/more/`,
    root,
    join(root, "none"),
  ]);
  const source = random.pick(["user", "project", "path", "bundled"]);
  const [left, right] = [alpha, beta].map((side) => [
    plain(side.loadSkills(options)),
    plain(side.loadSkillsFromDir({ dir, source })),
  ]);
  return different("skills", left, right);
}

/** Words for broken YAML are each side's own. */
function plain({ skills, diagnostics }) {
  const own = /^(name|description|skill path|E[A-Z]+:)/;
  const remarks = diagnostics.map((one) => ({
    ...one,
    message: own.test(one.message) ? one.message : "YAML",
  }));
  return { skills, diagnostics: remarks };
}

const TEXTS = [
  "a",
  "<b> & 'c' \"d\"",
  "",
  "caf\u00e9 \u{1F600}",
  "half \ud83d",
  "&amp;",
  "line\nline",
  "$&",
  "a\u0000",
];

function texts(random, alpha, beta) {
  const text = () => random.pick(TEXTS);
  const skills = random.times(0, 4, () => ({
    name: text(),
    description: text(),
    filePath: text(),
    disableModelInvocation: random.chance(0.3),
  }));
  const block = [
    random.pick(["<skill", "<skill", " <skill"]),
    ` name="${text()}" location="${text()}">\n`,
    random.pick(["", "content", "two\nlines\n\n", "</skill>", "\n</skill>\n\n"]),
    random.pick(["\n</skill>", "\n</skill>", "</skill>", "\n</skill>\n\n</skill>"]),
    random.pick(["", "", "\n\n", "\n\nmore\ntext ", "\n\n  \n", "\nx"]),
  ].join("");
  const [left, right] = [alpha, beta].map((side) => [
    side.formatSkillsForPrompt(skills),
    side.parseSkillBlock(block),
  ]);
  return different("texts", left, right);
}
