// Makes every package that is published, in npm/ unless told otherwise: the main one, which has no addon, one for each
// platform, and those that take the place of Pi's where a host overrides its dependencies.
//
//   node scripts/packages.mjs [folder] [--addons <folder of native.*.node>] [--all]
//
// Platforms without an addon are left out; with --all they are an error.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { addons: { type: "string" }, all: { type: "boolean", default: false } },
});
const target = resolve(positionals[0] ?? join(root, "npm"));
const addons = resolve(values.addons ?? join(root, "lib"));
const { devDependencies, scripts, napi, ...manifest } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);

rmSync(target, { recursive: true, force: true });
const platforms = platformPackages();
mainPackage(platforms);
for (const name of ["pi-ai", "pi-agent-core", "pi-coding-agent"]) aliasPackage(name);

function write(folder, files) {
  mkdirSync(join(target, folder), { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === "string" ? content : `${JSON.stringify(content, undefined, 2)}\n`;
    writeFileSync(join(target, folder, name), text);
  }
}

/** Has napi make the packages for the platforms; the names of those that have an addon. */
function platformPackages() {
  // napi writes nowhere but below the package.json that it is given.
  write(".", { "package.json": { ...manifest, napi } });
  const args = ["--no-install", "napi", "create-npm-dirs", "--cwd", target, "--npm-dir", "."];
  const options = { cwd: root, encoding: "utf8", shell: process.platform === "win32" };
  const { status, stdout, stderr } = spawnSync("npx", args, options);
  if (status !== 0) throw new Error(stdout + stderr);
  rmSync(join(target, "package.json"));
  return readdirSync(target).flatMap((platform) => {
    const folder = join(target, platform);
    const { name, main } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (existsSync(join(addons, main))) {
      cpSync(join(addons, main), join(folder, main));
      return [name];
    }
    if (values.all) throw new Error(`There is no ${main} in ${addons}`);
    rmSync(folder, { recursive: true });
    return [];
  });
}

function mainPackage(platforms) {
  const folder = join(target, manifest.name);
  for (const file of manifest.files)
    cpSync(join(root, file), join(folder, file), {
      recursive: true,
      filter: (source) => !source.endsWith(".node"),
    });
  const optionalDependencies = Object.fromEntries(platforms.map((name) => [name, manifest.version]));
  write(manifest.name, { "package.json": { ...manifest, optionalDependencies } });
}

/** A package that is another name for one of Pi's: what it exports comes from the main package. */
function aliasPackage(name) {
  const { version, license, engines } = manifest;
  const folder = `${manifest.name}-${name}`;
  const exports = {};
  for (const subpath of Object.keys(manifest.exports)) {
    const [, module, part] = /^\.\/([^/]+)(\/.*)?$/.exec(subpath) ?? [];
    if (module !== name) continue;
    const file = `./${part?.slice(1) ?? "index"}`;
    exports[`.${part ?? ""}`] = { types: `${file}.d.ts`, default: `${file}.js` };
    const text = `export * from "${manifest.name}/${subpath.slice(2)}";\n`;
    write(folder, { [`${file}.js`]: text, [`${file}.d.ts`]: text });
  }
  exports["./package.json"] = "./package.json";
  write(folder, {
    "package.json": {
      name: folder,
      version,
      description: `${manifest.name}/${name} by the name of Pi's ${name}, for hosts that override their dependencies`,
      license,
      type: "module",
      sideEffects: false,
      engines,
      types: "./index.d.ts",
      exports,
      dependencies: { [manifest.name]: version },
    },
    "README.md": `# \`${folder}\`

\`${manifest.name}/${name}\` in the place of Pi's \`${name}\`, for hosts that would rather override a dependency than edit
imports. \`docs/migration.md\` of \`${manifest.name}\` says how.
`,
  });
}
