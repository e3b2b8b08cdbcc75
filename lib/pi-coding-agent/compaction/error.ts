/**
 * Why a session cannot be compacted: there is nothing to summarise, the model's summary is empty, it takes no less room
 * than what it is to stand for, or the caller has given up. The session is as it was.
 */
export class CompactionError extends Error {
  constructor(
    readonly code: "COMPACTION_NOTHING" | "COMPACTION_EMPTY" | "COMPACTION_GREW" | "COMPACTION_CANCELLED",
    message: string,
  ) {
    super(message);
    this.name = "CompactionError";
  }
}
