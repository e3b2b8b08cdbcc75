// What a package exports, read from its `.d.ts` files: names, how many arguments functions take, members of classes and
// interfaces. Types themselves are not compared.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Statement } from "@babel/types";
import { type Declared, type Shape, shapeOf } from "./declared-shape.js";
import { typesOf } from "./package-types.js";
import { type Node, parse } from "./syntax.js";

/** A name in a module. */
interface Place {
  from: string;
  name: string;
}

interface Module {
  locals: Map<string, Node[]>;
  /** Names of other modules that this one exports or imports; without `from` they are its own. */
  exports: Map<string, { from?: string; name: string }>;
  imports: Map<string, Place>;
  stars: string[];
}

const modules = new Map<string, Module>();

/**
 * What a module exports, by name.
 * @throws an Error when a file cannot be read.
 */
export function exportsOf(file: string, passed: Set<string> = new Set()): Map<string, Shape> {
  const found = new Map<string, Shape>();
  if (passed.has(file)) return found;
  passed.add(file);
  const module = moduleOf(file);
  for (const star of module.stars) {
    const target = fileOf(star, file);
    if (target)
      for (const [name, shape] of exportsOf(target, passed)) if (name !== "default") found.set(name, shape);
  }
  for (const name of module.exports.keys()) {
    const declared = exported(file, name);
    found.set(name, declared ? shapeOf(declared, declaredIn) : { kind: "unknown" });
  }
  return found;
}

/** The declaration behind a name that a module exports. */
function exported(file: string, name: string, passed: Set<string> = new Set()): Declared | undefined {
  if (passed.has(`${file}\n${name}`)) return undefined;
  passed.add(`${file}\n${name}`);
  const module = moduleOf(file);
  const entry = module.exports.get(name);
  if (entry?.from === undefined && entry) return declaredIn(file, entry.name, passed);
  for (const place of entry ? [entry] : module.stars.map((from) => ({ from, name }))) {
    const target = fileOf(place.from as string, file);
    const declared = target && exported(target, place.name, passed);
    if (declared) return declared;
  }
  return undefined;
}

/** The declaration that a name has inside a file. */
function declaredIn(file: string, name: string, passed: Set<string> = new Set()): Declared | undefined {
  const module = moduleOf(file);
  const nodes = module.locals.get(name);
  if (nodes) return { nodes, file };
  const imported = module.imports.get(name);
  const target = imported && fileOf(imported.from, file);
  return target ? exported(target, imported.name, passed) : undefined;
}

function moduleOf(file: string): Module {
  const known = modules.get(file);
  if (known) return known;
  const module: Module = { locals: new Map(), exports: new Map(), imports: new Map(), stars: [] };
  modules.set(file, module);
  for (const statement of parse(readFileSync(file, "utf8"), file).program.body) take(module, statement);
  return module;
}

const nameOf = (node: { type: string; name?: string; value?: unknown }) => String(node.name ?? node.value);

function take(module: Module, statement: Statement): void {
  if (statement.type === "ExportAllDeclaration") {
    module.stars.push(statement.source.value);
  } else if (statement.type === "ImportDeclaration") {
    for (const specifier of statement.specifiers) {
      const name =
        specifier.type === "ImportSpecifier"
          ? nameOf(specifier.imported)
          : specifier.type === "ImportDefaultSpecifier"
            ? "default"
            : undefined;
      if (name) module.imports.set(specifier.local.name, { from: statement.source.value, name });
    }
  } else if (statement.type === "ExportNamedDeclaration") {
    const from = statement.source?.value;
    for (const specifier of statement.specifiers) {
      const name = nameOf(specifier.exported);
      const local = specifier.type === "ExportSpecifier" ? nameOf(specifier.local) : name;
      module.exports.set(name, { from, name: local });
    }
    if (statement.declaration)
      for (const name of declare(module, statement.declaration)) module.exports.set(name, { name });
  } else if (statement.type === "ExportDefaultDeclaration") {
    module.locals.set("default", [statement.declaration]);
    module.exports.set("default", { name: "default" });
  } else {
    declare(module, statement);
  }
}

/** Takes the names that a statement declares. */
function declare(module: Module, statement: Statement): string[] {
  const named: [string, Node][] =
    statement.type === "VariableDeclaration"
      ? statement.declarations.map((node) => [nameOf(node.id as { type: string; name: string }), node])
      : "id" in statement && statement.id
        ? [[nameOf(statement.id as { type: string; name: string }), statement]]
        : [];
  for (const [name, node] of named) module.locals.set(name, [...(module.locals.get(name) ?? []), node]);
  return named.map(([name]) => name);
}

/** The `.d.ts` that a specifier in a file means. */
function fileOf(specifier: string, importer: string): string | undefined {
  if (specifier.startsWith(".")) {
    const path = resolve(dirname(importer), specifier);
    const types = path.replace(/\.([cm]?)[jt]s$/, ".d.$1ts");
    return [types, `${path}.d.ts`, `${path}/index.d.ts`, path].find(
      (file) => /ts$/.test(file) && existsSync(file),
    );
  }
  const [, name = "", subpath] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(specifier) ?? [];
  for (let folder = dirname(importer); ; folder = dirname(folder)) {
    const found = join(folder, "node_modules", name);
    if (existsSync(join(found, "package.json"))) {
      const types = typesOf(found).get(`.${subpath ?? ""}`);
      return types && existsSync(types) ? types : undefined;
    }
    if (folder === dirname(folder)) return undefined;
  }
}
