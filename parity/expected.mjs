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
    kase.model.api !== "openai-completions" &&
    seen.beta.message?.stopReason !== "error"
  );
}

/** Whether a Bedrock event lacks the number of its block. */
function numberless({ kase }) {
  if (kase?.model.api !== "bedrock-converse-stream") return false;
  const text = Buffer.concat(kase.responses[0].steps.filter(Buffer.isBuffer)).toString("latin1");
  return /contentBlockStop(?![^]{0,80}contentBlockIndex)/.test(text);
}

/** Whether Bedrock answered with an exception, for which Pi keeps the response's head to itself. */
function headless({ kase, kind, seen }) {
  const called = (side) => side?.trace.some(([name]) => name === "onResponse");
  return (
    kase?.model.api === "bedrock-converse-stream" &&
    ["events", "response"].includes(kind) &&
    !called(seen.alpha) &&
    called(seen.beta)
  );
}

/** Whether Pi says what its client thinks of a body that is no JSON. */
const hinted = (difference) => /\n {2}Deserialization error: /.test(errors(difference)[0]);

/** Whether the host's hook left a payload that asks for no stream. */
function unstreamed({ kase, seen }) {
  if (kase?.model.api !== "openai-completions") return false;
  const body = seen.alpha?.requests?.[0]?.body.toString();
  return body !== undefined && !body.includes('"stream":true');
}

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
  { id: "numberless", match: numberless },
  { id: "hint", match: hinted },
  { id: "headless", match: headless },
  {
    id: "accept",
    match: ({ kind, path, api }) => kind === "header" && path === "accept" && api === "bedrock-converse-stream",
  },
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
  {
    id: "level-unknown",
    match: (difference) =>
      difference.kase?.model.api === "bedrock-converse-stream" &&
      difference.kase.options.reasoning === "unheard-of" &&
      outgoing(difference),
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
