// Pi's modules and those here that stand for them.

import { fileURLToPath } from "node:url";
import { exportsOf } from "./declarations.js";
import { typesOf } from "./package-types.js";

/** Pi's packages that this one stands for. */
export const PI_PACKAGES = ["pi-ai", "pi-agent-core", "pi-coding-agent"] as const;

/** The scopes that Pi's packages are published under, the newest first. */
export const PI_SCOPES = ["@earendil-works", "@mariozechner"] as const;

/** The folder of this package. */
export const ownFolder = fileURLToPath(new URL("../../", import.meta.url));

const SPECIFIER = new RegExp(`^(?:${PI_SCOPES.join("|")})/((pi-[\\w-]+)(?:/.*)?)$`);

/** A module of Pi as a program names it. */
export interface PiModule {
  /** `pi-ai`. */
  package: string;
  /** `pi-ai`, `pi-ai/oauth`: what stands behind this package's name too. */
  path: string;
}

/** The module of Pi that a specifier names; `undefined` when it names something else. */
export function piModule(specifier: string): PiModule | undefined {
  const [, path, name] = SPECIFIER.exec(specifier) ?? [];
  return path === undefined || name === undefined ? undefined : { package: name, path };
}

let offered: Map<string, Set<string>> | undefined;

/** The names that a module here exports, types too; `undefined` when there is no such module. */
export function offeredNames(path: string): Set<string> | undefined {
  offered ??= new Map();
  const known = offered.get(path);
  if (known) return known;
  const types = typesOf(ownFolder).get(`./${path}`);
  if (types === undefined) return undefined;
  const names = new Set(exportsOf(types).keys());
  offered.set(path, names);
  return names;
}
