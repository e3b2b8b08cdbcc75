// Where a resource (a skill, a prompt template, an extension) came from.

/** Whose it is. */
export type SourceScope = "user" | "project" | "temporary";

/** Whether a package brought it. */
export type SourceOrigin = "package" | "top-level";

/** Where a resource came from. */
export interface SourceInfo {
  /** Its file. */
  path: string;
  /** `local`, a package's source, or what the host calls the place. */
  source: string;
  scope: SourceScope;
  origin: SourceOrigin;
  /** The folder that it belongs to. */
  baseDir?: string;
}

/** The source of a resource as a package manager knows it. */
export function createSourceInfo(path: string, metadata: Omit<SourceInfo, "path">): SourceInfo {
  const { source, scope, origin, baseDir } = metadata;
  return { path, source, scope, origin, baseDir };
}

/** What a host may say of where a resource came from. */
export type SyntheticSource = Omit<SourceInfo, "path" | "scope" | "origin"> &
  Partial<Pick<SourceInfo, "scope" | "origin">>;

/** The source of a resource that no package manager knows of. */
export function createSyntheticSourceInfo(path: string, options: SyntheticSource): SourceInfo {
  const { source, scope = "temporary", origin = "top-level", baseDir } = options;
  return { path, source, scope, origin, baseDir };
}
