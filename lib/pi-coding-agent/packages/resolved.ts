// The files that packages, settings and folders bring, in their order of precedence.

import { realpathSync } from "node:fs";
import type { SourceOrigin, SourceScope } from "../source-info.js";
import { RESOURCE_TYPES, type ResourceType } from "./files.js";

/** Where a file comes from. */
export interface PathMetadata {
  /** The package's source; `local` for what settings name, `auto` for what was found. */
  source: string;
  scope: SourceScope;
  origin: SourceOrigin;
  baseDir?: string;
}

/** A file or folder and whether it is wanted. */
export interface ResolvedResource {
  path: string;
  enabled: boolean;
  metadata: PathMetadata;
}

/** All that there is, each sort in its order of precedence. */
export type ResolvedPaths = Record<ResourceType, ResolvedResource[]>;

/** The files of one sort: who names one first decides on it. */
export type ResourceMap = Map<string, { metadata: PathMetadata; enabled: boolean }>;

export type Accumulator = Record<ResourceType, ResourceMap>;

export function createAccumulator(): Accumulator {
  return { extensions: new Map(), skills: new Map(), prompts: new Map(), themes: new Map() };
}

/** The path without links; the path itself where there is nothing. */
export function canonicalizePath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** The project's settings before its folders, then the user's, then packages. */
function rank({ origin, scope, source }: PathMetadata): number {
  if (origin === "package") return 4;
  return (scope === "project" ? 0 : 2) + (source === "local" ? 0 : 1);
}

/** Each file once, under the first of its names. */
export function toResolvedPaths(accumulator: Accumulator): ResolvedPaths {
  const of = (type: ResourceType): ResolvedResource[] => {
    const all = [...accumulator[type]].map(([path, { enabled, metadata }]) => ({ path, enabled, metadata }));
    all.sort((a, b) => rank(a.metadata) - rank(b.metadata));
    const seen = new Set<string>();
    return all.filter(({ path }) => {
      const real = canonicalizePath(path);
      return !seen.has(real) && seen.add(real);
    });
  };
  return Object.fromEntries(RESOURCE_TYPES.map((type) => [type, of(type)])) as ResolvedPaths;
}
