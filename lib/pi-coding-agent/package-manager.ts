// Packages: what npm, repositories and folders add to an agent, as its settings say.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { NETWORK_TIMEOUT_MS } from "./packages/checkouts.js";
import { RESOURCE_TYPES } from "./packages/files.js";
import { isOffline, type ProgressCallback, scopeOf } from "./packages/installer.js";
import type { PackageManagerOptions, PackageSettings, ScopedPackage } from "./packages/places.js";
import type { Accumulator, PathMetadata, ResolvedPaths } from "./packages/resolved.js";
import { PackageResources } from "./packages/resources.js";
import type { GitSource, NpmSource, ParsedSource } from "./packages/source.js";
import { CONFIG_DIR_NAME } from "./paths.js";
import type { PackageSource } from "./settings-types.js";

export type { ProgressCallback, ProgressEvent } from "./packages/installer.js";
export type { PackageManagerOptions, PackageSettingsManager } from "./packages/places.js";
export type { PathMetadata, ResolvedPaths, ResolvedResource } from "./packages/resolved.js";

/** How many packages are asked about, and how many repositories are fetched, at a time. */
const TOGETHER = 4;

/** What to do with a package that is not installed. */
export type MissingSourceAction = "install" | "skip" | "error";

/** A package that its host has another version of. */
export interface PackageUpdate {
  source: string;
  displayName: string;
  type: "npm" | "git";
  scope: "user" | "project";
}

/** A package of the settings. */
export interface ConfiguredPackage {
  source: string;
  scope: "user" | "project";
  /** Whether only some of it is wanted. */
  filtered: boolean;
  installedPath?: string;
}

/** Finds, installs and removes packages. */
export interface PackageManager {
  resolve(onMissing?: (source: string) => Promise<MissingSourceAction>): Promise<ResolvedPaths>;
  install(source: string, options?: { local?: boolean }): Promise<void>;
  installAndPersist(source: string, options?: { local?: boolean }): Promise<void>;
  remove(source: string, options?: { local?: boolean }): Promise<void>;
  removeAndPersist(source: string, options?: { local?: boolean }): Promise<boolean>;
  update(source?: string): Promise<void>;
  listConfiguredPackages(): ConfiguredPackage[];
  resolveExtensionSources(
    sources: string[],
    options?: { local?: boolean; temporary?: boolean },
  ): Promise<ResolvedPaths>;
  addSourceToSettings(source: string, options?: { local?: boolean }): boolean;
  removeSourceFromSettings(source: string, options?: { local?: boolean }): boolean;
  setProgressCallback(callback: ProgressCallback | undefined): void;
  getInstalledPath(source: string, scope: "user" | "project"): string | undefined;
}

/** A package of the settings with its source read. */
interface Candidate<T extends ParsedSource> {
  source: string;
  scope: "user" | "project";
  parsed: T;
}

/**
 * The packages of an agent and of a project. With `local` a call is about the project's settings, else about the
 * user's. Nothing is fetched when `PI_OFFLINE` is set, except by `install`.
 */
export class DefaultPackageManager extends PackageResources implements PackageManager {
  // Of its own, so that hosts see how many arguments it takes.
  constructor(options: PackageManagerOptions) {
    super(options);
  }

  /** Gives whether it was not there. */
  addSourceToSettings(source: string, options?: { local?: boolean }): boolean {
    const scope = scopeOf(options);
    const packages = this.packagesOf(scope);
    if (packages.some((one) => this.packageSourcesMatch(one, source, scope))) return false;
    this.setPackagesOf(scope, [...packages, this.normalizePackageSourceForSettings(source, scope)]);
    return true;
  }

  /** Gives whether it was there. */
  removeSourceFromSettings(source: string, options?: { local?: boolean }): boolean {
    const scope = scopeOf(options);
    const packages = this.packagesOf(scope);
    const rest = packages.filter((one) => !this.packageSourcesMatch(one, source, scope));
    if (rest.length === packages.length) return false;
    this.setPackagesOf(scope, rest);
    return true;
  }

  private packagesOf(scope: "user" | "project"): PackageSource[] {
    const { settingsManager } = this;
    const settings =
      scope === "project" ? settingsManager.getProjectSettings() : settingsManager.getGlobalSettings();
    return settings.packages ?? [];
  }

  private setPackagesOf(scope: "user" | "project", packages: PackageSource[]): void {
    if (scope === "project") this.settingsManager.setProjectPackages(packages);
    else this.settingsManager.setPackages(packages);
  }

