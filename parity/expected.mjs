import { bedrock } from "./expected-bedrock.mjs";

/**
 * Differences that are meant. Each has an entry in DEVIATIONS.md under the same id.
 *
 * `kind` is one of throw, events, host, message, identity, snapshots, response, stray, mutation, timestamp, payload,
 * payload-holes, requests, method, path, body and header; for `header`, `path` is the header's name and there is
 * no `kase`. `tags` is what the generator knows of the case, `kase` the case itself, `seen` what each side showed.
 */

const errors = ({ seen }) => [seen.alpha?.message?.errorMessage, seen.beta?.message?.errorMessage];

/** Whether only our side takes the stream for cut off. */
function truncated(difference) {
  const [alpha, beta] = errors(difference);
  const ours =
    /^(Stream ended without finish_reason|Anthropic stream ended before message_start|Bedrock stream ended before messageStop)$/;
  return !alpha && ours.test(beta);
}

/** Whether Pi tripped over a field that a malformed message lacks. */
function tripped(difference) {
  return /Cannot read properties of (undefined|null)|is not iterable$|is not a function$/.test(
    errors(difference)[0],
  );
}

/** Whether Pi read on after the answer had ended. */
function readOn({ section, kase, seen }) {
  return (
    section.startsWith("malformed") &&
    kase.model.api === "anthropic-messages" &&
    seen.beta.message?.stopReason !== "error"
  );
}

/** Whether the host's hook left a payload that asks for no stream. */
function unstreamed({ kase, seen }) {
  if (kase?.model.api !== "openai-completions") return false;
  const body = seen.alpha?.requests?.[0]?.body.toString();
  return body !== undefined && !body.includes('"stream":true');
}

const outgoing = ({ kind }) => kind === "payload" || kind === "body";

export const expected = [
  ...bedrock,
  { id: "P14", match: truncated },
  { id: "P20", match: (difference) => difference.tags?.has?.("surrogates") && outgoing(difference) },
  {
    id: "P13-crlf",
    match: ({ section, kase }) => section.includes("CR and LF") && kase.model.api === "anthropic-messages",
  },
  { id: "tripped", match: tripped },
  { id: "read-on", match: readOn },
  {
    id: "odd-types",
    match: ({ section, kase }) => section.startsWith("malformed") && kase.model.api === "openai-completions",
  },
  { id: "payload-holes", match: ({ kind }) => kind === "payload-holes" },
  {
    id: "response-id",
    match: ({ kind, path, alpha }) =>
      ["message", "snapshots"].includes(kind) &&
      path.endsWith(".responseId") &&
      String(alpha).includes("undefined"),
  },
  { id: "content-encoding", match: ({ kind, path }) => kind === "response" && path === ".content-encoding" },
  { id: "no-stream", match: unstreamed },
  {
    id: "level-off",
    match: (difference) => difference.kase?.options.reasoning === "off" && outgoing(difference),
  },
  { id: "wrong-types", match: ({ section }) => section.endsWith("options of wrong types") },
  { id: "proto", match: ({ path }) => path.includes("__proto__") },
  {
    id: "gateway-key",
    match: ({ kind, path, beta }) => kind === "header" && path === "authorization" && beta === "Bearer lower",
  },
  { id: "P7", match: ({ name }) => name?.includes("not retried once the body began") },
];

export function explain(difference) {
  return expected.find(({ match }) => match(difference));
}
