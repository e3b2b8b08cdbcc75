// Lessons from episodes that say themselves what they teach.

import type { LessonBook } from "./book.js";
import type { Learned, Lesson, LessonDraft } from "./lesson.js";

/** What an agent tells of something that it went through. */
export interface ReflectedEpisode {
  id: string | number;
  type: string;
  content: string;
  lesson?: string | null;
  selfInsights?: string[];
  patterns?: string[];
  /** -2 to 2. */
  valence?: number;
  /** 0 to 1. */
  arousal?: number;
  createdAt?: Date | number | string;
}

/** What came of an extraction. */
export interface ExtractionResult {
  promoted: Lesson[];
  skipped: { text?: string; lessonId?: number; reason: string }[];
  /** Of new lessons. */
  lessonIds: number[];
}

/** Shorter texts teach nothing. */
const SHORTEST = 10;
const TEACHING = new Set(["reflection", "task_execution", "research", "creation"]);

/** Takes lessons out of episodes. */
export class LessonExtractor {
  constructor(private readonly book: LessonBook) {}

  /** Takes in what an episode says that it taught. A lesson that is known becomes stronger. */
  async extractFromEpisode(
    episode: ReflectedEpisode,
    options: { initialConfidence?: number } = {},
  ): Promise<ExtractionResult> {
    const { lesson, selfInsights = [], patterns = [], createdAt } = episode;
    const texts = [lesson ?? "", ...selfInsights, ...patterns].map((text) => text.trim());
    const drafts: LessonDraft[] = texts
      .filter(({ length }) => length > SHORTEST)
      .map((text) => ({ text, confidence: options.initialConfidence }));
    const at = createdAt === undefined ? Date.now() : new Date(createdAt).getTime();
    const learned = await this.book.ask<Learned>("learn", { episodeId: String(episode.id), drafts, at });
    const promoted = await Promise.all(
      learned.added.map((id) => this.book.ask<Lesson>("lesson", { id, now: at })),
    );
    return {
      promoted,
      skipped: [
        ...learned.strengthened.map((lessonId) => ({ lessonId, reason: "duplicate" })),
        ...learned.refused.map(([place, reason]) => ({ text: drafts[place]?.text, reason })),
      ],
      lessonIds: learned.added,
    };
  }
}

/** Takes lessons out of a completed episode, if it is of a kind that teaches. Failures do too. */
export async function onEpisodeComplete(
  episode: ReflectedEpisode,
  { extractor }: { extractor: LessonExtractor },
): Promise<ExtractionResult> {
  if (!TEACHING.has(episode.type)) return { promoted: [], skipped: [], lessonIds: [] };
  return extractor.extractFromEpisode(episode);
}
