// What an agent needs of a system that learns from experience: lessons before a turn, an episode after it. Whatever
// offers this can be given to an agent; what fails in it never fails a turn.

import type { TurnUsage } from "../argent-ai/types.js";

/** How much may go wrong where a lesson is used; the higher, the surer a lesson must be. */
export type LessonContext = "general" | "tool" | "external" | "critical";

/** A lesson that was chosen. */
export interface ChosenLesson {
  lesson: { id: number; text: string };
  /** 0 to 1. */
  confidence: number;
}

/** What lessons are chosen by. */
export interface LessonQuery {
  /** Default 3. */
  maxLessons?: number;
  context?: LessonContext;
  /** What the user said. */
  prompt?: string;
  /** Names of the tools on offer. */
  tools?: string[];
  episodeId?: string;
}

/** Chooses lessons for a turn and hears which were used. */
export interface LessonInjector {
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
  prompt: string;
  toolCalls: { name: string; isError: boolean; result: string; durationMs: number }[];
  stopReason: string;
  usage: TurnUsage;
  lessonIds: number[];
  /** -2 to 2. */
  preValence?: number;
  /** Milliseconds. */
  durationMs: number;
}

/** Takes an episode for every finished turn. */
export interface EpisodeRecorder {
  recordEpisode(episode: TurnEpisode): Promise<unknown>;
}

/** What an agent is given of it. */
export interface AgentSis {
  injector: LessonInjector;
  episodes?: EpisodeRecorder;
  /** The store behind the injector, for the host. */
  storage?: unknown;
  /** Hears of what went wrong. */
  onError?: (
    error: unknown,
    operation: "selectLessonsForTurn" | "recordInjections" | "recordEpisode",
  ) => void;
}
