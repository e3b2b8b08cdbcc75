// Libraries that only packages need, loaded when one is first looked at.

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** A repository of a host that is known. */
interface HostedRepository {
  domain: string;
  user: string;
  project?: string;
  committish?: string;
}

/** The repositories of hosts that are known. */
export function hostedGit(): { fromUrl(url: string): HostedRepository | undefined } {
  return require("hosted-git-info");
}

/** Patterns for paths. */
export function minimatch(): typeof import("minimatch").minimatch {
  return require("minimatch").minimatch;
}

/** The paths that a pattern stands for. */
export function globSync(): typeof import("glob").globSync {
  return require("glob").globSync;
}

/** What ignore files leave out. */
export function ignore(): typeof import("ignore") {
  return require("ignore");
}
