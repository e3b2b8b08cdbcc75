// What a self-improving system is made with.

/** What is wanted of a model that looks for lessons. */
export interface LessonModelRequest {
  /** What to send: the run, quoted as data, and what to answer. Secrets are blacked out. */
  prompt: string;
  /** The JSON schema that the answer has to keep to. */
  schema: object;
}

/** Where something may go wrong that no turn fails for. */
export type SISOperation =
  | "selectLessonsForTurn"
  | "recordInjections"
  | "recordEpisode"
  | "feedback"
  | "model"
  | "embed";

/** How an agent learns. */
export interface SISOptions {
  /**
   * Where lessons are kept: the path of a file, or a `postgres://` URL for many machines. Default: `ARGENT_SIS_STORE`, or
   * `lessons.db` in the agent's folder.
   */
  store?: string;
  /** Whose lessons they are. Default `default`. */
  agentId?: string;
  /** Names of shared scopes that it reads besides. */
  shared?: string[];
  /** Lessons of a turn at most. Default 3. */
  maxLessons?: number;
  /** Tokens of a turn's lessons at most. Default 280. */
  maxTokens?: number;
  /** How often a lesson must be expected to help, 0 to 1. Default 0: relevance and exploration decide. */
  minConfidence?: number;
  /** From which share of words in common two lessons are one, 0 to 1. Default 0.7. */
  similarity?: number;
  /** In how many days half of what was seen of a lesson is forgotten; 0 for never. Default 90. */
  halfLifeDays?: number;
  /** Whether rules look for lessons in episodes. Default true. */
  extracts?: boolean;
  /** Makes what is drawn the same in every run. */
  seed?: number;
  /** Looks for lessons in a run, when it is over and in nobody's way; answers as JSON. */
  model?: (request: LessonModelRequest) => Promise<string>;
  /** Finds what words do not. Called with prompts and with lessons. */
  embedder?: (texts: string[]) => Promise<Float32Array[]>;
  /** How long a turn waits for its lessons or for its record, in milliseconds. Default 2000. */
  timeoutMs?: number;
  /** Hears of what went wrong. */
  onError?: (error: unknown, operation: SISOperation) => void;
}
