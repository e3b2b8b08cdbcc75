// The self-improving system: lessons before a turn, its episode after it, and what is learned from that.

import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { getAgentDir } from "../../pi-coding-agent/session-files.js";
import type { AgentSis, EpisodeRecorder, TurnEpisode } from "../sis.js";
import { LessonBook, SISError, within } from "./book.js";
import { LessonExtractor } from "./extractor.js";
import { LessonInjector, shownOf } from "./injector.js";
import type { Learned, LessonDraft } from "./lesson.js";
import type { LessonModelRequest, SISOperation, SISOptions } from "./options.js";
import { LessonStorage } from "./storage.js";

/** What came of recording an episode. */
export interface RecordedEpisode extends Learned {
  /** For feedback. */
  episodeId: string;
}

/** How many runs wait at most for a model to look at them, and how many lessons get their places at once. */
const WAITING = 16;
const BATCH = 64;

/** An agent's self-improving system. What fails in it fails no turn. */
export class SIS implements AgentSis {
  readonly storage: LessonStorage;
  readonly injector: LessonInjector;
  readonly extractor: LessonExtractor;
  readonly episodes: EpisodeRecorder;
  readonly onError: SISOptions["onError"];
  private readonly book: LessonBook;
  /** What is done behind the turns' backs, one after another. */
  private aside: Promise<void> = Promise.resolve();
  private waiting = 0;

  constructor(private readonly options: SISOptions = {}) {
    const { store, agentId: agent = "default", maxLessons, maxTokens, ...rest } = options;
    const { shared, similarity, halfLifeDays, extracts, seed } = rest;
    const place = store ?? process.env.ARGENT_SIS_STORE ?? join(getAgentDir(), "lessons.db");
    this.book = new LessonBook(place, { agent, shared, similarity, halfLifeDays, extracts, seed });
    this.storage = new LessonStorage(this.book);
    this.injector = new LessonInjector(this.book, options);
    this.extractor = new LessonExtractor(this.book);
    this.episodes = { recordEpisode: (episode) => this.recordEpisode(episode) };
    this.onError = options.onError;
  }

  /**
   * Opens the store, which the first turn does otherwise.
   * @throws SISError when it cannot be opened.
   */
  async ready(): Promise<void> {
    await this.book.open();
  }

  /**
   * Keeps an episode, learns from it and credits its outcome, if it can be told from the run. A model and an embedder are
   * asked later.
   * @throws SISError when it could not be kept, or not within `timeoutMs`.
   */
  recordEpisode(episode: TurnEpisode): Promise<RecordedEpisode> {
    return within(this.options.timeoutMs ?? 2000, this.record(episode));
  }

  /**
   * Says how an episode went: up, down, or a valence from -2 to 2. The latest word counts.
   *
   * @returns the ids of the lessons that are believed otherwise now.
   */
  feedback(episodeId: string, verdict: "up" | "down" | number): Promise<number[]> {
    const valence = verdict === "up" ? 1 : verdict === "down" ? -1 : verdict;
    return this.injector.updateInjectionOutcomes(episodeId, valence);
  }

  /** Resolves when the model and the embedder have had their say of the episodes so far. */
  async idle(): Promise<void> {
    for (let seen: unknown; seen !== this.aside; ) {
      seen = this.aside;
      await this.aside;
    }
  }

  /** Tells the host of what went wrong. What the host throws over that is not passed on. */
  report(error: unknown, operation: SISOperation): void {
    try {
      this.onError?.(error, operation);
    } catch {}
  }

  private async record(turn: TurnEpisode): Promise<RecordedEpisode> {
    const episodeId = turn.id ?? randomUUID();
    const episode = { ...recorded(turn), id: episodeId };
    const learned = await this.book.ask<Learned>("finish", { episode, drafts: [] });
    if (learned.recorded) this.lookAgain(episode);
    return { episodeId, ...learned };
  }

  private lookAgain(episode: { id: string }): void {
    const { model, embedder } = this.options;
    if (!model && !embedder) return;
    if (this.waiting >= WAITING) {
      this.report(new SISError(`${WAITING} runs wait for the model already`, "SIS_BUSY"), "model");
      return;
    }
    this.waiting++;
    this.aside = this.aside.then(async () => {
      if (model) await this.attempt("model", () => this.reflect(episode, model));
      if (embedder) await this.attempt("embed", () => this.embed(embedder));
      this.waiting--;
    });
  }

  private async reflect(episode: { id: string }, model: NonNullable<SISOptions["model"]>): Promise<void> {
    const answer = await model(await this.book.ask<LessonModelRequest>("reflection", { episode }));
    const drafts = await this.book.ask<LessonDraft[]>("reflected", { answer });
    await this.book.ask("learn", { episodeId: episode.id, drafts, at: Date.now() });
  }

  /** Gives lessons their places among embeddings. */
  private async embed(embedder: NonNullable<SISOptions["embedder"]>): Promise<void> {
    for (;;) {
      const lessons = await this.book.ask<[id: number, text: string][]>("unembedded", { most: BATCH });
      if (lessons.length === 0) return;
      const places = await embedder(lessons.map(([, text]) => text));
      if (places.length !== lessons.length)
        throw new SISError(
          `the embedder gave ${places.length} places for ${lessons.length} texts`,
          "SIS_INPUT",
        );
      const vectors = lessons.map(([id], at) => [id, Array.from(places[at] ?? [])]);
      await this.book.ask("embed", { vectors });
    }
  }

  private async attempt(operation: "model" | "embed", work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.report(error, operation);
    }
  }
}

/** Makes a self-improving system. Its store is opened when it is first asked for. */
export function createSIS(options: SISOptions = {}): SIS {
  return new SIS(options);
}

/** An episode as the native side takes it. */
function recorded(turn: TurnEpisode): object {
  const { prompt, answer, stated, sessionId, follows, stopReason, usage, cost, preValence, valence } = turn;
  const { toolCalls, injected = [], lessonIds, durationMs } = turn;
  const finishedAt = Date.now();
  const known = shownOf(injected);
  const more = lessonIds.filter((id) => !known.some(({ lessonId }) => lessonId === id));
  return {
    sessionId,
    follows,
    startedAt: Math.round(finishedAt - durationMs),
    finishedAt,
    prompt,
    answer,
    stated,
    tools: toolCalls.map(({ name, arguments: input, isError, result, durationMs: took }) => ({
      tool: name,
      input: input === undefined ? "" : (JSON.stringify(input) ?? ""),
      success: !isError,
      error: isError ? result : undefined,
      durationMs: Math.round(took),
    })),
    stopReason,
    usage,
    cost,
    shown: [...known, ...more.map((lessonId) => ({ lessonId, relevance: 1, terms: [] }))],
    preValence,
    valence,
  };
}
