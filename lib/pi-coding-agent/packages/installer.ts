// Installs, updates and removes packages.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { SourceScope } from "../source-info.js";
import { PackageCheckouts } from "./checkouts.js";
import type { RunOptions } from "./commands.js";
import type { GitSource, NpmSource, ParsedSource } from "./source.js";

/** How far an installation is. */
export interface ProgressEvent {
  type: "start" | "progress" | "complete" | "error";
  action: "install" | "remove" | "update" | "clone" | "pull";
  source: string;
  message?: string;
}

/** Takes how far an installation is. */
export type ProgressCallback = (event: ProgressEvent) => void;

/** Whether nothing may be fetched. */
export function isOffline(): boolean {
  return /^(1|true|yes)$/i.test(process.env.PI_OFFLINE ?? "");
}

/** Installs and removes packages. */
export class PackageInstaller extends PackageCheckouts {
  private progressCallback: ProgressCallback | undefined;

  setProgressCallback(callback: ProgressCallback | undefined): void {
    this.progressCallback = callback;
  }

  protected emitProgress(event: ProgressEvent): void {
    this.progressCallback?.(event);
  }

  protected async withProgress(
    action: ProgressEvent["action"],
    source: string,
    message: string,
    operation: () => Promise<void>,
  ): Promise<void> {
    this.emitProgress({ type: "start", action, source, message });
    try {
      await operation();
      this.emitProgress({ type: "complete", action, source });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.emitProgress({ type: "error", action, source, message: reason });
      throw error;
    }
  }

  /** Fetches a package; a path must be there. */
  async install(source: string, options?: { local?: boolean }): Promise<void> {
    const parsed = this.parseSource(source);
    await this.withProgress("install", source, `Installing ${source}...`, async () => {
      if (parsed.type !== "local") return this.installParsedSource(parsed, scopeOf(options));
      const path = this.resolvePath(parsed.path);
      if (!existsSync(path)) throw new Error(`Path does not exist: ${path}`);
    });
  }

  /** Takes a package away; what a path leads to stays. */
  async remove(source: string, options?: { local?: boolean }): Promise<void> {
    const parsed = this.parseSource(source);
    const scope = scopeOf(options);
    await this.withProgress("remove", source, `Removing ${source}...`, async () => {
      if (parsed.type === "npm") await this.uninstallNpm(parsed, scope);
      else if (parsed.type === "git") await this.removeGit(parsed, scope);
    });
  }

  protected async installParsedSource(parsed: ParsedSource, scope: SourceScope): Promise<void> {
    if (parsed.type === "npm") await this.installNpm(parsed, scope, scope === "temporary");
    else if (parsed.type === "git") await this.installGit(parsed, scope);
  }

  protected async runNpmCommand(args: string[], options?: RunOptions): Promise<void> {
    const npm = this.getNpmCommand();
    await this.runCommand(npm.command, [...npm.args, ...args], options);
  }

  protected async installNpm(source: NpmSource, scope: SourceScope, temporary: boolean): Promise<void> {
    await this.installNpmBatch([source.spec], temporary ? "temporary" : scope);
  }

  protected async installNpmBatch(specs: string[], scope: SourceScope): Promise<void> {
    if (scope === "user") return this.runNpmCommand(["install", "-g", ...specs]);
    const root = this.getNpmInstallRoot(scope, scope === "temporary");
    this.ensureNpmProject(root);
    await this.runNpmCommand(["install", ...specs, "--prefix", root]);
  }

  protected async uninstallNpm(source: NpmSource, scope: SourceScope): Promise<void> {
    if (scope === "user") return this.runNpmCommand(["uninstall", "-g", source.name]);
    const root = this.getNpmInstallRoot(scope, false);
    if (existsSync(root)) await this.runNpmCommand(["uninstall", source.name, "--prefix", root]);
  }

  /** The version of what is installed. */
  protected getInstalledNpmVersion(installedPath: string): string | undefined {
    try {
      return JSON.parse(readFileSync(join(installedPath, "package.json"), "utf-8")).version;
    } catch {
      return undefined;
    }
  }

  protected async installedNpmMatchesPinnedVersion(
    source: NpmSource,
    installedPath: string,
  ): Promise<boolean> {
    const installed = this.getInstalledNpmVersion(installedPath);
    const { version } = this.parseNpmSpec(source.spec);
    return Boolean(installed) && (!version || installed === version);
  }

  protected async installGit(source: GitSource, scope: SourceScope): Promise<void> {
    const target = this.getGitInstallPath(source, scope);
    if (existsSync(target)) return;
    const root = this.getGitInstallRoot(scope);
    if (root) this.ensureGitIgnore(root);
    await mkdir(dirname(target), { recursive: true });
    try {
      await this.runCommand("git", ["clone", source.repo, target]);
      if (source.ref) await this.runCommand("git", ["checkout", source.ref], { cwd: target });
      await this.installGitDependencies(target);
    } catch (error) {
      // A folder that is there counts as installed.
      await rm(target, { recursive: true, force: true });
      throw error;
    }
  }

  protected getGitDependencyInstallArgs(): string[] {
    return this.settingsManager.getNpmCommand()?.length ? ["install"] : ["install", "--omit=dev"];
  }

  private async installGitDependencies(target: string): Promise<void> {
    if (!existsSync(join(target, "package.json"))) return;
    await this.runNpmCommand(this.getGitDependencyInstallArgs(), { cwd: target });
  }

  /** Brings a repository to what its host has now; what was changed in it is lost. */
  protected async updateGit(source: GitSource, scope: SourceScope): Promise<void> {
    const cwd = this.getGitInstallPath(source, scope);
    if (!existsSync(cwd)) return this.installGit(source, scope);
    const target = await this.getLocalGitUpdateTarget(cwd);
    await this.runCommand("git", target.fetchArgs, { cwd });
    const head = await this.revision(cwd, "HEAD");
    if (head === (await this.revision(cwd, target.ref))) return;
    await this.runCommand("git", ["reset", "--hard", target.ref], { cwd });
    await this.runCommand("git", ["clean", "-fdx"], { cwd });
    await this.installGitDependencies(cwd);
  }

  /** The same for one that nobody keeps; when it cannot be, what is there will do. */
  protected async refreshTemporaryGitSource(source: GitSource, sourceStr: string): Promise<void> {
    if (isOffline()) return;
    const update = () => this.updateGit(source, "temporary");
    await this.withProgress("pull", sourceStr, `Refreshing ${sourceStr}...`, update).catch(() => {});
  }

  protected async removeGit(source: GitSource, scope: SourceScope): Promise<void> {
    const target = this.getGitInstallPath(source, scope);
    if (!existsSync(target)) return;
    await rm(target, { recursive: true, force: true });
    await this.pruneEmptyGitParents(target, this.getGitInstallRoot(scope));
  }

  /** Takes away the folders that a repository leaves empty. */
  protected async pruneEmptyGitParents(target: string, installRoot: string | undefined): Promise<void> {
    if (!installRoot) return;
    const root = resolve(installRoot);
    for (let dir = dirname(target); dir.startsWith(root) && dir !== root; dir = dirname(dir)) {
      if (!existsSync(dir)) continue;
      if (readdirSync(dir).length > 0) return;
      await rm(dir, { recursive: true, force: true });
    }
  }
}

/** Whose a package is to be. */
export function scopeOf(options?: { local?: boolean }): "user" | "project" {
  return options?.local ? "project" : "user";
}
