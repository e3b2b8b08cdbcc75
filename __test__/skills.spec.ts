// Skills, prompt templates and a project's instructions, as a host finds them on disk.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  createSyntheticSourceInfo,
  formatSkillsForPrompt,
  loadProjectContextFiles,
  loadSkills,
  loadSkillsFromDir,
  parseFrontmatter,
  parseSkillBlock,
  stripFrontmatter,
} from "argent-runtime/pi-coding-agent";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expandPromptTemplate, loadPromptTemplates } from "../dist/pi-coding-agent/prompt-templates.js";
import { buildSystemPrompt } from "../dist/pi-coding-agent/system-prompt.js";

let root: string;
const at = (...names: string[]) => join(root, ...names);
function put(name: string, text: string) {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "skills-"));
});
afterEach(() => rmSync(root, { recursive: true }));

describe("skills", () => {
  const options = () => ({ cwd: at("work"), agentDir: at("agent"), skillPaths: [], includeDefaults: true });

  it("come from the agent's folder, the project's and paths, each name once", () => {
    put(
      "agent/skills/pdf/SKILL.md",
      "---\nname: pdf\ndescription: Reads\ntools: [web_search, read]\n---\nBody",
    );
    put("work/.pi/skills/pdf/SKILL.md", "---\ndescription: Again\n---\n");
    put("more/note.md", "---\nname: more\ndescription: >-\n  Two\n  lines\n---\n");
    const { skills, diagnostics } = loadSkills({
      ...options(),
      skillPaths: ["../more/note.md", " ../none "],
    });
    const [baseDir, filePath] = [at("agent/skills/pdf"), at("agent/skills/pdf/SKILL.md")];
    expect(skills[0]).toEqual({
      name: "pdf",
      description: "Reads",
      filePath,
      baseDir,
      sourceInfo: { path: filePath, source: "local", scope: "user", origin: "top-level", baseDir },
      disableModelInvocation: false,
      tools: ["web_search", "read"],
    });
    expect(skills.slice(1)).toMatchObject([{ name: "more", description: "Two lines", baseDir: at("more") }]);
    expect(skills[1]).not.toHaveProperty("tools");
    expect(diagnostics).toEqual([
      { type: "warning", message: "skill path does not exist", path: at("none") },
      {
        type: "collision",
        message: 'name "pdf" collision',
        path: at("work/.pi/skills/pdf/SKILL.md"),
        collision: {
          resourceType: "skill",
          name: "pdf",
          winnerPath: filePath,
          loserPath: at("work/.pi/skills/pdf/SKILL.md"),
        },
      },
    ]);
  });

  it("with broken front matter are named with the place, and the others are there", () => {
    put("a/SKILL.md", "---\nname: a\ndescription: Use when: asked\n---\n");
    put("b/SKILL.md", "---\ndescription: Does it\ndisable-model-invocation: true\n---\n");
    const { skills, diagnostics } = loadSkillsFromDir({ dir: root, source: "bundled" });
    expect(skills).toMatchObject([
      { name: "b", disableModelInvocation: true, sourceInfo: { source: "bundled" } },
    ]);
    expect(diagnostics).toMatchObject([{ type: "warning", path: at("a/SKILL.md") }]);
    expect(diagnostics[0]?.message).toContain("at line 2, column 22:\n\ndescription: Use when: asked\n");
  });

  it("are told to the model with their place, unless only the user may call for them", () => {
    const skill = {
      name: "a",
      description: "<it's>",
      filePath: "/s/a/SKILL.md",
      baseDir: "/s/a",
      sourceInfo: createSyntheticSourceInfo("/s/a/SKILL.md", { source: "local" }),
      disableModelInvocation: false,
    };
    const hidden = { ...skill, disableModelInvocation: true };
    expect(formatSkillsForPrompt([hidden])).toBe("");
    const prompt = formatSkillsForPrompt([skill, hidden]);
    expect(prompt.split("<skill>")).toHaveLength(2);
    expect(prompt).toContain(
      "    <description>&lt;it&apos;s&gt;</description>\n    <location>/s/a/SKILL.md</location>\n",
    );
  });

  it("that the user called for are found in the message", () => {
    const text = '<skill name="a" location="/s">\nDo it.\n</skill>\n\nnow ';
    expect(parseSkillBlock(text)).toEqual({
      name: "a",
      location: "/s",
      content: "Do it.",
      userMessage: "now",
    });
    expect(parseSkillBlock("a <skill")).toBeNull();
  });
});

describe("front matter", () => {
  it("is any YAML, and the body what follows it", () => {
    const content = "---\r\na: [x, 2]\r\nb: {c: yes}\r\nd: |\r\n  one\r\n---\r\n\r\nText\r\n";
    const frontmatter = { a: ["x", 2], b: { c: "yes" }, d: "one\n" };
    expect(parseFrontmatter(content)).toEqual({ frontmatter, body: "Text" });
  });

  it("gives numbers and texts that JSON does not have", () => {
    const { frontmatter } = parseFrontmatter(
      '---\na: [1, .inf, -.inf, -0, .nan]\nb: "\\0NaN"\n__proto__: 1\n---\n',
    );
    expect(frontmatter.a).toEqual([1, Infinity, -Infinity, -0, Number.NaN]);
    expect(frontmatter.b).toBe("\0NaN");
    expect(Object.keys(frontmatter)).toEqual(["a", "b", "__proto__"]);
  });

  it("that is no YAML is refused with the place", () => {
    expect(() => parseFrontmatter("---\na: [\n---\n")).toThrow(
      expect.objectContaining({ name: "YAMLParseError", linePos: [{ line: 2, col: 1 }] }),
    );
    expect(stripFrontmatter("---\nno end")).toBe("---\nno end");
  });
});

describe("prompts", () => {
  it("are made from templates, arguments kept as they are", () => {
    put("agent/prompts/review.md", "---\nargument-hint: <file>\n---\nLook at $1.\nAll: $ARGUMENTS");
    const templates = loadPromptTemplates({
      cwd: at("work"),
      agentDir: at("agent"),
      promptPaths: [],
      includeDefaults: true,
    });
    expect(templates).toMatchObject([{ name: "review", description: "Look at $1.", argumentHint: "<file>" }]);
    expect(expandPromptTemplate('/review "a b" $@ $&', templates)).toBe("Look at a b.\nAll: a b $@ $&");
    expect(expandPromptTemplate("/other a", templates)).toBe("/other a");
  });

  it("hold the instructions of the folders above, the nearest last", () => {
    put("agent/AGENTS.md", "agent");
    put("AGENTS.md", "root");
    put("work/CLAUDE.md", "work");
    const files = loadProjectContextFiles({ cwd: at("work"), agentDir: at("agent") });
    expect(files.map(({ content }) => content)).toEqual(["agent", "root", "work"]);
    const prompt = buildSystemPrompt({ cwd: at("work"), contextFiles: files.slice(2) });
    expect(prompt).toContain(
      `# Project Context\n\nProject-specific instructions and guidelines:\n\n## ${at("work")}`,
    );
    expect(prompt).not.toContain("Pi documentation");
  });
});
