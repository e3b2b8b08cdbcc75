// The front matter of Markdown files.

import { splitFrontMatter } from "../native.js";

/** A Markdown file in its two parts. */
export interface ParsedFrontmatter<T extends Record<string, unknown>> {
  /** What the YAML at the top says; an empty object where there is none. */
  frontmatter: T;
  /** What follows it. */
  body: string;
}

/** Front matter that is no YAML. */
export class FrontmatterError extends Error {
  override readonly name = "YAMLParseError";
  /** Where in the YAML, from 1. */
  readonly linePos?: [{ line: number; col: number }];

  constructor(message: string, place?: number[]) {
    super(message);
    const [line, col] = place ?? [];
    if (line !== undefined && col !== undefined) this.linePos = [{ line, col }];
  }
}

/** A Markdown file's front matter and body. Throws a `FrontmatterError` when the front matter is no YAML. */
export const parseFrontmatter = <T extends Record<string, unknown> = Record<string, unknown>>(
  content: string,
): ParsedFrontmatter<T> => {
  const { matter, body, complaint, place } = splitFrontMatter(content);
  if (matter === undefined) throw new FrontmatterError(complaint ?? "no YAML", place);
  return { frontmatter: parseYamlValues(matter), body };
};

/** A Markdown file without its front matter. */
export const stripFrontmatter = (content: string): string => parseFrontmatter(content).body;

/** What the native side read, from its JSON: numbers that JSON does not have are strings of a NUL and their name. */
export function parseYamlValues<T>(json: string): T {
  return json.includes('"\\u0000') ? JSON.parse(json, revive) : JSON.parse(json);
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== "string" || !value.startsWith("\0")) return value;
  return value.startsWith("\0\0") ? value.slice(1) : Number(value.slice(1));
}
