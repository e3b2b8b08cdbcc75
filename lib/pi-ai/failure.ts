// Why a turn failed, beside the one text that Pi gives: something that a program can act on.

import { classifyText, repairJson } from "../native.js";
import type { AssistantMessage, Provider } from "./types.js";

/**
 * The kinds of failure.
 *
 * - `aborted`: the host gave up the turn.
 * - `invalid_request`: the request is not one that can be answered; with a `status` it is the provider that says so,
 *   and `block` names the part where the provider does.
 * - `auth`: the provider refuses the credential, or what it may do.
 * - `billing`: the account has no money or quota left.
 * - `rate_limit`: too many requests.
 * - `overloaded`: the provider has no capacity.
 * - `rejected`: the provider rejects the request: no such model, no such address.
 * - `context_overflow`: the prompt does not fit the model.
 * - `server`: the provider broke.
 * - `connection`: no connection, or it broke.
 * - `timeout`: no response came in time.
 * - `stalled`: a response began and then fell silent.
 * - `truncated`: the stream stopped before the provider had said how it ended.
 * - `protocol`: what came is not the protocol.
 * - `too_large`: the response is larger than this library takes.
 * - `refused`: the model or the provider declined.
 * - `empty`: the answer ended well and says nothing.
 * - `stopped`: the provider ended the answer for a reason of its own.
 */
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
  | "stalled"
  | "truncated"
  | "protocol"
  | "too_large"
  | "refused"
  | "empty"
  | "stopped";

/** The part of a request that a provider finds fault with. Numbers count from 0 in the request as it was sent. */
export interface FaultyBlock {
  /** Which message, or item of the input. */
  message?: number;
  /** Which block of it. */
  content?: number;
  /** Which tool. */
  tool?: number;
  /** What it is: an image, the proof of a thought, the id of a tool call, a tool's parameters. */
  kind?: "image" | "signature" | "tool_id" | "schema";
  /** The provider's own words for where it is, such as `messages.12.content.3.thinking.signature`. */
  path?: string;
}

interface Facts {
  kind: FailureKind;
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
  /** The part of the request that the provider finds fault with. */
  block?: FaultyBlock;
}

/** Why a turn failed, or what is wrong with its answer, as it stands on its message. The text is `errorMessage`. */
export interface ErrorInfo extends Facts {
  provider: Provider;
  /** Id of the model that was asked. */
  model: string;
}

/** Why a turn failed, or what is wrong with its answer. */
export interface Failure extends Facts {
  /** The text of `errorMessage`. */
  message: string;
  /** @internal A text that did not parse; the parser's complaint goes where `message` says `{json}`. */
  json?: string;
}

/** Where there is no `errorMessage`. */
const TEXTS: Partial<Record<FailureKind, string>> = {
  empty: "The answer is empty",
  refused: "The model declined to answer",
};

/**
 * What is wrong with a message, from its `errorInfo`; `undefined` if nothing is. Of a failed message without one, as
 * other providers and old sessions have them, it is told from the text.
 */
export function failureOf(message: AssistantMessage): Failure | undefined {
  const { errorInfo, errorMessage, stopReason } = message;
  if (errorInfo) {
    const { provider: _, model: __, ...facts } = errorInfo;
    return { ...facts, message: errorMessage ?? TEXTS[errorInfo.kind] ?? "" };
  }
  if (stopReason === "aborted") return { kind: "aborted", retryable: false, message: errorMessage ?? "" };
  return stopReason === "error" ? JSON.parse(classifyText(errorMessage ?? "")) : undefined;
}

/** @internal Notes on a message what is wrong with it. */
export function record(output: AssistantMessage, { json: _, message: __, ...facts }: Failure): void {
  const { provider, model } = output;
  output.errorInfo = { ...facts, provider, model };
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
