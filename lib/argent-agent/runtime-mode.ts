// Which runtime a gateway asks for in its environment: Pi's, Argent's, or Argent's with Pi's where that fails.

/** Which runtime is used. */
export type AgentCoreRuntimeMode = "pi_only" | "argent_with_fallback" | "argent_strict";

/** Names the mode. */
export const AGENT_CORE_RUNTIME_MODE_ENV_VAR = "ARGENT_RUNTIME_MODE";
/** Turns Argent's on, with Pi's to fall back on; counts where the mode is not named. */
export const AGENT_CORE_RUNTIME_BOOL_ENV_VAR = "ARGENT_RUNTIME";

const NAMES: Record<string, AgentCoreRuntimeMode> = {
  pi_only: "pi_only",
  pi: "pi_only",
  argent_with_fallback: "argent_with_fallback",
  argent: "argent_with_fallback",
  argent_fallback: "argent_with_fallback",
  fallback: "argent_with_fallback",
  argent_strict: "argent_strict",
  strict: "argent_strict",
};
const YES = ["1", "true", "yes", "on"];

/** What decides. */
export type RuntimeEnvironment = Readonly<Record<string, string | undefined>>;

/** What was decided, and why. */
export interface AgentCoreRuntimeDiagnostics {
  mode: AgentCoreRuntimeMode;
  isArgentRuntime: boolean;
  piFallbackAllowed: boolean;
  /** Which variable has decided; a mode that does not exist has not. */
  source: "explicit_mode" | "legacy_bool" | "default";
  env: { runtimeModeRaw: string | undefined; runtimeBoolRaw: string | undefined };
}

/** The mode of an environment; `pi_only` where nothing says otherwise. */
export function resolveAgentCoreRuntimeMode(env: RuntimeEnvironment = process.env): AgentCoreRuntimeMode {
  return getAgentCoreRuntimeDiagnostics(env).mode;
}

export function isArgentRuntimeMode(mode: AgentCoreRuntimeMode): boolean {
  return mode !== "pi_only";
}

export function allowsPiFallback(mode: AgentCoreRuntimeMode): boolean {
  return mode === "argent_with_fallback";
}

/** Throws unless Pi's runtime may stand in for Argent's. */
export function assertPiFallbackAllowed(mode: AgentCoreRuntimeMode, operation: string): void {
  if (allowsPiFallback(mode)) return;
  const why = isArgentRuntimeMode(mode) ? "Pi fallback is not allowed" : "Argent's runtime is not in use";
  throw new Error(`${operation}: ${why} (${AGENT_CORE_RUNTIME_MODE_ENV_VAR}=${mode})`);
}

/** The mode of an environment, and why it is that. */
export function getAgentCoreRuntimeDiagnostics(
  env: RuntimeEnvironment = process.env,
): AgentCoreRuntimeDiagnostics {
  const runtimeModeRaw = env[AGENT_CORE_RUNTIME_MODE_ENV_VAR];
  const runtimeBoolRaw = env[AGENT_CORE_RUNTIME_BOOL_ENV_VAR];
  const name = runtimeModeRaw?.trim().toLowerCase() ?? "";
  const named = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  const isOn = YES.includes(runtimeBoolRaw?.trim().toLowerCase() ?? "");
  const mode = named ?? (isOn ? "argent_with_fallback" : "pi_only");
  return {
    mode,
    isArgentRuntime: isArgentRuntimeMode(mode),
    piFallbackAllowed: allowsPiFallback(mode),
    source: named ? "explicit_mode" : isOn ? "legacy_bool" : "default",
    env: { runtimeModeRaw, runtimeBoolRaw },
  };
}
