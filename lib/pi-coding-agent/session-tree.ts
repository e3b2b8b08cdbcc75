// A session as a tree.

import type { LabelEntry, SessionEntry, SessionTreeNode } from "./session-entries.js";
import { newEntryId } from "./session-lines.js";

/** The entries that continue no other, or one that is not there, each with those that continue it, oldest first. */
export function treeOf(
  entries: SessionEntry[],
  labels: Map<string, string>,
  labelTimestamps: Map<string, string>,
): SessionTreeNode[] {
  const nodes = new Map<string, SessionTreeNode>();
  for (const entry of entries) {
    const { id } = entry;
    nodes.set(id, { entry, children: [], label: labels.get(id), labelTimestamp: labelTimestamps.get(id) });
  }
  const roots: SessionTreeNode[] = [];
  for (const { id, parentId } of entries) {
    const node = nodes.get(id) as SessionTreeNode;
    const parent = parentId === null || parentId === id ? undefined : nodes.get(parentId);
    (parent?.children ?? roots).push(node);
  }
  const time = ({ entry }: SessionTreeNode) => new Date(entry.timestamp).getTime();
  for (const { children } of nodes.values()) {
    if (children.length > 1) children.sort((a, b) => time(a) - time(b));
  }
  return roots;
}

/** The entries of a session that is only a branch of another one: what is labelled there is labelled at its end. */
export function branchAlone(
  branch: SessionEntry[],
  labels: Map<string, string>,
  labelTimestamps: Map<string, string>,
): SessionEntry[] {
  const path = branch.filter(({ type }) => type !== "label");
  const ids = new Set(path.map(({ id }) => id));
  const labelled = [...labels].filter(([targetId]) => ids.has(targetId));
  let parentId = path.at(-1)?.id ?? null;
  const again = labelled.map(([targetId, label]): LabelEntry => {
    const id = newEntryId(ids);
    const timestamp = labelTimestamps.get(targetId) as string;
    const entry: LabelEntry = { type: "label", id, parentId, timestamp, targetId, label };
    ids.add(id);
    parentId = id;
    return entry;
  });
  return [...path, ...again];
}
