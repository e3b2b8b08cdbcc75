// What must be released when a session ends, such as connections that a provider keeps for it.

/** Releases what is held for one session, or for all if no id is given. */
export type SessionResourceCleanup = (sessionId?: string) => void;

const cleanups = new Set<SessionResourceCleanup>();

/** Adds a cleanup; the function returned takes it away again. Adding the same one twice counts once. */
export function registerSessionResourceCleanup(cleanup: SessionResourceCleanup): () => void {
  cleanups.add(cleanup);
  return () => {
    cleanups.delete(cleanup);
  };
}

/**
 * Runs every cleanup, in the order of registration.
 *
 * @throws AggregateError with all that was thrown, after the last cleanup has run.
 */
export function cleanupSessionResources(sessionId?: string): void {
  const failures: unknown[] = [];
  for (const cleanup of cleanups) {
    try {
      cleanup(sessionId);
    } catch (failure) {
      failures.push(failure);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, "Failed to cleanup session resources");
}
