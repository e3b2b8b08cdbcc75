// The syntax of JavaScript and TypeScript, read by Babel's parser. The build puts a copy of it beside this file, so that
// hosts install nothing for a command that most of them run once; it is loaded when something is parsed.

import { createRequire } from "node:module";
import type { ParserPlugin } from "@babel/parser";
import type { File, Node } from "@babel/types";

export type { Node } from "@babel/types";

/** A node inside the nodes around it, the nearest first. */
export type Visitor = (node: Node, around: readonly Node[]) => void;

let parser: typeof import("@babel/parser") | undefined;

/**
 * Parses a file's text. Offsets count UTF-16 units of it.
 * @throws a SyntaxError when it is neither JavaScript nor TypeScript.
 */
export function parse(text: string, path: string): File {
  parser ??= createRequire(import.meta.url)("./babel-parser.cjs") as typeof import("@babel/parser");
  const isTypeScript = /\.[cm]?tsx?$/.test(path);
  const dts = /\.d\.[cm]?ts$/.test(path);
  const plugins: ParserPlugin[] = ["decorators", "decoratorAutoAccessors", "explicitResourceManagement"];
  if (isTypeScript) plugins.push(["typescript", { dts }]);
  if (!/\.[cm]?ts$/.test(path)) plugins.push("jsx");
  return parser.parse(text, {
    sourceType: "unambiguous",
    plugins,
    errorRecovery: true,
    allowReturnOutsideFunction: true,
    allowUndeclaredExports: true,
    createImportExpressions: true,
  });
}

/** Visits a node and all below it, in the order of the text. */
export function walk(node: Node, visit: Visitor, around: readonly Node[] = []): void {
  visit(node, around);
  const within = [node, ...around];
  for (const [key, value] of Object.entries(node)) {
    if (key.endsWith("omments")) continue;
    for (const child of Array.isArray(value) ? value : [value])
      if (typeof child?.type === "string") walk(child, visit, within);
  }
}
