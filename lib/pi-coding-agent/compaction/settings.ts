// When a session is compacted.

/** How much room a session is given. */
export interface CompactionSettings {
  /** Whether a session is compacted when it has become too long. */
  enabled: boolean;
  /** What is left free of a model's context for the prompt and the answer, in tokens. */
  reserveTokens: number;
  /** About how much of the end of the session is kept as it is, in tokens. */
  keepRecentTokens: number;
}

export const DEFAULT_COMPACTION_SETTINGS: CompactionSettings = {
  enabled: true,
  reserveTokens: 16384,
  keepRecentTokens: 20000,
};

/**
 * Whether a context has become too long. Never for a model whose window is not known.
 * @param contextTokens - what the context takes.
 * @param contextWindow - what the model takes; 0 when that is not known.
 */
export function shouldCompact(
  contextTokens: number,
  contextWindow: number,
  settings: CompactionSettings,
): boolean {
  return settings.enabled && contextWindow > 0 && contextTokens > contextWindow - settings.reserveTokens;
}
