// Which names of a module a program asks for where it loads it.

import type { ExportNamedDeclaration, File, ImportDeclaration, TSImportType } from "@babel/types";
import { type Node, walk } from "./syntax.js";

const nameOf = (node: Node | undefined): string[] => {
  if (node?.type === "Identifier") return [node.name];
  return node?.type === "StringLiteral" ? [node.value] : [];
};

/** The names in a declaration, and the members that a namespace is asked for. */
export function importedNames(declaration: ImportDeclaration | ExportNamedDeclaration, file: File): string[] {
  return declaration.specifiers.flatMap((specifier) => {
    switch (specifier.type) {
      case "ImportSpecifier":
        return nameOf(specifier.imported);
      case "ExportSpecifier":
        return nameOf(specifier.local);
      case "ImportDefaultSpecifier":
        return ["default"];
      case "ImportNamespaceSpecifier":
        return membersOf(specifier.local.name, file);
      default:
        return [];
    }
  });
}

/** The name after `import("...")`, or in brackets after `typeof import("...")`. */
export function importTypeNames(type: TSImportType, around: readonly Node[]): string[] {
  let named: Node | null | undefined = type.qualifier;
  while (named?.type === "TSQualifiedName") named = named.left;
  if (named) return nameOf(named);
  const outer = around.find((node) => node.type !== "TSTypeQuery");
  if (outer?.type !== "TSIndexedAccessType" || outer.indexType.type !== "TSLiteralType") return [];
  return nameOf(outer.indexType.literal);
}

/** What is taken of a module that a call loads: by a pattern, as members, or in what follows with `then`. */
export function loadedNames(call: Node, around: readonly Node[], file: File): string[] {
  const [parent, next] = around;
  if (parent?.type === "AwaitExpression") return loadedNames(parent, around.slice(1), file);
  if (parent?.type === "VariableDeclarator" && parent.init === call) return boundNames(parent.id, file);
  if (parent?.type !== "MemberExpression" || parent.object !== call) return [];
  if (call.type !== "ImportExpression") return parent.computed ? [] : nameOf(parent.property);
  if (nameOf(parent.property)[0] !== "then" || next?.type !== "CallExpression") return [];
  const [done] = next.arguments;
  const isFunction = done?.type === "ArrowFunctionExpression" || done?.type === "FunctionExpression";
  return isFunction && done.params[0] ? boundNames(done.params[0], done) : [];
}

function boundNames(target: Node, scope: Node): string[] {
  if (target.type === "Identifier") return membersOf(target.name, scope);
  if (target.type !== "ObjectPattern") return [];
  return target.properties.flatMap((property) =>
    property.type === "ObjectProperty" && !property.computed ? nameOf(property.key) : [],
  );
}

/** The members that a variable is asked for. */
function membersOf(name: string, scope: Node): string[] {
  const found = new Set<string>();
  walk(scope, (node) => {
    const [object, property] =
      node.type === "MemberExpression" && !node.computed
        ? [node.object, node.property]
        : node.type === "TSQualifiedName"
          ? [node.left, node.right]
          : [];
    if (object?.type === "Identifier" && object.name === name)
      for (const one of nameOf(property)) found.add(one);
  });
  return [...found];
}