  /**
   * All extensions, skills, prompts and themes, those that are not wanted too. A package that is not installed is,
   * unless `onMissing` says otherwise.
   */
  async resolve(onMissing?: (source: string) => Promise<MissingSourceAction>): Promise<ResolvedPaths> {
    const accumulator = this.createAccumulator();
    const user = this.settingsManager.getGlobalSettings();
    const project = this.settingsManager.getProjectSettings();
    const [userDir, projectDir] = [this.agentDir, join(this.cwd, CONFIG_DIR_NAME)];
    await this.resolvePackageSources(this.dedupePackages(this.configured()), accumulator, onMissing);
    for (const type of RESOURCE_TYPES) {
      const named = (settings: PackageSettings, scope: "user" | "project", dir: string) => {
        const metadata: PathMetadata = { source: "local", scope, origin: "top-level" };
        const target = this.getTargetMap(accumulator, type);
        return this.resolveLocalEntries(settings[type] ?? [], type, target, metadata, dir);
      };
      await named(project, "project", projectDir);
      await named(user, "user", userDir);
    }
    await this.addAutoDiscoveredResources(accumulator, user, project, userDir, projectDir);
    return this.toResolvedPaths(accumulator);
  }

  /** What packages bring that no settings name. */
  async resolveExtensionSources(
    sources: string[],
    options?: { local?: boolean; temporary?: boolean },
  ): Promise<ResolvedPaths> {
    const accumulator = this.createAccumulator();
    const scope = options?.temporary ? "temporary" : scopeOf(options);
    await this.resolvePackageSources(
      sources.map((pkg) => ({ pkg, scope })),
      accumulator,
    );
    return this.toResolvedPaths(accumulator);
  }

  /** The user's, then the project's. */
  listConfiguredPackages(): ConfiguredPackage[] {
    return (["user", "project"] as const).flatMap((scope) =>
      this.packagesOf(scope).map((pkg) => {
        const source = this.getPackageSourceString(pkg);
        const installedPath = this.getInstalledPath(source, scope);
        return { source, scope, filtered: typeof pkg === "object", installedPath };
      }),
    );
  }

  async installAndPersist(source: string, options?: { local?: boolean }): Promise<void> {
    await this.install(source, options);
    this.addSourceToSettings(source, options);
  }

  /** Gives whether the settings named it. */
  async removeAndPersist(source: string, options?: { local?: boolean }): Promise<boolean> {
    await this.remove(source, options);
    return this.removeSourceFromSettings(source, options);
  }

  /** Updates a package of the settings, or all of them; those of a fixed version stay. */
  async update(source?: string): Promise<void> {
    const identity = source ? this.getPackageIdentity(source) : undefined;
    const all = (["user", "project"] as const).flatMap((scope) =>
      this.packagesOf(scope).map((pkg) => ({ source: this.getPackageSourceString(pkg), scope })),
    );
    const chosen = all.filter(
      (one) => !identity || this.getPackageIdentity(one.source, one.scope) === identity,
    );
    if (source && chosen.length === 0) {
      const packages = (["user", "project"] as const).flatMap((scope) => this.packagesOf(scope));
      throw new Error(this.buildNoMatchingPackageMessage(source, packages));
    }
    await this.updateConfiguredSources(chosen);
  }

  protected buildNoMatchingPackageMessage(source: string, packages: PackageSource[]): string {
    const suggestion = this.findSuggestedConfiguredSource(source, packages);
    return `No matching package found for ${source}${suggestion ? `. Did you mean ${suggestion}?` : ""}`;
  }

  /** The package that a user means who leaves `npm:` or `git:` out. */
  protected findSuggestedConfiguredSource(source: string, packages: PackageSource[]): string | undefined {
    const meant = source.trim();
    return packages
      .map((pkg) => this.getPackageSourceString(pkg))
      .find((one) => {
        const parsed = this.parseSource(one);
        if (parsed.type === "npm") return meant === parsed.name || meant === parsed.spec;
        if (parsed.type === "local") return false;
        const short = `${parsed.host}/${parsed.path}`;
        return meant === short || (parsed.ref !== undefined && meant === `${short}@${parsed.ref}`);
      });
  }

  protected async updateConfiguredSources(
    sources: { source: string; scope: "user" | "project" }[],
  ): Promise<void> {
    if (isOffline() || sources.length === 0) return;
    const npm: Candidate<NpmSource>[] = [];
    const git: Candidate<GitSource>[] = [];
    for (const entry of sources) {
      const parsed = this.parseSource(entry.source);
      if (parsed.type === "local" || parsed.pinned) continue;
      if (parsed.type === "npm") npm.push({ ...entry, parsed });
      else git.push({ ...entry, parsed });
    }
    const stale = await this.runWithConcurrency(
      npm.map((one) => () => this.shouldUpdateNpmSource(one.parsed, one.scope)),
      TOGETHER,
    );
    const outdated = npm.filter((_one, at) => stale[at]);
    const batches = (["user", "project"] as const).map((scope) =>
      this.updateNpmBatch(
        outdated.filter((one) => one.scope === scope),
        scope,
      ),
    );
    const pulls = git.map(({ source, parsed, scope }) => () => {
      const update = () => this.updateGit(parsed, scope);
      return this.withProgress("update", source, `Updating ${source}...`, update);
    });
    await Promise.all([...batches, this.runWithConcurrency(pulls, TOGETHER)]);
  }

