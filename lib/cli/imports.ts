// Every place in a program that names a module: imports and exports of all kinds, `require`, mocks of test runners,
// types, augmentations, and comments that TypeScript reads.

import type { Comment, File } from "@babel/types";
import { type Node, parse, walk } from "./syntax.js";
import { importedNames, importTypeNames, loadedNames } from "./used-names.js";

/** A place that names a module. */
export interface ModuleReference {
  specifier: string;
  /** Where the specifier stands, without its quotes, in UTF-16 units. */
  start: number;
  end: number;
  /** Counts from 1. */
  line: number;
  /** What is asked of the module by name. */
  names: string[];
  /** Whether a test runner puts something else in its place. */
  isMock: boolean;
  /** Whether it is but a text that looks like a module's name; what becomes of it is not known. */
  isText: boolean;
}

/** What vitest, jest and Node's test runner call the functions whose first argument is a module's name. */
const MOCKING = ["mock", "doMock", "setMock", "unstable_mockModule", "module"];
const UNMOCKING = ["unmock", "doUnmock", "dontMock", "deepUnmock", "unstable_unmockModule"];
const LOADING = ["importActual", "importMock", "requireActual", "requireMock", "createMockFromModule"];
const RUNNERS = new Set(["vi", "vitest", "jest", "mock"]);

/** What in a comment names a module: `import("...")`, `@import ... from "..."`, `<reference types="..."`. */
const IN_COMMENT = /(?:\bimport\(\s*|@import\b[^*]*?\bfrom\s*|<reference\s+types=)(["'])([^"'\n]+)\1/g;

/**
 * The places that name modules for which `matters` holds, in their order.
 * @throws a SyntaxError when the text cannot be read.
 */
export function moduleReferences(
  text: string,
  path: string,
  matters: (specifier: string) => boolean,
): ModuleReference[] {
  const file = parse(text, path);
  const requires = requireNames(file);
  const found: ModuleReference[] = [];
  walk(file.program, (node, around) => {
    const specifier = textOf(node);
    if (specifier === undefined || !matters(specifier)) return;
    const start = (node.start as number) + (node.type === "TemplateElement" ? 0 : 1);
    const end = (node.end as number) - (node.type === "TemplateElement" ? 0 : 1);
    const use = useOf(node, around, requires, file);
    // Escapes would have to be counted.
    const isText = use === undefined || text.slice(start, end) !== specifier;
    const line = node.loc?.start.line as number;
    found.push({ specifier, start, end, line, names: [], isMock: false, ...use, isText });
  });
  for (const comment of file.comments ?? []) found.push(...inComment(comment, matters));
  return found.sort((one, other) => one.start - other.start);
}

function textOf(node: Node): string | undefined {
  if (node.type === "StringLiteral") return node.value;
  if (node.type === "TemplateElement") return node.value.cooked ?? undefined;
  return undefined;
}

/** What a text is to the program; `undefined` when that is not known. */
function useOf(
  text: Node,
  surroundings: readonly Node[],
  requires: Set<string>,
  file: File,
): Partial<ModuleReference> | undefined {
  let [parent, ...around] = surroundings;
  let node = text;
  if (text.type === "TemplateElement") {
    if (parent?.type !== "TemplateLiteral" || parent.expressions.length > 0) return undefined;
    node = parent;
    [parent, ...around] = around;
  }
  switch (parent?.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
      return parent.source === node ? { names: importedNames(parent, file) } : undefined;
    case "ExportAllDeclaration":
    case "TSExternalModuleReference":
    case "TSModuleDeclaration":
      return {};
    case "TSImportType":
      return { names: importTypeNames(parent, around) };
    case "ImportExpression":
      return parent.source === node ? { names: loadedNames(parent, around, file) } : undefined;
    case "CallExpression": {
      if (parent.arguments[0] !== node) return undefined;
      const called = runnerFunction(parent.callee);
      if (called)
        return [...MOCKING, ...UNMOCKING, ...LOADING].includes(called)
          ? { isMock: MOCKING.includes(called) }
          : undefined;
      if (parent.callee.type === "Identifier" && requires.has(parent.callee.name))
        return { names: loadedNames(parent, around, file) };
      return isResolve(parent.callee, requires) ? {} : undefined;
    }
    default:
      return undefined;
  }
}

/** The function of a test runner that is called: `vi.mock`, `jest.requireActual`, `mock.module`. */
function runnerFunction(callee: Node): string | undefined {
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return undefined;
  if (callee.object.type !== "Identifier" || !RUNNERS.has(callee.object.name)) return undefined;
  return callee.property.name;
}

/** `require.resolve`, `import.meta.resolve`. */
function isResolve(callee: Node, requires: Set<string>): boolean {
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return false;
  const { object, property } = callee;
  if (object.type === "MetaProperty") return property.name === "resolve";
  if (object.type !== "Identifier") return false;
  return requires.has(object.name)
    ? property.name === "resolve"
    : object.name === "module" && property.name === "require";
}

/** What `require` is called in a file: that, and what `createRequire` made. */
function requireNames(file: File): Set<string> {
  const names = new Set(["require"]);
  walk(file.program, (node) => {
    if (node.type !== "VariableDeclarator" || node.id.type !== "Identifier") return;
    if (node.init?.type !== "CallExpression") return;
    const { callee } = node.init;
    const called = callee.type === "MemberExpression" ? callee.property : callee;
    if (called.type === "Identifier" && called.name === "createRequire") names.add(node.id.name);
  });
  return names;
}

function* inComment(comment: Comment, matters: (specifier: string) => boolean): Generator<ModuleReference> {
  for (const match of comment.value.matchAll(IN_COMMENT)) {
    const specifier = match[2] as string;
    if (!matters(specifier)) continue;
    // A comment's text begins after its two marks.
    const end = (comment.start as number) + 2 + match.index + match[0].length - 1;
    const line =
      (comment.loc?.start.line as number) + comment.value.slice(0, match.index).split("\n").length - 1;
    yield { specifier, start: end - specifier.length, end, line, names: [], isMock: false, isText: false };
  }
}
