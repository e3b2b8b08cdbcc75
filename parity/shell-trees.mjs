import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Random folders to search: ignore files, hidden files, links, and files of all sorts. */

export const WORDS = [
  "alpha",
  "Beta",
  "gamma",
  "needle",
  "NEEDLE",
  "x=1",
  "f(a)",
  "na\u00efve",
  "\u4f60\u597d",
  "a.b",
];
// biome-ignore format: a list
const NAMES = [
  "a", "b", "lib", "src", "Test", "README.md", "main.rs", "index.ts", "app.test.ts", "b.log", "out.tmp", "data.json",
  ".hidden", ".env", "caf\u00e9.txt", "\u65e5\u672c.md", "with space.ts", "UPPER.TS", "node_modules", "target", "#x#", "[x].ts",
  "a-b_c.d", "~tilde", "1", "10", "2", "\u00e9", "Z", "_", "{y}", "dist", "..odd",
];
// biome-ignore format: a list
const RULES = [
  "*.log", "*.tmp", "/target", "node_modules/", "!b.log", "dist/**", "src/*.ts", "**/a", "#c", "\\#x#", "*.[jt]s", ".env",
  "lib/", "!lib/", "/b", "*", "!*.md", "caf*", "a/**/b", "{a,b}.log", "Test ", "[", "**",
];

/** Makes a tree; its files and folders. */
export function plant(random) {
  const root = mkdtempSync(join(tmpdir(), "parity-tree-"));
  const files = [];
  const folders = ["."];
  const grow = (at, depth) => {
    for (const name of new Set(random.times(1, 8, () => random.pick(NAMES)))) {
      const path = join(at, name);
      const kind = random.next();
      if (kind < 0.3 && depth < 4) {
        mkdirSync(join(root, path));
        folders.push(path);
        grow(path, depth + 1);
      } else if (kind < 0.36) {
        symlinkSync(random.pick(["nowhere", ".", "README.md", "../a"]), join(root, path));
      } else {
        writeFileSync(join(root, path), content(random));
        files.push(path);
      }
    }
    for (const [name, share] of [
      [".gitignore", 0.35],
      [".ignore", 0.1],
      [".rgignore", 0.05],
      [".fdignore", 0.05],
    ]) {
      const rules = () => `${random.times(1, 4, () => random.pick(RULES)).join("\n")}\n`;
      if (random.chance(share)) writeFileSync(join(root, at, name), rules());
    }
  };
  if (random.chance(0.5)) {
    mkdirSync(join(root, ".git", "info"), { recursive: true });
    writeFileSync(join(root, ".git", "HEAD"), "ref: refs/heads/needle\n");
    if (random.chance(0.3)) writeFileSync(join(root, ".git", "info", "exclude"), "*.json\n");
  }
  grow(".", 0);
  return { root, files, folders };
}

function content(random) {
  const line = () => random.times(0, 6, () => random.pick(WORDS)).join(random.pick([" ", "\t", ","]));
  const end = random.weighted([
    [8, "\n"],
    [2, "\r\n"],
  ]);
  const lines = random
    .times(0, 12, line)
    .map((text) =>
      random.chance(0.03)
        ? `${text} ${random.pick(["z", "\u00fc", "\u{1F600}"]).repeat(random.pick([490, 600]))} needle`
        : text,
    );
  const text = lines.join(end) + (random.chance(0.8) ? end : "");
  const bytes = Buffer.from(text);
  return random.weighted([
    [20, bytes],
    [1, () => Buffer.concat([bytes, Buffer.from([0, 1, 2]), bytes])],
    [1, () => Buffer.concat([Buffer.from("needle \xff\xfe raw\n", "latin1"), bytes])],
    [0.5, () => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")])],
    [0.5, () => Buffer.from(`\ufeff${text}`)],
    [0.5, Buffer.alloc(0)],
  ]);
}
