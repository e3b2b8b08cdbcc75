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
  if (isGoogle(difference) && /^got status: /.test(beta)) return true;
  return (
    !alpha &&
    /^(Stream ended without finish_reason|Anthropic stream ended before message_start|Prompt was blocked)/.test(
      beta,
    )
  );
}

/** Whether Pi tripped over a field that a malformed message lacks. */
function tripped(difference) {
  if (isGoogle(difference)) return false;
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

const isGoogle = ({ kase, api }) => (kase?.model.api ?? api)?.startsWith("google-") === true;

/** Fields of Google's chunks in types that Google never sends. */
const ODD =
  /"parts": ?(\{\}|\[null\])|"text":(null|7)|"thought":"yes"|"thoughtSignature":5|"finishReason":7|Count":"9"/;

const received = ({ kase }) =>
  Buffer.concat((kase.responses[0].steps ?? []).filter(Buffer.isBuffer)).toString();

/** Whether Pi's client sent a header that was taken away, or one twice because of its case. */
const isJoined = ({ alpha, beta }) => ["null", "undefined"].includes(alpha) || alpha.endsWith(`, ${beta}`);

const outgoing = ({ kind }) => kind === "payload" || kind === "body";

export const expected = [
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
  {
    id: "google-odd-types",
    match: (difference) => isGoogle(difference) && !!difference.kase && ODD.test(received(difference)),
  },
  {
    id: "google-schema",
    match: (difference) => outgoing(difference) && difference.path.includes("parametersJsonSchema"),
  },
  {
    id: "google-headers",
    match: (difference) => difference.kind === "header" && isGoogle(difference) && isJoined(difference),
  },
  { id: "google-cache", match: ({ alpha }) => String(alpha).includes("projects/undefined/") },
  {
    id: "google-ids",
    match: (difference) =>
      isGoogle(difference) && outgoing(difference) && /function(Call|Response)\.id$/.test(difference.path),
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
  {
    id: "google-retries",
    match: ({ name }) => /^google-.*: (.*retried|retries|default retries|x-should)/.test(name),
  },
  { id: "google-timeout", match: ({ name }) => /^google-.*: late headers/.test(name) },
  { id: "google-reason", match: ({ name }) => /^google-.*: status 529, no body/.test(name) },
  { id: "google-api", match: ({ name }) => /^google-.*: API of another provider function/.test(name) },
  {
    id: "google-new-reason",
    match: (difference) =>
      difference.kind === "snapshots" && isGoogle(difference) && received(difference).includes("A_NEW_ONE"),
  },
  { id: "google-signature-keys", match: ({ name }) => /^google-.*: own keys of a block/.test(name) },
];

export function explain(difference) {
  return expected.find(({ match }) => match(difference));
}
