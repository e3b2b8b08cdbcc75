// The shapes of lessons and of what is known of them. Times are milliseconds since 1970.

/** What a lesson is about. */
export type LessonType = "mistake" | "success" | "workaround" | "discovery";

/** Whom a lesson belongs to. */
export type LessonScope = `agent:${string}` | `shared:${string}`;

/** A lesson. */
export interface Lesson {
  id: number;
  scope: LessonScope;
  /** As it was said. */
  text: string;
  /** What tells it from others of its scope. */
  normalized: string;
  type: LessonType;
  context?: string;
  action?: string;
  outcome?: string;
  correction?: string;
  tags: string[];
  relatedTools: string[];
  sourceEpisodeIds: string[];
  createdAt: number;
  updatedAt: number;
  lastUsedAt: number | null;
  isActive: boolean;
  /** Known outcomes of episodes that it was followed in. */
  injectionCount: number;
  successCount: number;
  avgValenceDelta: number;
  /** How many episodes taught it. */
  occurrences: number;
  /** 0 to 1. */
  initialConfidence: number;
  /** How often it is expected to help, 0 to 1. */
  confidence: number;
  /** Strengths of endorsements, by the family and by operators. */
  endorsed: [family: number, operator: number];
  /** Successes since an outcome contradicted it. */
  contradicted: number | null;
}

/** What may become a lesson. */
export interface LessonDraft {
  /** At most 2,000 characters. */
  text: string;
  /** Default `discovery`. */
  type?: LessonType;
  context?: string;
  action?: string;
  outcome?: string;
  correction?: string;
  tags?: string[];
  relatedTools?: string[];
  /** How far it is trusted for a start, 0 to 1. Default 0.5. */
  confidence?: number;
  /** Default: the agent's own. */
  scope?: LessonScope;
}

/** Why a draft may not become a lesson. */
export type LessonThreat = string;

/** What was learned. */
export interface Learned {
  /** Whether the episode is new. */
  recorded: boolean;
  /** Ids of new lessons. */
  added: number[];
  /** Ids of lessons that were known. */
  strengthened: number[];
  refused: [place: number, threat: LessonThreat][];
}

/** A lesson that an episode was shown. */
export interface LessonInjectionRecord {
  scope: LessonScope;
  episodeId: string;
  lessonId: number;
  /** 0 to 1. */
  relevance: number;
  terms: string[];
  settled: {
    at: number;
    preValence: number;
    postValence: number;
    /** How much of the outcome is owed to the lesson, 0 to 1. */
    weight: number;
    /** How good it was, 0 to 1. */
    value: number;
    contradicted: boolean;
  } | null;
}

/** Somebody's word for a lesson. The latest of an endorser counts. */
export interface Endorsement {
  lessonId: number;
  /** Another agent, or a person in charge. */
  endorserType: "family" | "operator";
  endorserId: string;
  /** -1 to 1. Default 1. */
  strength?: number;
  /** Default: now. */
  endorsedAt?: number;
  comment?: string;
}

/** An episode as it is kept. */
export interface StoredEpisode {
  id: string;
  sessionId?: string;
  startedAt: number;
  finishedAt: number;
  promptDigest: string;
  tools: { tool: string; input: string; success: boolean; error?: string; durationMs: number }[];
  stopReason: string;
  usage?: object;
  /** In dollars. */
  cost?: number;
  shown: { lessonId: number; relevance: number; terms: string[] }[];
  preValence: number;
  valence?: number;
}
