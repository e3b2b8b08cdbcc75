// The WebSockets that Codex sessions keep between turns, what each session's server knows, and which sessions have
// gone over to HTTP.

import { Continuation } from "../native.js";
import { formatThrownValue } from "./diagnostics.js";
import { registerSessionResourceCleanup } from "./session-resources.js";
import type { Line } from "./socket-transport.js";

/** How long a connection is kept for the next turn. */
const IDLE_MS = 5 * 60 * 1000;

/** How the turns of a session went over WebSockets. */
export interface OpenAICodexWebSocketDebugStats {
  requests: number;
  connectionsCreated: number;
  connectionsReused: number;
  /** Requests that may have said only what was new. */
  cachedContextRequests: number;
  /** Requests that asked the provider to keep the answer. */
  storeTrueRequests: number;
  fullContextRequests: number;
  deltaRequests: number;
  lastInputItems: number;
  lastDeltaInputItems?: number;
  lastPreviousResponseId?: string;
  websocketFailures: number;
  sseFallbacks: number;
  /** Whether the session has gone over to HTTP for good. */
  websocketFallbackActive?: boolean;
  lastWebSocketError?: string;
}

/** What is to be known of a request's message, as the native side gives it. */
export interface FrameFacts {
  inputItems: number;
  previousResponseId: string | null;
  stored: boolean;
}

/** A connection on loan to one turn. */
export interface Lease {
  line: Line;
  /** What its server knows; only of connections that are kept. */
  known: Continuation | undefined;
  reused: boolean;
  /** Gives it back. Later calls count for nothing. */
  release(keep: boolean): void;
}

interface Connection {
  line: Line;
  known: Continuation;
  /** Where and as whom it was opened. */
  address: string;
  busy: boolean;
  idleTimer?: NodeJS.Timeout;
}

const connections = new Map<string, Connection>();
const debugStats = new Map<string, OpenAICodexWebSocketDebugStats>();
const fallenBack = new Set<string>();

/** What is known of a session's WebSockets; `undefined` for a session that has had none. */
export function getOpenAICodexWebSocketDebugStats(
  sessionId: string,
): OpenAICodexWebSocketDebugStats | undefined {
  const stats = debugStats.get(sessionId);
  return stats && { ...stats };
}

/** Forgets that, and with it that the session, or every one, has gone over to HTTP. */
export function resetOpenAICodexWebSocketDebugStats(sessionId?: string): void {
  if (sessionId) {
    debugStats.delete(sessionId);
    fallenBack.delete(sessionId);
    return;
  }
  debugStats.clear();
  fallenBack.clear();
}

/** Closes the connection of a session, or every one. */
export function closeOpenAICodexWebSocketSessions(sessionId?: string): void {
  for (const id of sessionId ? [sessionId] : [...connections.keys()]) {
    const connection = connections.get(id);
    if (connection) discard(id, connection, "debug_close");
  }
}

registerSessionResourceCleanup(closeOpenAICodexWebSocketSessions);

/** Whether a session has gone over to HTTP. */
export function hasFallenBack(sessionId: string | undefined): boolean {
  return !!sessionId && fallenBack.has(sessionId);
}

/** Notes that a turn goes over HTTP in place of a WebSocket. */
export function noteFallback(sessionId: string | undefined): void {
  if (!sessionId) return;
  const stats = statsOf(sessionId);
  stats.sseFallbacks++;
  stats.websocketFallbackActive = hasFallenBack(sessionId);
}

/** Notes that a session's WebSocket failed; it goes over to HTTP. */
export function noteFailure(sessionId: string | undefined, error: unknown): void {
  if (!sessionId) return;
  fallenBack.add(sessionId);
  const stats = statsOf(sessionId);
  stats.websocketFailures++;
  stats.lastWebSocketError = formatThrownValue(error);
  stats.websocketFallbackActive = true;
}

/** Notes a request. */
export function noteRequest(
  sessionId: string | undefined,
  reused: boolean,
  cached: boolean,
  { inputItems, previousResponseId, stored }: FrameFacts,
): void {
  if (!sessionId) return;
  const stats = statsOf(sessionId);
  stats.requests++;
  stats[reused ? "connectionsReused" : "connectionsCreated"]++;
  if (cached) stats.cachedContextRequests++;
  if (stored) stats.storeTrueRequests++;
  stats.lastInputItems = inputItems;
  stats[previousResponseId ? "deltaRequests" : "fullContextRequests"]++;
  stats.lastDeltaInputItems = previousResponseId ? inputItems : undefined;
  stats.lastPreviousResponseId = previousResponseId || undefined;
}

/**
 * The connection of a session, opened if need be; one of the turn's own while the session's is busy, and for turns
 * without a session.
 */
export async function acquire(
  sessionId: string | undefined,
  address: string,
  open: () => Promise<Line>,
): Promise<Lease> {
  const kept = sessionId ? connections.get(sessionId) : undefined;
  if (sessionId && kept && !kept.busy) {
    clearTimeout(kept.idleTimer);
    if (kept.line.isOpen && kept.address === address) {
      kept.busy = true;
      return lease(sessionId, kept, true);
    }
    discard(sessionId, kept, "done");
  }
  const line = await open();
  if (!sessionId || kept?.busy) {
    return { line, known: undefined, reused: false, release: () => line.close(1000, "done") };
  }
  const connection = { line, known: new Continuation(), address, busy: true };
  connections.set(sessionId, connection);
  return lease(sessionId, connection, false);
}

function lease(sessionId: string, connection: Connection, reused: boolean): Lease {
  const { line, known } = connection;
  let released = false;
  return {
    line,
    known,
    reused,
    release(keep) {
      if (released) return;
      released = true;
      connection.busy = false;
      if (!keep || !line.isOpen || connections.get(sessionId) !== connection) {
        discard(sessionId, connection, "done");
        return;
      }
      connection.idleTimer = setTimeout(() => {
        if (!connection.busy) discard(sessionId, connection, "idle_timeout");
      }, IDLE_MS);
      connection.idleTimer.unref?.();
    },
  };
}

/** Closes a connection. That another has taken its place is left alone. */
function discard(sessionId: string, connection: Connection, reason: string): void {
  clearTimeout(connection.idleTimer);
  connection.line.close(1000, reason);
  if (connections.get(sessionId) === connection) connections.delete(sessionId);
}

function statsOf(sessionId: string): OpenAICodexWebSocketDebugStats {
  let stats = debugStats.get(sessionId);
  if (!stats) {
    stats = {
      requests: 0,
      connectionsCreated: 0,
      connectionsReused: 0,
      cachedContextRequests: 0,
      storeTrueRequests: 0,
      fullContextRequests: 0,
      deltaRequests: 0,
      lastInputItems: 0,
      websocketFailures: 0,
      sseFallbacks: 0,
    };
    debugStats.set(sessionId, stats);
  }
  return stats;
}
