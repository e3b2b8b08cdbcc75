// Chooses lessons for a turn, and hears what came of it.

import { promptWithLessons } from "../../native.js";
import type { ChosenLesson, LessonContext, LessonQuery, LessonSource } from "../sis.js";
import { type LessonBook, within } from "./book.js";
import type { Lesson } from "./lesson.js";
import type { SISOptions } from "./options.js";

/** A lesson that was chosen, and why. */
export interface LessonCandidate extends ChosenLesson {
  lesson: Lesson;
  selected: true;
  /** How much it has to do with the prompt, 0 to 1. */
  relevance: number;
}

/** A lesson that was not chosen, and why not. */
export interface SkippedLesson {
  lesson: { id: number; text: string };
  /** 0 to 1. */
  confidence: number;
  selected: false;
  reason: "irrelevant" | "unproven" | "below-threshold" | "near-miss" | "worth" | "alike" | "budget";
}

/** What was chosen for a turn. */
export interface LessonInjectionResult {
  /** The best first. */
  injected: LessonCandidate[];
  skipped: SkippedLesson[];
  /** All that bears on the turn, with what the conversation holds already; for the turn's episode. */
  shown: ShownLesson[];
  /** For the end of the prompt; empty without lessons. The same lessons make the same text. */
  promptSection: string;
  /** The choice as lines of text, for people. */
  visualization: string;
  context: LessonContext;
}

/** A lesson that a run is shown. */
export interface ShownLesson {
  lessonId: number;
  relevance: number;
  terms: string[];
}

interface Selection {
  injected: { lesson: Lesson; relevance: number }[];
  skipped: { lessonId: number; text: string; confidence: number; reason: SkippedLesson["reason"] }[];
  shown: ShownLesson[];
  promptSection: string;
}

/** Chooses lessons for turns. */
export class LessonInjector implements LessonSource {
  constructor(
    private readonly book: LessonBook,
    private readonly options: SISOptions,
  ) {}

  /**
   * Chooses lessons that have to do with a prompt. Nothing is written.
   * @throws SISError when the store cannot be read, or not within `timeoutMs`.
   */
  selectLessonsForTurn(query: LessonQuery): Promise<LessonInjectionResult> {
    return within(this.options.timeoutMs ?? 2000, this.select(query));
  }

  private async select(query: LessonQuery): Promise<LessonInjectionResult> {
    const { context = "general", prompt = "", error, standing = [], seed } = query;
    const { maxLessons, maxTokens, minConfidence } = { ...this.options, ...defined(query) };
    const embedding = await this.place(prompt);
    const now = Date.now();
    const { injected, skipped, shown, promptSection } = await this.book.ask<Selection>("select", {
      query: { prompt, error, standing, seed, embedding, now },
      context,
      maxLessons,
      maxTokens,
      minConfidence,
    });
    const chosen = injected.map(({ lesson, relevance }) => ({
      lesson,
      confidence: lesson.confidence,
      selected: true as const,
      relevance,
      terms: shown.find(({ lessonId }) => lessonId === lesson.id)?.terms,
    }));
    const left = skipped.map(({ lessonId: id, text, confidence, reason }) => ({
      lesson: { id, text },
      confidence,
      selected: false as const,
      reason,
    }));
    return {
      injected: chosen,
      skipped: left,
      shown,
      promptSection,
      visualization: visualized(chosen, left),
      context,
    };
  }

  /** Notes what an episode is shown, before it is over; its recording completes it. */
  async recordInjections(injected: ChosenLesson[], episodeId: string, preValence: number): Promise<void> {
    const shown = shownOf(injected);
    await this.book.ask("begin", { episodeId, shown, preValence, at: Date.now() });
  }

  /**
   * Credits an outcome, -2 to 2, to the lessons that an episode followed, in one transaction. The same outcome again
   * changes nothing, another one takes its place.
   *
   * @returns the ids of the lessons that are believed otherwise now.
   */
  updateInjectionOutcomes(
    episodeId: string,
    postValence: number,
    contradicted = false,
    credit: { applied?: number[]; ratings?: [id: number, valence: number][] } = {},
  ): Promise<number[]> {
    const outcome = { episodeId, valence: postValence, contradicted, at: Date.now(), ...credit };
    return this.book.ask("settle", { outcome });
  }

  /** Has an episode speak against one lesson alone. */
  markContradiction(lessonId: number, episodeId: string): Promise<number[]> {
    return this.updateInjectionOutcomes(episodeId, -1, true, { applied: [lessonId] });
  }

  /** Where a prompt lies among embeddings; without an answer words have to do. */
  private async place(prompt: string): Promise<number[] | undefined> {
    const { embedder, onError } = this.options;
    if (!embedder || !prompt) return undefined;
    try {
      const [vector] = await embedder([prompt]);
      return vector && Array.from(vector);
    } catch (error) {
      onError?.(error, "embed");
      return undefined;
    }
  }
}

/** A system prompt with the lessons of a turn behind what is static, which stays the prefix that providers cache. */
export function injectLessonsIntoPrompt(
  systemPrompt: string,
  lessons: string | { promptSection: string },
): string {
  return promptWithLessons(systemPrompt, typeof lessons === "string" ? lessons : lessons.promptSection);
}

/** What an episode says of the lessons that were chosen for it. */
export function shownOf(injected: ChosenLesson[]): ShownLesson[] {
  return injected.map(({ lesson, relevance = 1, terms = [] }) => ({ lessonId: lesson.id, relevance, terms }));
}

function defined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function visualized(injected: LessonCandidate[], skipped: SkippedLesson[]): string {
  const line = (mark: string, id: number, confidence: number, why: string, text: string) =>
    `${mark} L${id} ${"#".repeat(Math.round(confidence * 10)).padEnd(10, ".")} ${confidence.toFixed(2)} ${why}: ${text}`;
  return [
    ...injected.map(({ lesson: { id, text }, confidence, relevance }) =>
      line("+", id, confidence, `relevance ${relevance.toFixed(2)}`, text),
    ),
    ...skipped.map(({ lesson: { id, text }, confidence, reason }) => line("-", id, confidence, reason, text)),
  ].join("\n");
}
