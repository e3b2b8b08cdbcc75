// How a Codex turn goes over a WebSocket: on the session's connection, saying only what is new where its server knows
// the rest, and over HTTP instead when the connection fails before the answer has begun.

import { randomUUID } from "node:crypto";
import type { Continuation } from "../native.js";
import {
  acquire,
  type FrameFacts,
  hasFallenBack,
  type Lease,
  noteFailure,
  noteFallback,
  noteRequest,
} from "./codex-connections.js";
import { appendAssistantMessageDiagnostic, createAssistantMessageDiagnostic } from "./diagnostics.js";
import { turnText } from "./request.js";
import { brokenError, openLine, type SocketDriver, type SocketRequest } from "./socket-transport.js";
import { hostWebSocket } from "./transport.js";

/** Carries out a turn over a WebSocket, with another payload if one is given. `false` when HTTP has to. */
export async function codexOverSocket(driver: SocketDriver, payload: string | undefined): Promise<boolean> {
  const { options } = driver.asked;
  const transport = options?.transport || "auto";
  const sessionId = options?.sessionId;
  // A host that hands us its `fetch` has said how its turns are to go.
  if (transport === "sse" || (transport === "auto" && typeof options?.fetch === "function")) return false;
  if (hasFallenBack(sessionId)) {
    noteFallback(sessionId);
    return false;
  }
  const written = await driver.turn.socketRequest(payload, sessionId || randomUUID());
  if (written === null) return true;
  const request: SocketRequest = JSON.parse(written);
  // Images make messages that the server refuses as too big, which would end the turn and the connection.
  if (request.refused || (transport === "auto" && request.hasImage)) return false;

  // As in Pi, not when the host leaves the choice of the transport open.
  const cached = options?.transport === "websocket-cached" || options?.transport === "auto";
  const host = hostWebSocket(options);
  const account = request.headers["chatgpt-account-id"];
  const address = `${host === undefined ? "own" : "host"} ${request.url} ${account}`;
  let error: Error;
  try {
    const lease = await acquire(sessionId, address, () => openLine(host, request, driver));
    if (driver.aborted) {
      lease.release(false);
      driver.giveUp();
      return true;
    }
    const known = cached ? lease.known : undefined;
    const facts: FrameFacts = JSON.parse(driver.turn.frame(known) ?? "{}");
    noteRequest(sessionId, lease.reused, cached, facts);
    const broken = await converse(driver, request, lease, known);
    if (!broken) return true;
    error = broken;
  } catch (failure) {
    error = failure instanceof Error ? failure : new Error(String(failure));
  }
  if (driver.aborted) {
    driver.giveUp();
    return true;
  }
  const { begun, output } = driver;
  const diagnostic = createAssistantMessageDiagnostic("provider_transport_failure", error, {
    configuredTransport: transport,
    fallbackTransport: begun ? undefined : "sse",
    eventsEmitted: begun,
    phase: begun ? "after_message_stream_start" : "before_message_stream_start",
    requestBytes: request.requestBytes,
  });
  appendAssistantMessageDiagnostic(output, diagnostic);
  noteFailure(sessionId, error);
  if (begun) {
    driver.fail({ kind: "connection", message: error.message, retryable: true });
    return true;
  }
  noteFallback(sessionId);
  return false;
}

/** Asks and reads the answer. Resolves when the turn is over or, with the error, when the connection broke. */
function converse(
  driver: SocketDriver,
  request: SocketRequest,
  lease: Lease,
  known: Continuation | undefined,
): Promise<Error | undefined> {
  return new Promise((resolve) => {
    driver.beforeEnd = (succeeded) => {
      const keep = succeeded && !driver.aborted;
      if (!keep) lease.known?.reset();
      else if (known) remember(driver, known);
      lease.release(keep);
      resolve(undefined);
    };
    driver.onBroken = (how) => {
      driver.beforeEnd = undefined;
      lease.known?.reset();
      lease.release(false);
      resolve(brokenError(how));
    };
    lease.line.converse(driver, request);
  });
}

/** Notes that the server has given the answer: the next turn need not repeat it. */
function remember({ asked, output }: SocketDriver, known: Continuation): void {
  try {
    const answer = { ...asked, context: { messages: [output] }, options: undefined };
    // The answer is told as one over the wire, whoever wrote the request.
    delete answer.request;
    known.answered(turnText(answer), output.responseId ?? "");
  } catch {
    known.reset();
  }
}
