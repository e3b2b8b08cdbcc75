import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { different } from "./skills.mjs";

/** A host's own tests, on Pi and, once `argent-runtime migrate` has been over its files, on this package. */

const KASE = { call: "vitest", model: { api: "files" }, options: {}, tags: new Set() };
const root = fileURLToPath(new URL("..", import.meta.url));
const modules = join(root, "node_modules");

export function compareSides({ report }) {
  const section = report.section("a migrated host");
  const host = mkdtempSync(join(tmpdir(), "migration-"));
  try {
    cpSync(join(root, "fixtures/host"), host, { recursive: true });
    const own = join(host, "node_modules/argent-runtime");
    mkdirSync(own, { recursive: true });
    for (const name of ["package.json", "dist"])
      cpSync(join(root, name), join(own, name), { recursive: true });
    for (const name of ["typebox", "vitest"])
      symlinkSync(join(modules, name), join(host, "node_modules", name));
    const pi = join(host, "node_modules/@mariozechner");
    symlinkSync(join(root, "parity/node_modules/@mariozechner"), pi);

    const alpha = test(host);
    const { status, stderr } = spawnSync(process.execPath, [
      join(root, "dist/cli.js"),
      "migrate",
      host,
      "--write",
    ]);
    if (status !== 1) throw new Error(`migrate ended with ${status}: ${stderr}`);
    rmSync(pi);
    const beta = test(host);
    if (Object.keys(alpha).length < 4) throw new Error("the host's tests did not run");
    section.add("its tests", KASE, different("tests", alpha, beta), { alpha, beta });
  } finally {
    rmSync(host, { recursive: true });
  }
  section.close();
}

/** What became of each of the host's tests. */
function test(host) {
  const vitest = [join(modules, "vitest/vitest.mjs"), "run", "--root", host, "--reporter", "json"];
  const { stdout, stderr } = spawnSync(process.execPath, vitest, { cwd: host, encoding: "utf8" });
  const { testResults } = JSON.parse(stdout.slice(stdout.indexOf("{")) || `{"testResults":[]}${stderr}`);
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  return Object.fromEntries(all.map(({ fullName, status }) => [fullName, status]).sort());
}
