// An agent's lessons for its host: listed, explained, endorsed, retired, carried elsewhere.

import type { LessonBook } from "./book.js";
import type { LessonHistory } from "./confidence.js";
import type {
  Endorsement,
  Learned,
  Lesson,
  LessonDraft,
  LessonInjectionRecord,
  StoredEpisode,
} from "./lesson.js";

const DAY = 86_400_000;

/** What is kept of an agent's learning. */
export class LessonStorage {
  constructor(private readonly book: LessonBook) {}

  /** Adds a lesson, or strengthens the one that says the same. What the screen refuses is named in the answer. */
  createLesson(draft: LessonDraft): Promise<Learned> {
    return this.createLessons([draft]);
  }

  createLessons(drafts: LessonDraft[]): Promise<Learned> {
    return this.book.ask("learn", { drafts, at: Date.now() });
  }

  async getLesson(id: number): Promise<Lesson | undefined> {
    return (await this.book.ask<Lesson | null>("lesson", { id, now: Date.now() })) ?? undefined;
  }

  /** The lessons that the agent reads, the most trusted first; retired ones only if they are wanted. */
  async listLessons(options: { limit?: number; includeRetired?: boolean } = {}): Promise<Lesson[]> {
    const { limit, includeRetired = false } = options;
    const lessons = await this.book.ask<Lesson[]>("lessons", { now: Date.now() });
    return lessons.filter(({ isActive }) => isActive || includeRetired).slice(0, limit);
  }

  /** Lessons with any of some words, the best first. */
  searchLessons(words: string, limit = 10): Promise<Lesson[]> {
    return this.book.ask("search", { words, most: limit });
  }

  /** Lessons about a tool, the most trusted first. */
  async getLessonsByTool(tool: string, limit = 10): Promise<Lesson[]> {
    const lessons = await this.listLessons();
    return lessons.filter(({ relatedTools }) => relatedTools.includes(tool)).slice(0, limit);
  }

  /** Why a lesson is trusted as it is: the latest outcomes it was followed to, the oldest first, and endorsements. */
  async explainLesson(id: number): Promise<{
    lesson: Lesson;
    injections: LessonInjectionRecord[];
    endorsements: Endorsement[];
  }> {
    const why = await this.book.ask<{ injections: LessonInjectionRecord[]; endorsements: Endorsement[] }>(
      "explain",
      { id },
    );
    return { lesson: (await this.getLesson(id)) as Lesson, ...why };
  }

  /** What `calculateLessonConfidence` takes of a lesson. */
  async buildLessonHistory(id: number): Promise<LessonHistory | undefined> {
    const lesson = await this.getLesson(id);
    if (!lesson) return undefined;
    const { lastUsedAt, contradicted, endorsed } = lesson;
    return {
      avgValenceDelta: lesson.avgValenceDelta,
      injectionCount: lesson.injectionCount,
      successCount: lesson.successCount,
      familyEndorsements: endorsed[0],
      operatorEndorsements: endorsed[1],
      daysSinceLastUse: lastUsedAt === null ? 999 : Math.max(0, Math.floor((Date.now() - lastUsedAt) / DAY)),
      hasGroundTruthContradiction: contradicted !== null,
      successfulUsesSinceContradiction: contradicted ?? 0,
      llmSelfConfidence: null,
    };
  }

  /** Takes somebody's word for a lesson, or with a strength below 0 against it. */
  async endorseLesson({ strength = 1, endorsedAt = Date.now(), ...endorsement }: Endorsement): Promise<void> {
    await this.book.ask("endorse", { endorsement: { strength, endorsedAt, ...endorsement } });
  }

  /** Has a lesson shown no more. */
  async deactivateLesson(id: number): Promise<void> {
    await this.book.ask("setActive", { id, active: false, at: Date.now() });
  }

  /** Has a retired lesson shown again. */
  async activateLesson(id: number): Promise<void> {
    await this.book.ask("setActive", { id, active: true, at: Date.now() });
  }

  /** Lessons that are old and little trusted. */
  async findLessonsForDemotion(options: { maxConfidence?: number; minAge?: number } = {}): Promise<Lesson[]> {
    const { maxConfidence = 0.3, minAge = 30 * DAY } = options;
    const before = Date.now() - minAge;
    const lessons = await this.listLessons();
    return lessons.filter(({ confidence, createdAt }) => confidence <= maxConfidence && createdAt <= before);
  }

  /** The agent's latest episodes, the last one first. */
  listEpisodes(limit = 20): Promise<StoredEpisode[]> {
    return this.book.ask("episodes", { most: limit });
  }

  /** All lessons, one line of JSON each. */
  exportLessons(): Promise<string> {
    return this.book.ask("export", { now: Date.now() });
  }

  /** Takes exported lessons in, or none of them where a line is not one. What is known stays as it is. */
  importLessons(lines: string): Promise<Learned> {
    return this.book.ask("import", { lines, at: Date.now() });
  }
}
