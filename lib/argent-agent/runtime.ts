// Puts Pi's modules or Argent's in a gateway's hands, as its environment says.

import {
  type AgentCoreRuntimeMode,
  allowsPiFallback,
  isArgentRuntimeMode,
  resolveAgentCoreRuntimeMode,
} from "./runtime-mode.js";
import { type RuntimeDifference, shadowed } from "./shadow.js";

/** Pi's modules, by the names that they have here. */
export interface RuntimeModules {
  "pi-ai": typeof import("../pi-ai/index.js");
  "pi-agent-core": typeof import("../pi-agent-core/index.js");
  "pi-coding-agent": typeof import("../pi-coding-agent/index.js");
}

/** What a host has of Pi. The types of its modules are its own. */
export type PiModules = { readonly [Name in keyof RuntimeModules]?: object };

/** How a runtime is chosen. */
export interface RuntimeOptions {
  /** Pi's modules, as `import` gives them. */
  pi?: PiModules;
  /** Instead of what the environment says. */
  mode?: AgentCoreRuntimeMode;
  /** Called when Pi's modules stand in because Argent's cannot be loaded. */
  onFallback?: (error: unknown) => void;
  /** If set, both runtimes do what they can do twice without harm, and this hears of the first difference. */
  onDifference?: (difference: RuntimeDifference) => void;
}

/** A runtime. */
export interface Runtime {
  mode: AgentCoreRuntimeMode;
  /** Whose modules they are. */
  source: "argent" | "pi";
  modules: RuntimeModules;
}

/**
 * The runtime to use: in `pi_only` Pi's modules, else Argent's, with what only Pi exports beside it and Pi's in its place
 * if it cannot be loaded, unless the mode is strict.
 * @throws if the mode asks for modules of Pi that were not given, or for Argent's and those cannot be loaded.
 */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const { pi = {}, mode = resolveAgentCoreRuntimeMode(), onDifference } = options;
  const chosen = isArgentRuntimeMode(mode) ? await argentOr(pi, mode, options.onFallback) : onlyPi(pi, mode);
  if (!onDifference) return chosen;
  const other = chosen.source === "pi" ? await loadArgent() : pi;
  return { ...chosen, modules: shadowed(chosen, other, onDifference) };
}

async function loadArgent(): Promise<RuntimeModules> {
  const [ai, core, coding] = await Promise.all([
    import("../pi-ai/index.js"),
    import("../pi-agent-core/index.js"),
    import("../pi-coding-agent/index.js"),
  ]);
  return { "pi-ai": ai, "pi-agent-core": core, "pi-coding-agent": coding };
}

async function argentOr(
  pi: PiModules,
  mode: AgentCoreRuntimeMode,
  onFallback: RuntimeOptions["onFallback"],
): Promise<Runtime> {
  let modules: RuntimeModules;
  try {
    modules = await loadArgent();
  } catch (error) {
    if (!allowsPiFallback(mode)) throw error;
    onFallback?.(error);
    return onlyPi(pi, mode);
  }
  if (allowsPiFallback(mode)) {
    const merged = Object.entries(modules).map(([name, own]) => [
      name,
      { ...pi[name as keyof PiModules], ...own },
    ]);
    modules = Object.fromEntries(merged);
  }
  return { mode, source: "argent", modules };
}

function onlyPi(pi: PiModules, mode: AgentCoreRuntimeMode): Runtime {
  const names: (keyof RuntimeModules)[] = ["pi-ai", "pi-agent-core", "pi-coding-agent"];
  const missing = names.filter((name) => !pi[name]);
  if (missing.length > 0) throw new Error(`Pi's modules were not given: ${missing.join(", ")}`);
  return { mode, source: "pi", modules: pi as unknown as RuntimeModules };
}
