// Loads the files of extensions. They are TypeScript and import Pi's packages by name: what they get is this package.

import type { Jiti } from "jiti";
import type { ExtensionFactory } from "./api.js";

/** The names that Pi's packages go by. */
const SCOPES = ["@mariozechner", "@earendil-works"];
const TERMINAL = "pi-tui";
/** The parts of `pi-ai` that are imported apart. */
const AI_PARTS = [
  "anthropic",
  "azure-openai-responses",
  "bedrock-provider",
  "google",
  "google-vertex",
  "mistral",
  "oauth",
  "openai-codex-responses",
  "openai-completions",
  "openai-responses",
];

let modules: Promise<Record<string, unknown>> | undefined;

/** An extension's factory; `undefined` where its file exports no function. */
export async function loadFactory(path: string): Promise<ExtensionFactory | undefined> {
  const { createJiti } = await import("jiti");
  modules ??= sharedModules();
  // Without a cache a file that has changed since is loaded anew.
  const jiti: Jiti = createJiti(import.meta.url, { moduleCache: false, virtualModules: await modules });
  try {
    const factory = await jiti.import(path, { default: true });
    return typeof factory === "function" ? (factory as ExtensionFactory) : undefined;
  } catch (error) {
    throw terminalMissing(error) ?? error;
  }
}

/** The modules that extensions share with the host, by the names that they import. */
async function sharedModules(): Promise<Record<string, unknown>> {
  const [typebox, compile, value, ai, agent, session] = await Promise.all([
    import("typebox"),
    import("typebox/compile"),
    import("typebox/value"),
    import("../../pi-ai/index.js"),
    import("../../pi-agent-core/index.js"),
    import("../index.js"),
  ]);
  const shared: Record<string, unknown> = {};
  for (const name of ["typebox", "@sinclair/typebox"]) {
    Object.assign(shared, { [name]: typebox, [`${name}/compile`]: compile, [`${name}/value`]: value });
  }
  const parts = await Promise.all(AI_PARTS.map((part) => import(`../../pi-ai/${part}.js`)));
  const terminal = await hostsTerminal();
  for (const owner of [...SCOPES, "argent-runtime"]) {
    shared[`${owner}/pi-ai`] = ai;
    for (const [at, part] of AI_PARTS.entries()) shared[`${owner}/pi-ai/${part}`] = parts[at];
    shared[`${owner}/pi-agent-core`] = agent;
    shared[`${owner}/pi-coding-agent`] = session;
    if (terminal) shared[`${owner}/${TERMINAL}`] = terminal;
  }
  return shared;
}

/** Pi's terminal library, where the host has it. */
async function hostsTerminal(): Promise<unknown> {
  for (const scope of SCOPES) {
    try {
      return await import(`${scope}/${TERMINAL}`);
    } catch {
      // An extension may still have it among its own modules.
    }
  }
  return undefined;
}

function terminalMissing(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  const wanted = SCOPES.map((scope) => `${scope}/${TERMINAL}`).find((name) =>
    error.message.startsWith(`Cannot find module '${name}'`),
  );
  return wanted
    ? new Error(
        `${wanted} is not installed: install it beside the host to use extensions that draw in a terminal`,
      )
    : undefined;
}
