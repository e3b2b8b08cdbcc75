// What packages, settings and folders bring: which files, and which of them are wanted.

import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type PiManifest, readPiManifest } from "../extensions/discovery.js";
import type { PackageSource } from "../settings-types.js";
import {
  agentsSkillDirs,
  extensionsIn,
  filesIn,
  RESOURCE_TYPES,
  type ResourceType,
  resourceFiles,
  skillsIn,
} from "./files.js";
import { PackageInstaller } from "./installer.js";
import { globSync } from "./library.js";
import {
  applyPatterns,
  hasGlobPattern,
  isEnabledByOverrides,
  isOverridePattern,
  isPattern,
} from "./patterns.js";
import type { PackageSettings } from "./places.js";
import {
  type Accumulator,
  createAccumulator,
  type PathMetadata,
  type ResolvedPaths,
  type ResourceMap,
  toResolvedPaths,
} from "./resolved.js";
import type { LocalSource } from "./source.js";

/** Patterns for what of a package is wanted. */
type Filter = Exclude<PackageSource, string>;

/** Gathers what there is. */
export class PackageResources extends PackageInstaller {
  protected createAccumulator(): Accumulator {
    return createAccumulator();
  }

  protected getTargetMap(accumulator: Accumulator, resourceType: ResourceType): ResourceMap {
    return accumulator[resourceType];
  }

  protected addResource(map: ResourceMap, path: string, metadata: PathMetadata, enabled: boolean): void {
    if (path && !map.has(path)) map.set(path, { metadata, enabled });
  }

  protected toResolvedPaths(accumulator: Accumulator): ResolvedPaths {
    return toResolvedPaths(accumulator);
  }

  protected readPiManifest(packageRoot: string): PiManifest | null {
    return readPiManifest(join(packageRoot, "package.json"));
  }

