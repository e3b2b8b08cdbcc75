// The self-improving system.

export { type Attachable, type AttachOptions, attachSIS, type SISAttachment } from "./attach.js";
export { SISError } from "./book.js";
export * from "./confidence.js";
export * from "./extractor.js";
export {
  injectLessonsIntoPrompt,
  type LessonCandidate,
  type LessonInjectionResult,
  LessonInjector,
  type ShownLesson,
  type SkippedLesson,
} from "./injector.js";
export * from "./lesson.js";
export * from "./options.js";
export { LessonStorage } from "./storage.js";
export { createSIS, type RecordedEpisode, SIS } from "./system.js";