  protected async shouldUpdateNpmSource(source: NpmSource, scope: "user" | "project"): Promise<boolean> {
    const installed = this.getInstalledNpmVersion(this.getNpmInstallPath(source, scope));
    if (!installed) return true;
    // npm itself says what is wrong when the version cannot be asked for.
    return (await this.getLatestNpmVersion(source.name).catch(() => undefined)) !== installed;
  }

  protected async updateNpmBatch(sources: Candidate<NpmSource>[], scope: "user" | "project"): Promise<void> {
    const [first] = sources;
    if (!first) return;
    const label = sources.length === 1 ? first.source : `${scope} npm packages`;
    const specs = sources.map(({ parsed }) => `${parsed.name}@latest`);
    await this.withProgress("update", label, `Updating ${label}...`, () =>
      this.installNpmBatch(specs, scope),
    );
  }

  protected async getLatestNpmVersion(packageName: string): Promise<string> {
    const npm = this.getNpmCommand();
    const args = [...npm.args, "view", packageName, "version", "--json"];
    const answer = await this.runCommandCapture(npm.command, args, {
      cwd: this.cwd,
      timeoutMs: NETWORK_TIMEOUT_MS,
    });
    if (!answer) throw new Error("Empty response from npm view");
    return JSON.parse(answer);
  }

  /** The packages that `update` would change. */
  async checkForAvailableUpdates(): Promise<PackageUpdate[]> {
    if (isOffline()) return [];
    const checks = this.dedupePackages(this.configured()).map(({ pkg, scope }) => async () => {
      const source = this.getPackageSourceString(pkg);
      const parsed = this.parseSource(source);
      if (parsed.type === "local" || parsed.pinned || scope === "temporary") return undefined;
      const installedPath = this.placeOf(parsed, scope);
      if (!existsSync(installedPath)) return undefined;
      const isNpm = parsed.type === "npm";
      const outdated = isNpm
        ? await this.npmHasAvailableUpdate(parsed, installedPath)
        : await this.gitHasAvailableUpdate(installedPath);
      if (!outdated) return undefined;
      const displayName = isNpm ? parsed.name : `${parsed.host}/${parsed.path}`;
      return { source, displayName, type: parsed.type, scope };
    });
    const found = await this.runWithConcurrency(checks, TOGETHER);
    return found.filter((one) => one !== undefined);
  }

  protected async npmHasAvailableUpdate(source: NpmSource, installedPath: string): Promise<boolean> {
    if (isOffline()) return false;
    const installed = this.getInstalledNpmVersion(installedPath);
    if (!installed) return false;
    return (await this.getLatestNpmVersion(source.name).catch(() => installed)) !== installed;
  }

  protected async gitHasAvailableUpdate(installedPath: string): Promise<boolean> {
    if (isOffline()) return false;
    try {
      const head = await this.revision(installedPath, "HEAD");
      return head !== (await this.getRemoteGitHead(installedPath));
    } catch {
      return false;
    }
  }

  protected async resolvePackageSources(
    sources: ScopedPackage[],
    accumulator: Accumulator,
    onMissing?: (source: string) => Promise<MissingSourceAction>,
  ): Promise<void> {
    for (const { pkg, scope } of sources) {
      const source = this.getPackageSourceString(pkg);
      const filter = typeof pkg === "object" ? pkg : undefined;
      const parsed = this.parseSource(source);
      const metadata: PathMetadata = { source, scope, origin: "package" };
      if (parsed.type === "local") {
        const baseDir = this.getBaseDirForScope(scope);
        await this.resolveLocalExtensionSource(parsed, accumulator, filter, metadata, baseDir);
        continue;
      }
      if (parsed.type === "npm" && scope === "user") await this.askGlobalNpmRoot();
      const installedPath = this.placeOf(parsed, scope);
      if (!(await this.isInstalled(parsed, installedPath))) {
        if (!(await this.installMissing(source, parsed, scope, onMissing))) continue;
      } else if (parsed.type === "git" && scope === "temporary" && !parsed.pinned) {
        await this.refreshTemporaryGitSource(parsed, source);
      }
      metadata.baseDir = installedPath;
      await this.collectPackageResources(installedPath, accumulator, filter, metadata);
    }
  }

  private async isInstalled(parsed: NpmSource | GitSource, installedPath: string): Promise<boolean> {
    if (!existsSync(installedPath)) return false;
    if (parsed.type === "git" || !parsed.pinned) return true;
    return this.installedNpmMatchesPinnedVersion(parsed, installedPath);
  }

  private async installMissing(
    source: string,
    parsed: NpmSource | GitSource,
    scope: ScopedPackage["scope"],
    onMissing?: (source: string) => Promise<MissingSourceAction>,
  ): Promise<boolean> {
    if (isOffline()) return false;
    const action = (await onMissing?.(source)) ?? "install";
    if (action === "skip") return false;
    if (action === "error") throw new Error(`Missing source: ${source}`);
    await this.installParsedSource(parsed, scope);
    return true;
  }
}
