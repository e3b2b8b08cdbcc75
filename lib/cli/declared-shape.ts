// What of a declaration callers depend on, its types apart: what it is, how many arguments it takes, what members it
// has.

import type { Expression, TSEntityName } from "@babel/types";
import type { Node } from "./syntax.js";

/** A declaration, in all its parts, and the file that it is in. */
export interface Declared {
  nodes: Node[];
  file: string;
}

/** Finds what a name in a file stands for. */
export type Lookup = (file: string, name: string) => Declared | undefined;

/** How many arguments are needed, and how many are taken at most. */
export type Arity = [needed: number, most: number];

/** A declaration, as far as it is compared. */
export interface Shape {
  /** `unknown`: it comes from a package that is not installed. */
  kind: "class" | "function" | "value" | "type" | "unknown";
  arity?: Arity;
  /** By name, those of bases too; without private ones. Static ones begin with `static `. */
  members?: Map<string, Arity | undefined>;
}

/** The shape of a declaration; of one that is overloaded the widest. */
export function shapeOf({ nodes, file }: Declared, lookup: Lookup): Shape {
  const shape: Shape = { kind: "type" };
  for (const node of nodes) {
    switch (node.type) {
      case "ClassDeclaration":
        shape.kind = "class";
        shape.members = new Map([...(shape.members ?? []), ...membersOf(node, file, lookup)]);
        break;
      case "TSInterfaceDeclaration":
      case "TSTypeAliasDeclaration":
        shape.members = new Map([...(shape.members ?? []), ...membersOf(node, file, lookup)]);
        break;
      case "TSDeclareFunction":
      case "FunctionDeclaration":
        shape.kind = "function";
        shape.arity = widest(shape.arity, arityOf(node.params));
        break;
      case "VariableDeclarator": {
        const annotation = "typeAnnotation" in node.id ? node.id.typeAnnotation : undefined;
        shape.arity = functionType(annotation, file, lookup);
        shape.kind = shape.arity ? "function" : "value";
        break;
      }
      case "TSEnumDeclaration":
      case "TSModuleDeclaration":
        shape.kind = "value";
        break;
    }
  }
  if (!shape.members?.size) delete shape.members;
  return shape;
}

/** The members of a class, an interface or an object type. */
function membersOf(node: Node, file: string, lookup: Lookup): Map<string, Arity | undefined> {
  const members = new Map<string, Arity | undefined>();
  const inherit = (base: Expression | TSEntityName | null | undefined) => {
    const declared = base?.type === "Identifier" ? lookup(file, base.name) : undefined;
    if (!declared) return;
    for (const part of declared.nodes)
      for (const [name, arity] of membersOf(part, declared.file, lookup)) members.set(name, arity);
  };
  const own = (list: Node[]) => {
    for (const member of list) {
      if (!("key" in member) || ("accessibility" in member && member.accessibility === "private")) continue;
      if (member.key.type !== "Identifier" && member.key.type !== "StringLiteral") continue;
      const name = member.key.type === "Identifier" ? member.key.name : member.key.value;
      const called = "kind" in member && member.kind === "constructor" ? `new ${name}` : name;
      const key = "static" in member && member.static ? `static ${called}` : called;
      members.set(key, widest(members.get(key), memberArity(member, file, lookup)));
    }
  };
  if (node.type === "ClassDeclaration") {
    inherit(node.superClass as Expression);
    own(node.body.body);
  } else if (node.type === "TSInterfaceDeclaration") {
    for (const base of node.extends ?? []) inherit((base as { expression: TSEntityName }).expression);
    own(node.body.body);
  } else if (node.type === "TSTypeAliasDeclaration" && node.typeAnnotation.type === "TSTypeLiteral") {
    own(node.typeAnnotation.members);
  }
  return members;
}

function memberArity(member: Node, file: string, lookup: Lookup): Arity | undefined {
  if (member.type === "TSDeclareMethod" || member.type === "ClassMethod")
    return member.kind === "get" || member.kind === "set" ? undefined : arityOf(member.params);
  if (member.type === "TSMethodSignature")
    return member.kind === "method" ? arityOf(member.parameters) : undefined;
  return "typeAnnotation" in member ? functionType(member.typeAnnotation, file, lookup) : undefined;
}

/** How many arguments a function type takes, if it is one or the name of one. */
function functionType(annotation: Node | null | undefined, file: string, lookup: Lookup): Arity | undefined {
  const type = annotation?.type === "TSTypeAnnotation" ? annotation.typeAnnotation : annotation;
  if (type?.type === "TSFunctionType") return arityOf(type.parameters);
  if (type?.type !== "TSTypeReference" || type.typeName.type !== "Identifier") return undefined;
  const declared = lookup(file, type.typeName.name);
  const [alias] = declared?.nodes ?? [];
  if (!declared || alias?.type !== "TSTypeAliasDeclaration") return undefined;
  return functionType(alias.typeAnnotation, declared.file, lookup);
}

function arityOf(parameters: Node[]): Arity {
  const named = parameters.filter((node) => !(node.type === "Identifier" && node.name === "this"));
  const isOptional = (node: Node) =>
    node.type === "RestElement" ||
    node.type === "AssignmentPattern" ||
    ("optional" in node && node.optional === true);
  const firstOptional = named.findIndex(isOptional);
  const most = named.some(({ type }) => type === "RestElement") ? Number.POSITIVE_INFINITY : named.length;
  return [firstOptional < 0 ? named.length : firstOptional, most];
}

function widest(one: Arity | undefined, other: Arity | undefined): Arity | undefined {
  return one && other ? [Math.min(one[0], other[0]), Math.max(one[1], other[1])] : (other ?? one);
}
