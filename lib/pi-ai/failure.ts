// Why a turn failed, beside the one text that Pi gives: something that a program can act on.

import { repairJson } from "../native.js";
import type { AssistantMessage } from "./types.js";

/** The kinds of failure. */
export type FailureKind =
  | "aborted"
  | "invalid_request"
  | "auth"
  | "billing"
  | "rate_limit"
  | "overloaded"
  | "rejected"
  | "context_overflow"
  | "server"
  | "connection"
  | "timeout"
  | "truncated"
  | "protocol"
  | "too_large"
  | "stopped";

/** Why a turn failed. */
export interface Failure {
  kind: FailureKind;
  /** The text of `errorMessage`. */
  message: string;
  /** The HTTP status, where a response came. */
  status?: number;
  /** The provider's own code or type for the error. */
  code?: string;
  /** How long the provider asks to wait, in milliseconds. */
  retryAfterMs?: number;
  /** The provider's id of the request, for its support. */
  requestId?: string;
  /** Whether the same request may succeed later. */
  retryable: boolean;
  /** @internal A text that did not parse; the parser's complaint goes where `message` says `{json}`. */
  json?: string;
}

const failures = new WeakMap<AssistantMessage, Failure>();

/** The failure behind a message whose `stopReason` is `error` or `aborted`; `undefined` for any other. */
export function failureOf(message: AssistantMessage): Failure | undefined {
  return failures.get(message);
}

/** @internal Notes the failure behind a message. */
export function record(message: AssistantMessage, { json: _, ...failure }: Failure): void {
  failures.set(message, { ...failure, message: message.errorMessage ?? failure.message });
}

/** @internal The text that hosts see. */
export function describe(failure: Failure): string {
  const { json } = failure;
  return json === undefined ? failure.message : failure.message.replace("{json}", () => complaint(json));
}

/** What this engine's JSON parser says of a text; hosts match on its words. */
function complaint(text: string): string {
  for (const attempt of [text, repairJson(text)]) {
    try {
      JSON.parse(attempt);
    } catch (error) {
      return (error as Error).message;
    }
  }
  return "unexpected shape";
}

/** The failure that a thrown value means, with Pi's text for it; `describe` is for what is no error. */
export function thrown(error: unknown, describe: (value: unknown) => string = JSON.stringify): Failure {
  const message = error instanceof Error ? error.message : describe(error);
  return { kind: "invalid_request", message, retryable: false };
}
