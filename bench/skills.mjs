import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { bench } from "./peers.mjs";

/** A folder of 1,000 skills, listed as a gateway does at each start of a session. */

const SKILLS = 1000;
const TIMES = 5;

await bench(import.meta.url, {
  title: `loadSkillsFromDir and loadSkills, ${SKILLS} skills: a call, the median of ${TIMES} after one`,
  inputs: [{ label: "loadSkillsFromDir" }, { label: "loadSkills" }],
  package: "pi-coding-agent",
  columns: { wallMs: "ms", cpuMs: "ms" },
  async work({ api, input }) {
    const root = mkdtempSync(join(tmpdir(), "bench-skills-"));
    try {
      return measure(api, input.label, makeSkills(root));
    } finally {
      rmSync(root, { recursive: true });
    }
  },
});

function makeSkills(root) {
  const dir = join(root, "skills");
  for (let number = 0; number < SKILLS; number++) {
    const name = `skill-${number}`;
    const matter = [
      `name: ${name}`,
      `description: Reads files of the sort ${number}, and writes what it finds. Use it when a user asks for one.`,
      "license: MIT",
      "tools: [web_search, read]",
      "metadata:\n  author: somebody\n  version: 1.0",
    ];
    mkdirSync(join(dir, name), { recursive: true });
    writeFileSync(
      join(dir, name, "SKILL.md"),
      `---\n${matter.join("\n")}\n---\n\n${"A line of text.\n".repeat(60)}`,
    );
  }
  return dir;
}

function measure(api, call, dir) {
  const calls = {
    loadSkillsFromDir: () => api.loadSkillsFromDir({ dir, source: "user" }),
    loadSkills: () => api.loadSkills({ cwd: dir, agentDir: dir, skillPaths: [dir], includeDefaults: false }),
  };
  const costs = Array.from({ length: TIMES + 1 }, () => {
    const [wall, cpu] = [performance.now(), process.cpuUsage()];
    const { skills } = calls[call]();
    const { user, system } = process.cpuUsage(cpu);
    if (skills.length !== SKILLS) throw new Error(`${skills.length} skills`);
    return { wallMs: performance.now() - wall, cpuMs: (user + system) / 1000 };
  });
  const middle = (column) =>
    costs
      .slice(1)
      .map((cost) => cost[column])
      .sort((a, b) => a - b)[TIMES >> 1];
  return { wallMs: middle("wallMs"), cpuMs: middle("cpuMs") };
}
