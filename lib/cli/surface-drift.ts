// Compares what packages export.

import { exportsOf } from "./declarations.js";
import type { Arity, Shape } from "./declared-shape.js";
import { typesOf } from "./package-types.js";
import { ownFolder } from "./pi-modules.js";

/** Something that is not the same in Pi and here. */
export interface Change {
  /** `pi-ai`, `pi-ai/oauth`. */
  module: string;
  /** `-`: only Pi has it; `+`: only this package; `~`: both, not alike. */
  mark: "-" | "+" | "~";
  /** An export, or a member of one: `Agent.prompt`; `*` for the whole module. */
  name: string;
  detail?: string;
}

/**
 * What is not the same in packages of Pi and here.
 * @param folders - where they are, by name.
 */
export function drift(folders: Map<string, string>): Change[] {
  const own = typesOf(ownFolder);
  return [...folders].flatMap(([name, folder]) =>
    [...typesOf(folder)]
      .filter(([subpath]) => !subpath.includes("*"))
      .flatMap(([subpath, file]) => {
        const module = name + subpath.slice(1);
        const ours = own.get(`./${module}`);
        if (!ours) return [{ module, mark: "-" as const, name: "*", detail: "there is no such module here" }];
        return [...compare(module, exportsOf(file), exportsOf(ours))];
      }),
  );
}

function* compare(module: string, theirs: Map<string, Shape>, ours: Map<string, Shape>): Generator<Change> {
  for (const name of [...new Set([...theirs.keys(), ...ours.keys()])].sort()) {
    const [their, our] = [theirs.get(name), ours.get(name)];
    if (!our) yield { module, mark: "-", name, detail: described(their) };
    else if (!their) yield { module, mark: "+", name, detail: described(our) };
    else yield* compareShapes(module, name, their, our);
  }
}

function* compareShapes(module: string, name: string, their: Shape, our: Shape): Generator<Change> {
  if (their.kind === "unknown" || our.kind === "unknown") return;
  if (their.kind !== our.kind || isOther(their.arity, our.arity)) {
    const mark = their.kind === our.kind && takesAll(their.arity, our.arity) ? "+" : "~";
    yield { module, mark, name, detail: `${described(their)} in Pi, ${described(our)} here` };
  }
  const [theirMembers, ourMembers] = [their.members ?? new Map(), our.members ?? new Map()];
  for (const member of [...new Set([...theirMembers.keys(), ...ourMembers.keys()])].sort()) {
    const called = `${name}.${member}`;
    if (!ourMembers.has(member)) yield { module, mark: "-", name: called };
    else if (!theirMembers.has(member)) yield { module, mark: "+", name: called };
    else {
      const [theirArity, ourArity] = [theirMembers.get(member), ourMembers.get(member)];
      if (!isOther(theirArity, ourArity)) continue;
      const mark = takesAll(theirArity, ourArity) ? "+" : "~";
      yield {
        module,
        mark,
        name: called,
        detail: `${arityText(theirArity)} in Pi, ${arityText(ourArity)} here`,
      };
    }
  }
}

/** Whether arguments differ, where both are known. */
const isOther = (their: Arity | undefined, our: Arity | undefined) =>
  their !== undefined && our !== undefined && arityText(their) !== arityText(our);

/** Whether every call that suits Pi suits this package. */
const takesAll = (their: Arity | undefined, our: Arity | undefined) =>
  !their || !our || (our[0] <= their[0] && our[1] >= their[1]);

function described(shape: Shape | undefined): string {
  if (!shape || shape.kind === "unknown") return "";
  return [shape.kind, arityText(shape.arity)].filter(Boolean).join(", ");
}

function arityText(arity: Arity | undefined): string {
  if (!arity) return "";
  const [needed, most] = arity;
  if (most === Number.POSITIVE_INFINITY) return `${needed} or more arguments`;
  return needed === most ? `${most} argument${most === 1 ? "" : "s"}` : `${needed} to ${most} arguments`;
}
