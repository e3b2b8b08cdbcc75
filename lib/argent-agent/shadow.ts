// Runs the other runtime beside the one in use, where that does no harm: functions that only compute, and requests up to
// the point where they would be sent. The host hears of the first difference.

import { isDeepStrictEqual } from "node:util";
import type { Runtime, RuntimeModules } from "./runtime.js";

/** Where the runtimes differ. */
export interface RuntimeDifference {
  /** The function. */
  name: string;
  /** Where in the result or the request. */
  path: string;
  pi: unknown;
  argent: unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: functions of any arguments
type Any = (...args: any[]) => any;

/** What only computes. */
const COMPUTES: Record<string, string[]> = {
  "pi-ai": [
    "calculateCost",
    "clampThinkingLevel",
    "getSupportedThinkingLevels",
    "isContextOverflow",
    "parseStreamingJson",
  ],
  "pi-agent-core": [],
  "pi-coding-agent": [
    "buildSessionContext",
    "calculateContextTokens",
    "convertToLlm",
    "estimateTokens",
    "formatSkillsForPrompt",
    "getLatestCompactionEntry",
    "parseFrontmatter",
    "parseSessionEntries",
    "parseSkillBlock",
    "serializeConversation",
    "shouldCompact",
  ],
};
const REQUESTS = ["stream", "streamSimple", "complete", "completeSimple"];

/** The modules in use, whose functions have the other runtime do the same until the first difference. */
export function shadowed(
  { modules, source }: Runtime,
  others: Partial<Record<keyof RuntimeModules, object>>,
  onDifference: (difference: RuntimeDifference) => void,
): RuntimeModules {
  let isDone = false;
  const compare = (name: string, own: unknown, other: unknown) => {
    const found = isDone ? undefined : firstDifference(plain(own), plain(other));
    if (!found) return;
    isDone = true;
    const [a, b] = source === "pi" ? [found.a, found.b] : [found.b, found.a];
    onDifference({ name, path: found.path, pi: a, argent: b });
  };
  const wrap = (place: keyof RuntimeModules) => {
    const own = modules[place] as Record<string, unknown>;
    const other = (others[place] ?? {}) as Record<string, unknown>;
    const both = (name: string) => typeof own[name] === "function" && typeof other[name] === "function";
    const computes = (COMPUTES[place] ?? []).filter(both).map((name) => {
      return [name, computing(name, own[name] as Any, other[name] as Any, compare, () => isDone)];
    });
    const requests = place === "pi-ai" ? REQUESTS.filter(both) : [];
    const asks = requests.map((name) => [
      name,
      asking(name, own[name] as Any, other[name] as Any, compare, () => isDone),
    ]);
    return { ...own, ...Object.fromEntries([...computes, ...asks]) };
  };
  return {
    "pi-ai": wrap("pi-ai"),
    "pi-agent-core": wrap("pi-agent-core"),
    "pi-coding-agent": wrap("pi-coding-agent"),
  } as RuntimeModules;
}

type Compare = (name: string, own: unknown, other: unknown) => void;

function computing(name: string, own: Any, other: Any, compare: Compare, isDone: () => boolean): Any {
  return (...args) => {
    const copies = isDone() ? undefined : copied(args);
    const { outcome, thrown } = outcomeOf(() => own(...args));
    if (copies) compare(name, outcome, outcomeOf(() => other(...copies)).outcome);
    if (thrown) throw thrown.error;
    return outcome.value;
  };
}

/** Has the other runtime make the same request, and stop before it is sent. */
function asking(name: string, own: Any, other: Any, compare: Compare, isDone: () => boolean): Any {
  return (model, context, options) => {
    const copies = isDone() ? undefined : copied([context]);
    if (!copies) return own(model, context, options);
    const onPayload = async (payload: unknown, of: unknown) => {
      const sent = copied([payload]);
      const [asked] = copies;
      const stop = (unsent: unknown) => {
        if (sent) compare(name, sent[0], copied([unsent])?.[0]);
        throw new Error("Not sent");
      };
      try {
        const answer = other(model, asked, { ...options, onPayload: stop, signal: undefined });
        await (answer.result?.() ?? answer);
      } catch {
        // What the other runtime cannot do is its own affair: there is nothing to compare.
      }
      return await options?.onPayload?.(payload, of);
    };
    return own(model, context, { ...options, onPayload });
  };
}

function copied(values: unknown[]): unknown[] | undefined {
  try {
    return structuredClone(values);
  } catch {
    return undefined;
  }
}

interface Outcome {
  value?: unknown;
  error?: string;
}

function outcomeOf(act: () => unknown): { outcome: Outcome; thrown?: { error: unknown } } {
  try {
    return { outcome: { value: act() } };
  } catch (error) {
    return { outcome: { error: error instanceof Error ? error.message : String(error) }, thrown: { error } };
  }
}

/** What JSON keeps of a value. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value) ?? "null");
}

interface Found {
  path: string;
  a: unknown;
  b: unknown;
}

/** The first place where two plain values differ. */
function firstDifference(a: unknown, b: unknown, path = "$"): Found | undefined {
  if (isDeepStrictEqual(a, b)) return undefined;
  if (!isObject(a) || !isObject(b)) return { path, a, b };
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = firstDifference(a[key], b[key], `${path}.${key}`);
    if (found) return found;
  }
  return { path, a, b };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
