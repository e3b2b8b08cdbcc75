// Where packages are kept: the user's beside the agent, a project's in its folder, others among temporary files.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { CONFIG_DIR_NAME } from "../paths.js";
import type { PackageSource } from "../settings-types.js";
import type { SourceScope } from "../source-info.js";
import { PackageCommands } from "./commands.js";
import {
  type GitSource,
  type NpmSource,
  type ParsedSource,
  parseNpmSpec,
  parseSource,
  sourceOf,
} from "./source.js";

/** What settings say of packages and of single files. */
export interface PackageSettings {
  packages?: PackageSource[];
  extensions?: string[];
  skills?: string[];
  prompts?: string[];
  themes?: string[];
}

/** The part of a settings manager that packages need. */
export interface PackageSettingsManager {
  getGlobalSettings(): PackageSettings;
  getProjectSettings(): PackageSettings;
  setPackages(packages: PackageSource[]): void;
  setProjectPackages(packages: PackageSource[]): void;
  /** What is run in place of `npm`. */
  getNpmCommand(): string[] | undefined;
}

/** Whose packages are managed. */
export interface PackageManagerOptions {
  /** The project's folder. */
  cwd: string;
  /** The agent's folder. */
  agentDir: string;
  settingsManager: PackageSettingsManager;
}

/** A package of the settings. */
export interface ScopedPackage {
  pkg: PackageSource;
  scope: SourceScope;
}

/** Where packages are kept. */
export class PackagePlaces extends PackageCommands {
  protected readonly cwd: string;
  protected readonly agentDir: string;
  protected readonly settingsManager: PackageSettingsManager;
  private globalNpmRoot: { command: string; path: string } | undefined;

  constructor(options: PackageManagerOptions) {
    super();
    this.cwd = options.cwd;
    this.agentDir = options.agentDir;
    this.settingsManager = options.settingsManager;
  }

  protected parseSource(source: string): ParsedSource {
    return parseSource(source);
  }

  protected parseNpmSpec(spec: string): { name: string; version?: string } {
    return parseNpmSpec(spec);
  }

  protected getPackageSourceString(pkg: PackageSource): string {
    return sourceOf(pkg);
  }

  protected getBaseDirForScope(scope: SourceScope): string {
    if (scope === "temporary") return this.cwd;
    return scope === "project" ? join(this.cwd, CONFIG_DIR_NAME) : this.agentDir;
  }

  protected resolvePath(input: string): string {
    return this.resolvePathFromBase(input, this.cwd);
  }

  protected resolvePathFromBase(input: string, baseDir: string): string {
    const trimmed = input.trim();
    if (!trimmed.startsWith("~")) return resolve(baseDir, trimmed);
    const home = homeDir();
    return trimmed === "~" ? home : join(home, trimmed.slice(1));
  }

  /** What two sources of the same package have in common, whatever the version; a path is relative to its scope. */
  protected getPackageIdentity(source: string, scope?: SourceScope): string {
    const parsed = this.parseSource(source);
    if (parsed.type === "npm") return `npm:${parsed.name}`;
    if (parsed.type === "git") return `git:${parsed.host}/${parsed.path}`;
    const baseDir = scope ? this.getBaseDirForScope(scope) : this.cwd;
    return `local:${this.resolvePathFromBase(parsed.path, baseDir)}`;
  }

  protected getSourceMatchKeyForInput(source: string): string {
    return this.getPackageIdentity(source);
  }

  protected getSourceMatchKeyForSettings(source: string, scope: SourceScope): string {
    return this.getPackageIdentity(source, scope);
  }

  protected packageSourcesMatch(existing: PackageSource, inputSource: string, scope: SourceScope): boolean {
    const kept = this.getSourceMatchKeyForSettings(this.getPackageSourceString(existing), scope);
    return kept === this.getSourceMatchKeyForInput(inputSource);
  }

  /** A source as settings keep it: paths are relative to their folder. */
  protected normalizePackageSourceForSettings(source: string, scope: SourceScope): string {
    const parsed = this.parseSource(source);
    if (parsed.type !== "local") return source;
    return relative(this.getBaseDirForScope(scope), this.resolvePath(parsed.path)) || ".";
  }

  /** The packages of all settings, each once: the project's stands in place of the user's. */
  protected dedupePackages(packages: ScopedPackage[]): ScopedPackage[] {
    const kept = new Map<string, ScopedPackage>();
    for (const entry of packages) {
      const identity = this.getPackageIdentity(this.getPackageSourceString(entry.pkg), entry.scope);
      const other = kept.get(identity);
      if (!other || (entry.scope === "project" && other.scope === "user")) kept.set(identity, entry);
    }
    return [...kept.values()];
  }

