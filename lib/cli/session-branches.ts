// A session's tree as branches: each a run of entries without a fork inside it being taken.

import type { Fields } from "./session-facts.js";

/** A run of entries, each of which continues the one before it. */
export interface Branch {
  /** The entry that the first one continues; -1 for none. */
  from: number;
  /** Counted from 0. */
  entries: number[];
  /** How many forks lead to it. */
  depth: number;
}

/**
 * The branches of a tree: first the one that leads to an entry, then the others, each after the one it leaves.
 * @param leaf - the entry's id.
 */
export function branchesOf(entries: readonly Fields[], leaf: string | null): Branch[] {
  const numbers = new Map(entries.map(({ id }, at) => [id, at]));
  const parents = entries.map(({ parentId }, at) => {
    const parent = numbers.get(parentId) ?? -1;
    // An entry that continues a later one would make a loop.
    return parent < at ? parent : -1;
  });
  const children = new Map<number, number[]>();
  for (const [at, parent] of parents.entries()) children.set(parent, [...(children.get(parent) ?? []), at]);
  const main = new Set<number>();
  for (let at = numbers.get(leaf) ?? entries.length - 1; at >= 0; at = parents[at] as number) main.add(at);

  const branches: Branch[] = [];
  const starts = [{ from: -1, first: -1, depth: 0 }];
  for (let start = starts.pop(); start; start = starts.pop()) {
    const { from, depth } = start;
    const branch: Branch = { from, entries: [], depth };
    const left: typeof starts = [];
    let at: number | undefined = start.first;
    while (at !== undefined) {
      if (at >= 0) branch.entries.push(at);
      const next: number[] = children.get(at) ?? [];
      const chosen: number | undefined = next.find((child) => main.has(child)) ?? next.at(-1);
      for (const child of next) if (child !== chosen) left.push({ from: at, first: child, depth: depth + 1 });
      at = chosen;
    }
    branches.push(branch);
    starts.push(...left.reverse());
  }
  return branches;
}
