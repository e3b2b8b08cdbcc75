// Where a package comes from, as users write it.

import type { PackageSource } from "../settings-types.js";
import { parseGitUrl } from "./git-url.js";

/** A package that npm knows. */
export interface NpmSource {
  type: "npm";
  /** What npm is told: the name, perhaps with a version. */
  spec: string;
  name: string;
  /** Whether the version is given, so that it is never updated. */
  pinned: boolean;
}

/** A repository. */
export interface GitSource {
  type: "git";
  repo: string;
  host: string;
  /** The owner and the name. */
  path: string;
  /** A branch, tag or commit. */
  ref?: string;
  /** Whether that is given, so that it is never updated. */
  pinned: boolean;
}

/** A file or folder of this machine. */
export interface LocalSource {
  type: "local";
  path: string;
}

export type ParsedSource = NpmSource | GitSource | LocalSource;

const REMOTE = ["npm:", "git:", "github:", "http:", "https:", "ssh:"];

/** Whether a text is no package's source but a path. */
export function isLocalPath(value: string): boolean {
  const trimmed = value.trim();
  return !REMOTE.some((prefix) => trimmed.startsWith(prefix));
}

/** What npm is told, in its two parts. */
export function parseNpmSpec(spec: string): { name: string; version?: string } {
  const match = /^(@?[^@]+(?:\/[^@]+)?)(?:@(.+))?$/.exec(spec);
  return match?.[1] === undefined ? { name: spec } : { name: match[1], version: match[2] };
}

/** What a source means; what is neither npm's nor a repository is a path. */
export function parseSource(source: string): ParsedSource {
  if (source.startsWith("npm:")) {
    const spec = source.slice("npm:".length).trim();
    const { name, version } = parseNpmSpec(spec);
    return { type: "npm", spec, name, pinned: Boolean(version) };
  }
  return (isLocalPath(source) ? null : parseGitUrl(source)) ?? { type: "local", path: source };
}

/** A package's source in settings, without its patterns. */
export function sourceOf(source: PackageSource): string {
  return typeof source === "string" ? source : source.source;
}