  /** The project's before the user's. */
  protected configured(): ScopedPackage[] {
    const of = (settings: PackageSettings, scope: SourceScope) =>
      (settings.packages ?? []).map((pkg) => ({ pkg, scope }));
    const user = of(this.settingsManager.getGlobalSettings(), "user");
    return [...of(this.settingsManager.getProjectSettings(), "project"), ...user];
  }

  protected getNpmCommand(): { command: string; args: string[] } {
    const configured = this.settingsManager.getNpmCommand();
    if (!configured || configured.length === 0) return { command: "npm", args: [] };
    const [command, ...args] = configured;
    if (!command) throw new Error("Invalid npmCommand: first array entry must be a non-empty command");
    return { command, args };
  }

  protected runNpmCommandSync(args: string[]): string {
    const npm = this.getNpmCommand();
    return this.runCommandSync(npm.command, [...npm.args, ...args]);
  }

  /** Asks npm for its folder before it is needed, since `getGlobalNpmRoot` waits for the answer. */
  protected async askGlobalNpmRoot(): Promise<void> {
    const { command, args } = this.getNpmCommand();
    const key = [command, ...args].join("\0");
    if (command === "bun" || this.globalNpmRoot?.command === key) return;
    const path = await this.runCommandCapture(command, [...args, "root", "-g"]).catch(() => "");
    if (path) this.globalNpmRoot = { command: key, path };
  }

  /** The folder of what npm has installed for all. Asked of npm once. */
  protected getGlobalNpmRoot(): string {
    const npm = this.getNpmCommand();
    const command = [npm.command, ...npm.args].join("\0");
    if (this.globalNpmRoot?.command !== command) {
      const path =
        npm.command === "bun"
          ? join(
              dirname(this.runNpmCommandSync(["pm", "bin", "-g"]).trim()),
              "install",
              "global",
              "node_modules",
            )
          : this.runNpmCommandSync(["root", "-g"]).trim();
      this.globalNpmRoot = { command, path };
    }
    return this.globalNpmRoot.path;
  }

  protected getNpmInstallRoot(scope: SourceScope, temporary: boolean): string {
    if (temporary) return this.getTemporaryDir("npm");
    if (scope === "project") return join(this.cwd, CONFIG_DIR_NAME, "npm");
    return join(this.getGlobalNpmRoot(), "..");
  }

  protected getNpmInstallPath(source: NpmSource, scope: SourceScope): string {
    if (scope === "user") return join(this.getGlobalNpmRoot(), source.name);
    return join(this.getNpmInstallRoot(scope, scope === "temporary"), "node_modules", source.name);
  }

  protected getGitInstallRoot(scope: SourceScope): string | undefined {
    return scope === "temporary" ? undefined : join(this.getBaseDirForScope(scope), "git");
  }

  protected getGitInstallPath(source: GitSource, scope: SourceScope): string {
    const root = this.getGitInstallRoot(scope);
    if (!root) return this.getTemporaryDir(`git-${source.host}`, source.path);
    return join(root, source.host, source.path);
  }

  protected getTemporaryDir(prefix: string, suffix = ""): string {
    const hash = createHash("sha256").update(`${prefix}-${suffix}`).digest("hex").slice(0, 8);
    return join(tmpdir(), "pi-extensions", prefix, hash, suffix);
  }

  /** Where a package of the settings is; `undefined` where it is not installed. */
  getInstalledPath(source: string, scope: "user" | "project"): string | undefined {
    const path = this.placeOf(this.parseSource(source), scope);
    return existsSync(path) ? path : undefined;
  }

  protected placeOf(parsed: ParsedSource, scope: SourceScope): string {
    if (parsed.type === "npm") return this.getNpmInstallPath(parsed, scope);
    if (parsed.type === "git") return this.getGitInstallPath(parsed, scope);
    return this.resolvePathFromBase(parsed.path, this.getBaseDirForScope(scope));
  }

  /** A folder that npm installs into. */
  protected ensureNpmProject(installRoot: string): void {
    this.ensureGitIgnore(installRoot);
    const manifest = join(installRoot, "package.json");
    if (existsSync(manifest)) return;
    writeFileSync(manifest, JSON.stringify({ name: "pi-extensions", private: true }, null, 2), "utf-8");
  }

  /** Keeps what is installed out of the project's repository. */
  protected ensureGitIgnore(dir: string): void {
    mkdirSync(dir, { recursive: true });
    const path = join(dir, ".gitignore");
    if (!existsSync(path)) writeFileSync(path, "*\n!.gitignore\n", "utf-8");
  }
}

function homeDir(): string {
  return process.env.HOME || homedir();
}
