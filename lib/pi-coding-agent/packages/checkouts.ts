// Repositories that were cloned, beside what their hosts have now.

import { PackagePlaces } from "./places.js";

/** Time for what asks a host or looks into a repository. */
export const NETWORK_TIMEOUT_MS = 10_000;

const ORIGIN = "origin/";

/** What a repository is brought to. */
interface UpdateTarget {
  ref: string;
  /** The commit that was last seen there. */
  head: string;
  /** Fetches it and nothing else. */
  fetchArgs: string[];
}

/** Looks into repositories that were cloned. */
export class PackageCheckouts extends PackagePlaces {
  private git(cwd: string, ...args: string[]): Promise<string> {
    return this.runCommandCapture("git", args, { cwd, timeoutMs: NETWORK_TIMEOUT_MS });
  }

  protected revision(cwd: string, ref: string): Promise<string> {
    return this.git(cwd, "rev-parse", ref);
  }

  protected runGitRemoteCommand(installedPath: string, args: string[]): Promise<string> {
    return this.runCommandCapture("git", args, {
      cwd: installedPath,
      timeoutMs: NETWORK_TIMEOUT_MS,
      env: { GIT_TERMINAL_PROMPT: "0" },
    });
  }

  protected async getLocalGitUpdateTarget(installedPath: string): Promise<UpdateTarget> {
    const fetch = (spec: string) => ["fetch", "--prune", "--no-tags", "origin", spec];
    const track = (branch: string) => fetch(`+refs/heads/${branch}:refs/remotes/origin/${branch}`);
    try {
      const upstream = await this.git(installedPath, "rev-parse", "--abbrev-ref", "@{upstream}");
      if (!upstream.startsWith(ORIGIN)) throw new Error(`Unsupported upstream remote: ${upstream}`);
      const branch = upstream.slice(ORIGIN.length);
      if (!branch) throw new Error("Missing upstream branch name");
      const ref = "@{upstream}";
      return { ref, head: await this.revision(installedPath, ref), fetchArgs: track(branch) };
    } catch {
      // A commit or a tag is checked out, so that there is no branch to follow but the host's own.
    }
    const setHead = ["remote", "set-head", "origin", "-a"];
    await this.runCommand("git", setHead, { cwd: installedPath }).catch(() => {});
    const ref = "origin/HEAD";
    const head = await this.revision(installedPath, ref);
    const full = await this.git(installedPath, "symbolic-ref", "refs/remotes/origin/HEAD").catch(() => "");
    const branch = full.replace(/^refs\/remotes\/origin\//, "");
    return { ref, head, fetchArgs: branch ? track(branch) : fetch("+HEAD:refs/remotes/origin/HEAD") };
  }

  /** The branch that a repository follows at its host. */
  protected async getGitUpstreamRef(installedPath: string): Promise<string | undefined> {
    const name = await this.git(installedPath, "rev-parse", "--abbrev-ref", "@{upstream}").catch(() => "");
    const branch = name.startsWith(ORIGIN) ? name.slice(ORIGIN.length) : "";
    return branch ? `refs/heads/${branch}` : undefined;
  }

  /** The commit that its host has now. */
  protected async getRemoteGitHead(installedPath: string): Promise<string> {
    const upstream = await this.getGitUpstreamRef(installedPath);
    if (upstream) {
      const listed = await this.runGitRemoteCommand(installedPath, ["ls-remote", "origin", upstream]);
      const commit = /^([0-9a-f]{40})\s+/m.exec(listed)?.[1];
      if (commit) return commit;
    }
    const listed = await this.runGitRemoteCommand(installedPath, ["ls-remote", "origin", "HEAD"]);
    const commit = /^([0-9a-f]{40})\s+HEAD$/m.exec(listed)?.[1];
    if (!commit) throw new Error("Failed to determine remote HEAD");
    return commit;
  }
}
