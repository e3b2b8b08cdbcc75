// Tells from a finished message whether its request was too large for the model's context.

import type { FailureKind } from "./failure.js";
import type { AssistantMessage } from "./messages.js";

const LIMIT = "exceeds the limit of \\d+";

/** Before a limit: it is an image that exceeds it. No shorter text would help. */
const OF_IMAGE = `\\b(?:images?|pictures?|photos?|base64)\\b(?:(?!tokens?\\b)[^\\n;]){0,160}?${LIMIT}`;

/** After a limit: it is counted in images, or in something of theirs. */
const IN_IMAGES =
  "\\s*(?:bytes|[kmg]i?b)?\\s*(?:(?:per|for|in|of|each|an?|the)\\s+)*(?:images?|pixels?|px)\\b";

const MODEL_MAX = "exceeds the model(?:['’]|\\\\u0027)s max(?:imum)?\\b[^\\n.;]{0,40}? of \\d";

/** Texts of the providers, and of servers that people run themselves. */
const OVERFLOW_TEXTS: readonly RegExp[] = [
  // Anthropic; Bedrock, with and without "for requested model"
  /(?:prompt|input) is too long/i,
  // Anthropic, of the request's bytes
  /request_too_large/i,
  // OpenAI; llama.cpp
  /exceeds the (?:context window|available context size)/i,
  // Gemini
  /input token count.*exceeds the maximum/i,
  // xAI; OpenRouter; Mistral
  /maximum prompt length is \d|maximum context length is \d+ tokens|too large for model with \d+ maximum context length/i,
  // Groq
  /reduce the length of the messages/i,
  // GitHub Copilot; not of the bytes, pixels or number of images
  new RegExp(`${LIMIT}(?!\\d|${IN_IMAGES})(?<!${OF_IMAGE})`, "i"),
  // Models on Bedrock; not of an answer that was asked to be longer than the model can give
  new RegExp(`${MODEL_MAX}(?<!max_(?:completion_|output_)?tokens\\W*[\\d,]*\\W*${MODEL_MAX})`, "i"),
  // LM Studio
  /greater than the context length/i,
  // MiniMax
  /context window exceeds limit/i,
  // Kimi For Coding; others
  /exceeded model token limit|token limit exceeded|too many tokens/i,
  // z.ai, as its reason to finish; error codes of several
  /model_context_window_exceeded|context[_ ]length[_ ]exceeded|context_overflow/i,
  // Ollama
  /prompt too long; exceeded (?:max )?context length/i,
  // Cerebras, which says no more than this
  /^4(?:00|13)\s*(?:status code)?\s*\(no body\)/i,
];

/** Texts of throttling and outage, which may also speak of too many tokens. */
const BUSY_TEXT = /^(?:throttling error|service unavailable):|rate limit|too many requests/i;

/** Kinds of failure that a status or code has told apart from overflow, whatever the text says. */
const OTHERS: readonly (FailureKind | undefined)[] = ["rate_limit", "overloaded", "auth", "billing"];

/** A prompt that takes up this share of the window leaves no room to answer. */
const FULL = 0.99;

/**
 * Whether a request failed, or silently lost text, because it was larger than the model's context.
 *
 * Seen from `errorInfo` and the error text; and, if the window is given, from a prompt that was accepted though it is larger than
 * the window, or that fills the window and got no answer. Errors about the size of images are not overflow.
 *
 * @param contextWindow - the model's window in tokens.
 */
export function isContextOverflow(message: AssistantMessage, contextWindow?: number): boolean {
  const { stopReason, errorMessage, errorInfo, usage } = message;
  if (stopReason === "error") {
    const { kind } = errorInfo ?? {};
    return (
      kind === "context_overflow" || (!OTHERS.includes(kind) && !!errorMessage && saysOverflow(errorMessage))
    );
  }
  if (!contextWindow) return false;
  if (stopReason === "stop") return usage.input + usage.cacheRead > contextWindow;
  if (stopReason === "length" && usage.output === 0) {
    return usage.input + usage.cacheRead >= contextWindow * FULL;
  }
  return false;
}

/** The patterns that error texts are tested against, in a new array. */
export function getOverflowPatterns(): RegExp[] {
  return [...OVERFLOW_TEXTS];
}

function saysOverflow(text: string): boolean {
  return !BUSY_TEXT.test(text) && OVERFLOW_TEXTS.some((pattern) => pattern.test(text));
}
