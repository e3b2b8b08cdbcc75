// The command that compares what this package exports with what Pi does.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { command } from "./support/host.js";
import { temporaryFolder } from "./support/sessions.js";

const folder = temporaryFolder();

/** A package of Pi that exports this. */
function pi(name: string, files: Record<string, string>, exports?: object): void {
  const place = join(folder.path, "node_modules/@mariozechner", name);
  mkdirSync(place, { recursive: true });
  const manifest = { name: `@mariozechner/${name}`, types: "./index.d.ts", exports };
  writeFileSync(join(place, "package.json"), JSON.stringify(manifest));
  for (const [path, text] of Object.entries(files)) writeFileSync(join(place, path), text);
}

/** The lines of the report that begin with a mark and name something, without what there is only here. */
function compared() {
  const { status, output } = command("drift", folder.path);
  return { status, lines: output.split("\n").filter((line) => /^ {2}[-~]/.test(line)) };
}

const modelNames = "export declare function getModel(provider: string, id: string): unknown;";

describe("drift", () => {
  it("finds none where everything of Pi is here", () => {
    pi("pi-ai", { "index.d.ts": modelNames });
    expect(compared()).toEqual({ status: 0, lines: [] });
  });

  it("tells of names, arguments and members that are not here", () => {
    pi("pi-ai", {
      "index.d.ts": `export * from "./moved.js"; export { old as older, type Gone } from "./old.js";
        export declare function getModel(provider: string, id: string, more: string): unknown;
        export type { Said } from "@mariozechner/pi-agent-core";`,
      "moved.d.ts": "export declare const soon: (a: string, b?: number) => void;",
      "old.d.ts":
        "interface Gone { a: string }; declare function old(...all: string[]): void; export { old, Gone };",
    });
    pi("pi-agent-core", {
      "index.d.ts": `export type Said = string;
        declare class Base { inherited(a: string): void; }
        export declare class Agent extends Base {
          constructor(options?: object);
          private secret(): void;
          prompt(): void;
          static make(): Agent;
          get state(): unknown;
        }`,
    });
    expect(compared()).toEqual({
      status: 1,
      lines: [
        "  - Gone: type",
        "  - Said: type",
        "  ~ getModel: function, 3 arguments in Pi, function, 2 arguments here",
        "  - older: function, 0 or more arguments",
        "  - soon: function, 1 to 2 arguments",
        "  - Agent.inherited",
        "  ~ Agent.prompt: 0 arguments in Pi, 1 to 2 arguments here",
        "  - Agent.static make",
        "  - Said: type",
      ],
    });
  });

  it("tells of whole modules that are not here, and of what is here alone", () => {
    pi(
      "pi-ai",
      { "index.d.ts": modelNames },
      { ".": { types: "./index.d.ts" }, "./new": { types: "./n.d.ts" } },
    );
    const { status, stdout } = command("drift", folder.path, "--json");
    const changes: { module: string; mark: string; name: string }[] = JSON.parse(stdout);
    expect(changes.at(-1)).toMatchObject({ module: "pi-ai/new", mark: "-", name: "*" });
    expect(changes).toContainEqual(expect.objectContaining({ mark: "+", name: "failureOf" }));
    expect(status).toBe(1);
  });

  it("says so when there is nothing to compare with", () => {
    expect(command("drift", folder.path)).toMatchObject({
      status: 2,
      output: expect.stringContaining("No package of Pi in"),
    });
    expect(command("drift").status).toBe(2);
  });
});
