/** Files of extensions: TypeScript as users write it, whole and broken. */

const HEADS = [
  'import type { ExtensionAPI } from "@mariozechner/pi-coding-agent";',
  'import { Type, type Static } from "typebox";\nimport { defineTool, isBashToolResult } from "@mariozechner/pi-coding-agent";',
  'import { Type } from "@sinclair/typebox";\nimport { StringEnum } from "@mariozechner/pi-ai";',
  'import { Value } from "typebox/value";\nimport * as core from "@mariozechner/pi-agent-core";\nimport { join } from "node:path";',
  'const { readFileSync } = require("node:fs");',
  "enum Colour { Red, Green = 4 }\ninterface Unused { a?: string }",
  "",
];

const BODIES = [
  'pi.registerTool({ name: "t", label: "T", description: "d", parameters: { type: "object" }, async execute() { return { content: [], details: 1 }; } });',
  'pi.registerCommand("c", { description: "says it", handler: async () => {} });\n  pi.registerFlag("f", { type: "boolean", default: true });',
  'pi.on("session_start", async (_event, ctx) => { ctx.ui.notify("hi"); });\n  pi.registerShortcut("ctrl+x", { handler() {} });',
  'pi.registerProvider("p", { baseUrl: "http://x", apiKey: "K" });\n  await Promise.resolve();',
  'pi.registerMessageRenderer("m", () => undefined);\n  pi.events.on("x", () => {});',
  "pi.getActiveTools();",
  "pi.setModel({} as any).catch(() => {});",
  'throw new Error("no luck");',
  "throw 12;",
  'const flag = pi.getFlag("f");\n  pi.registerCommand("flag-" + flag, { handler: async () => {} });',
  'pi.registerCommand(String(import.meta.url.startsWith("file:")), { handler: async () => {} });',
  "pi.registerCommand(typeof __dirname, { handler: async () => {} });",
  "",
];

const BROKEN = [
  "export default 12;",
  "export const named = () => {};",
  "export default function (pi {",
  'import { x } from "./gone.js";\nexport default () => x;',
  'import x from "no-such-package-here";\nexport default () => x;',
  'throw new Error("at load");',
  "module.exports = (pi) => { pi.registerCommand('cjs', { handler: async () => {} }); };",
  "module.exports = { default: (pi) => { pi.registerCommand('cjs-default', { handler: async () => {} }); } };",
  "export default class { constructor(pi) {} }",
  "",
  "const top = await Promise.resolve('top');\nexport default (pi) => pi.registerCommand(top, { handler: async () => {} });",
];

/** The source of an extension. */
export function extensionFile(random) {
  if (random.chance(0.3)) return random.pick(BROKEN);
  const heads = random.times(0, 1, () => random.pick(HEADS)).join("\n");
  const bodies = random.times(1, 2, () => random.pick(BODIES)).join("\n  ");
  const kind = random.pick(["export default async function (pi", "export default async (pi"]);
  const typed = heads.includes("ExtensionAPI") ? ": ExtensionAPI" : "";
  return `${heads}\n${kind}${typed})${kind.endsWith("(pi") && kind.includes("function") ? "" : " =>"} {\n  ${bodies}\n}\n`;
}
