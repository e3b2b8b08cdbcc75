// Pi's packages on the disk: in a folder that is there, or fetched by npm.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PI_SCOPES, piModule } from "./pi-modules.js";

/** Where Pi's packages are. */
export interface LocatedPi {
  /** By name, without the scope. */
  folders: Map<string, string>;
  /** Removes what was fetched. */
  remove(): void;
}

/**
 * Finds packages of Pi.
 * @param from - a folder, or a version to fetch.
 * @throws an Error when none of them is there.
 */
export function locatePi(from: string, packages: readonly string[]): LocatedPi {
  if (existsSync(from)) {
    const folders = new Map(packages.flatMap((name) => foldersOf(resolve(from), name)));
    if (folders.size === 0) throw new Error(`No package of Pi in ${from}`);
    return { folders, remove: () => {} };
  }
  const root = mkdtempSync(join(tmpdir(), "argent-drift-"));
  const remove = () => rmSync(root, { recursive: true, force: true });
  try {
    return { folders: new Map(packages.map((name) => [name, fetchPackage(name, from, root)])), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The folder of a package, with its name: the folder itself, or one of those where it may be inside. */
function foldersOf(root: string, name: string): [name: string, folder: string][] {
  const inside = PI_SCOPES.flatMap((scope) => [`node_modules/${scope}/${name}`, `${scope}/${name}`]);
  for (const place of [".", ...inside, name]) {
    const folder = join(root, place);
    const manifest = join(folder, "package.json");
    if (!existsSync(manifest)) continue;
    if (piModule(JSON.parse(readFileSync(manifest, "utf8")).name ?? "")?.path === name)
      return [[name, folder]];
  }
  return [];
}

/** Fetches a package from npm's registry, under the newest scope that has the version. */
function fetchPackage(name: string, version: string, root: string): string {
  let complaint = "";
  for (const scope of PI_SCOPES) {
    const folder = join(root, "node_modules", scope, name);
    mkdirSync(folder, { recursive: true });
    const packed = call("npm", "pack", `${scope}/${name}@${version}`, "--pack-destination", folder);
    if (packed.status === 0) {
      const archive = readdirSync(folder).find((file) => file.endsWith(".tgz")) as string;
      const unpacked = call("tar", "-xzf", join(folder, archive), "-C", folder, "--strip-components=1");
      if (unpacked.status === 0) return folder;
      throw new Error(`tar could not unpack ${archive}: ${unpacked.stderr}`);
    }
    rmSync(folder, { recursive: true });
    complaint += packed.error?.message ?? packed.stderr;
  }
  throw new Error(`npm has no ${name} ${version}:\n${complaint.trim()}`);
}

function call(command: string, ...args: string[]) {
  return spawnSync(command, args, {
    encoding: "utf8",
    shell: process.platform === "win32" && command === "npm",
  });
}
