// Installs the packages of npm/ in an empty project, as npm does for anybody, without a compiler in reach, and runs
// smoke.mjs there.
//
//   node scripts/try-install.mjs [folder of packages]

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const packages = resolve(process.argv[2] ?? fileURLToPath(new URL("../npm", import.meta.url)));
const project = mkdtempSync(join(tmpdir(), "install-"));
try {
  const tarballs = readdirSync(packages).map((folder) => pack(join(packages, folder)));
  const ofPlatforms = ({ os }) => os !== undefined;
  const entries = (chosen) => Object.fromEntries(chosen.map(({ name, file }) => [name, file]));
  // They are not in the registry yet: the project names all of them, those for other platforms too.
  const manifest = {
    private: true,
    dependencies: entries(tarballs.filter((one) => !ofPlatforms(one))),
    optionalDependencies: entries(tarballs.filter(ofPlatforms)),
  };
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
  call("npm", ["install", "--no-fund", "--no-audit"], project);
  cpSync(new URL("smoke.mjs", import.meta.url), join(project, "smoke.mjs"));
  process.stdout.write(call(process.execPath, ["smoke.mjs"], project));
} finally {
  rmSync(project, { recursive: true });
}

function pack(folder) {
  const { name, os } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const [{ filename }] = JSON.parse(call("npm", ["pack", "--json", "--pack-destination", project], folder));
  return { name, os, file: `file:${join(project, filename)}` };
}

function call(command, args, cwd) {
  const path = [dirname(process.execPath), "/usr/bin", "/bin"].join(":");
  const windows = process.platform === "win32";
  const env = windows ? process.env : { ...process.env, PATH: path };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: "utf8", shell: windows });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
}