  /** A file is an extension; a folder is a package, or an extension where it has none of a package's parts. */
  protected async resolveLocalExtensionSource(
    source: LocalSource,
    accumulator: Accumulator,
    filter: Filter | undefined,
    metadata: PathMetadata,
    baseDir: string,
  ): Promise<void> {
    const path = this.resolvePathFromBase(source.path, baseDir);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) {
      metadata.baseDir = dirname(path);
      this.addResource(accumulator.extensions, path, metadata, true);
    } else if (found?.isDirectory()) {
      metadata.baseDir = path;
      const isPackage = await this.collectPackageResources(path, accumulator, filter, metadata);
      if (!isPackage) this.addResource(accumulator.extensions, path, metadata, true);
    }
  }

  /** What a package brings: what its manifest says, else what lies in its folders. Gives whether it is a package. */
  protected async collectPackageResources(
    packageRoot: string,
    accumulator: Accumulator,
    filter: Filter | undefined,
    metadata: PathMetadata,
  ): Promise<boolean> {
    const manifest = this.readPiManifest(packageRoot);
    let isPackage = Boolean(filter ?? manifest);
    for (const type of RESOURCE_TYPES) {
      const target = this.getTargetMap(accumulator, type);
      const wanted = filter?.[type];
      if (wanted) {
        await this.applyPackageFilter(packageRoot, wanted, type, target, metadata);
      } else if (filter) {
        await this.collectDefaultResources(packageRoot, type, target, metadata);
      } else if (manifest) {
        await this.addManifestEntries(manifest[type], packageRoot, type, target, metadata);
      } else {
        isPackage ||= existsSync(join(packageRoot, type));
        await this.addFolder(join(packageRoot, type), type, target, metadata);
      }
    }
    return isPackage;
  }

  protected async collectDefaultResources(
    packageRoot: string,
    type: ResourceType,
    target: ResourceMap,
    metadata: PathMetadata,
  ): Promise<void> {
    const entries = this.readPiManifest(packageRoot)?.[type];
    if (entries) await this.addManifestEntries(entries, packageRoot, type, target, metadata);
    else await this.addFolder(join(packageRoot, type), type, target, metadata);
  }

  private async addFolder(
    dir: string,
    type: ResourceType,
    target: ResourceMap,
    metadata: PathMetadata,
  ): Promise<void> {
    if (!existsSync(dir)) return;
    for (const path of await resourceFiles(dir, type)) this.addResource(target, path, metadata, true);
  }

  protected async applyPackageFilter(
    packageRoot: string,
    userPatterns: string[],
    type: ResourceType,
    target: ResourceMap,
    metadata: PathMetadata,
  ): Promise<void> {
    const { allFiles } = await this.collectManifestFiles(packageRoot, type);
    const wanted =
      userPatterns.length > 0 ? applyPatterns(allFiles, userPatterns, packageRoot) : new Set<string>();
    for (const path of allFiles) this.addResource(target, path, metadata, wanted.has(path));
  }

  /** The files of a sort that a package itself wants seen. */
  protected async collectManifestFiles(
    packageRoot: string,
    type: ResourceType,
  ): Promise<{ allFiles: string[]; enabledByManifest: Set<string> }> {
    const entries = this.readPiManifest(packageRoot)?.[type];
    const folder = join(packageRoot, type);
    let enabledByManifest = new Set<string>();
    if (entries?.length) {
      const files = await this.collectFilesFromManifestEntries(entries, packageRoot, type);
      enabledByManifest = applyPatterns(files, entries.filter(isOverridePattern), packageRoot);
    } else if (existsSync(folder)) {
      enabledByManifest = new Set(await resourceFiles(folder, type));
    }
    return { allFiles: [...enabledByManifest], enabledByManifest };
  }

  protected async addManifestEntries(
    entries: string[] | undefined,
    root: string,
    type: ResourceType,
    target: ResourceMap,
    metadata: PathMetadata,
  ): Promise<void> {
    if (!entries) return;
    const files = await this.collectFilesFromManifestEntries(entries, root, type);
    const wanted = applyPatterns(files, entries.filter(isOverridePattern), root);
    for (const path of files) if (wanted.has(path)) this.addResource(target, path, metadata, true);
  }

  protected collectFilesFromManifestEntries(
    entries: string[],
    root: string,
    type: ResourceType,
  ): Promise<string[]> {
    const options = { cwd: root, absolute: true, dot: false, nodir: false };
    const paths = entries
      .filter((entry) => !isOverridePattern(entry))
      .flatMap((entry) => (hasGlobPattern(entry) ? globSync()(entry, options) : [entry]))
      .map((path) => resolve(root, path));
    return this.collectFilesFromPaths(paths, type);
  }

  /** What files and folders have of a sort. */
  protected async collectFilesFromPaths(paths: string[], type: ResourceType): Promise<string[]> {
    const files: string[] = [];
    for (const path of paths) {
      const found = await stat(path).catch(() => undefined);
      if (found?.isFile()) files.push(path);
      else if (found?.isDirectory()) files.push(...(await resourceFiles(path, type)));
    }
    return files;
  }

  /** What settings name one by one. */
  protected async resolveLocalEntries(
    entries: string[],
    type: ResourceType,
    target: ResourceMap,
    metadata: PathMetadata,
    baseDir: string,
  ): Promise<void> {
    const paths = entries
      .filter((entry) => !isPattern(entry))
      .map((entry) => this.resolvePathFromBase(entry, baseDir));
    const files = await this.collectFilesFromPaths(paths, type);
    const wanted = applyPatterns(files, entries.filter(isPattern), baseDir);
    for (const path of files) this.addResource(target, path, metadata, wanted.has(path));
  }

  /** What lies in the project's and the user's folders. */
  protected async addAutoDiscoveredResources(
    accumulator: Accumulator,
    globalSettings: PackageSettings,
    projectSettings: PackageSettings,
    globalBaseDir: string,
    projectBaseDir: string,
  ): Promise<void> {
    const userSkills = join(this.resolvePath("~"), ".agents", "skills");
    const projectSkills = agentsSkillDirs(this.cwd).filter((dir) => resolve(dir) !== resolve(userSkills));
    await this.addFoundIn(accumulator, projectSettings, "project", projectBaseDir, projectSkills);
    await this.addFoundIn(accumulator, globalSettings, "user", globalBaseDir, [userSkills]);
  }

  private async addFoundIn(
    accumulator: Accumulator,
    settings: PackageSettings,
    scope: "user" | "project",
    baseDir: string,
    otherSkills: string[],
  ): Promise<void> {
    const metadata: PathMetadata = { source: "auto", scope, origin: "top-level", baseDir };
    const skills = await skillsIn(join(baseDir, "skills"), true);
    for (const dir of otherSkills) skills.push(...(await skillsIn(dir, false)));
    const found = {
      extensions: await extensionsIn(join(baseDir, "extensions")),
      skills,
      prompts: await filesIn(join(baseDir, "prompts"), "prompts"),
      themes: await filesIn(join(baseDir, "themes"), "themes"),
    };
    for (const type of RESOURCE_TYPES) {
      for (const path of found[type]) {
        const enabled = isEnabledByOverrides(path, settings[type] ?? [], baseDir);
        this.addResource(this.getTargetMap(accumulator, type), path, metadata, enabled);
      }
    }
  }
}
