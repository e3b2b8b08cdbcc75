// What an agent needs of a system that learns from experience: lessons before a turn, an episode after it. Whatever
// offers this can be given to an agent; what fails in it never fails a turn.

import type { SISOperation } from "./sis/options.js";

/** How much may go wrong where a lesson is used; the higher, the surer a lesson must be. */
export type LessonContext = "general" | "tool" | "external" | "critical";

/** A lesson that was chosen. */
export interface ChosenLesson {
  lesson: { id: number; text: string };
  /** 0 to 1. */
  confidence: number;
  /** How much it has to do with the prompt, 0 to 1. */
  relevance?: number;
  /** The words of the prompt that tell it from others. */
  terms?: string[];
}

/** What lessons are chosen by. */
export interface LessonQuery {
  /** Default: the system's own, 3. */
  maxLessons?: number;
  /** Default: the system's own, 280. */
  maxTokens?: number;
  /** 0 to 1; how often a lesson must be expected to help. Default: the context's. */
  minConfidence?: number;
  context?: LessonContext;
  /** What the user said. */
  prompt?: string;
  /** Names of the tools on offer. */
  tools?: string[];
  /** The error at hand. */
  error?: string;
  /** Lessons that the conversation holds already. */
  standing?: number[];
  /** Makes what is drawn the same. */
  seed?: number;
  episodeId?: string;
}

/** Chooses lessons for a turn and hears which were used. */
export interface LessonSource {
  selectLessonsForTurn(query: LessonQuery): Promise<{
    injected: ChosenLesson[];
    /** For the end of the system prompt; empty without lessons. */
    promptSection: string;
  }>;
  recordInjections(injected: ChosenLesson[], episodeId: string, preValence: number): Promise<unknown>;
}

/** What a turn was like. */
export interface TurnEpisode {
  id?: string;
  sessionId?: string;
  /** The episode before it, where its prompt is the answer to that. */
  follows?: string;
  prompt: string;
  /** What was said last. */
  answer?: string;
  /** Lessons that the host puts in words. */
  stated?: string[];
  toolCalls: { name: string; arguments?: unknown; isError: boolean; result: string; durationMs: number }[];
  stopReason: string;
  /** In the provider's or in Pi's shape. */
  usage: object;
  /** In dollars. */
  cost?: number;
  lessonIds: number[];
  injected?: ChosenLesson[];
  /** -2 to 2. */
  preValence?: number;
  /** -2 to 2; how things stand after it, if anybody says so. Default: told from the run. */
  valence?: number;
  /** Milliseconds. */
  durationMs: number;
}

/** Takes an episode for every finished turn. */
export interface EpisodeRecorder {
  recordEpisode(episode: TurnEpisode): Promise<unknown>;
}

/** What an agent is given of it. */
export interface AgentSis {
  injector: LessonSource;
  episodes?: EpisodeRecorder;
  /** The store behind the injector, for the host. */
  storage?: unknown;
  /** Hears of what went wrong. */
  onError?: (error: unknown, operation: SISOperation) => void;
}
