// The published formula for a lesson's confidence. Selection goes by what outcomes say, which `Lesson.confidence` holds.

import { scoreLesson } from "../../native.js";
import type { LessonContext } from "../sis.js";

/** What the formula takes. */
export interface LessonHistory {
  /** -2 to 2. */
  avgValenceDelta: number;
  injectionCount: number;
  successCount: number;
  familyEndorsements: number;
  operatorEndorsements: number;
  /** Whole days; 999 for never. */
  daysSinceLastUse: number;
  hasGroundTruthContradiction: boolean;
  successfulUsesSinceContradiction: number;
  /** 0 to 1; 0.5 when `null`. */
  llmSelfConfidence: number | null;
}

/** A lesson's score and what it is made of. */
export interface LessonConfidence {
  /** 0.05 to 1. */
  score: number;
  meetsThreshold: boolean;
  threshold: number;
  breakdown: {
    valenceDelta: number;
    successRate: number;
    familyEndorsement: number;
    operatorEndorsement: number;
    recency: number;
    llmConfidence: number;
    contradictionPenalty: number;
  };
}

/** Scores a lesson by its history. */
export function calculateLessonConfidence(
  history: LessonHistory,
  context: LessonContext = "general",
): LessonConfidence {
  return scored(history, context).confidence;
}

/** A score as lines of text with bars. */
export function generateConfidenceVisualization(
  history: LessonHistory,
  context: LessonContext = "general",
): string {
  return scored(history, context).text;
}

function scored(
  history: LessonHistory,
  context: LessonContext,
): { confidence: LessonConfidence; text: string } {
  return JSON.parse(scoreLesson(JSON.stringify(history), JSON.stringify(context)));
}
