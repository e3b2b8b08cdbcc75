/** Differences that are meant over Bedrock's wire; see `expected.mjs`. */

const API = "bedrock-converse-stream";

const errors = ({ seen }) => [seen.alpha?.message?.errorMessage, seen.beta?.message?.errorMessage];
const named = (texts) => (difference) => texts.some((text) => difference.name?.includes(text));

const sent = (kase) => Buffer.concat(kase.responses[0].steps.filter(Buffer.isBuffer)).toString("latin1");

/** Whether an event lacks the number of its block. */
function numberless({ section, kase }) {
  return (
    section.startsWith("malformed") && /contentBlockStop(?![\s\S]{0,80}contentBlockIndex)/.test(sent(kase))
  );
}

/** Whether events follow the two that end an answer. */
function readOn({ section, kase }) {
  if (!section.startsWith("malformed")) return false;
  const text = sent(kase);
  const ends = [text.indexOf("messageStop"), text.search(/metadata[\s\S]{0,99}usage/)];
  return !ends.includes(-1) && /:(event|exception)-type/.test(text.slice(Math.max(...ends)));
}

/** Whether the answer began with an exception, for which Pi keeps the response's head to itself. */
function exceptionFirst({ kind, seen }) {
  const called = (side) => side?.trace.some(([name]) => name === "onResponse");
  return ["events", "response"].includes(kind) && !called(seen.alpha) && called(seen.beta);
}

const rules = [
  {
    // The hook finds another message at the end.
    id: "bedrock-turns",
    match: ({ kind, kase }) => kind === "body" && String(kase.hook).includes(".pop()"),
  },
  { id: "read-on", match: readOn },
  { id: "bedrock-numberless", match: numberless },
  { id: "bedrock-exception-first", match: exceptionFirst },
  {
    id: "bedrock-hint",
    match: (difference) => /\n {2}Deserialization error: /.test(errors(difference)[0]),
  },
  {
    id: "bedrock-connection",
    match: (difference) => /^"?(Connection error\.|terminated)"?$/.test(errors(difference)[1]),
  },
  {
    id: "bedrock-retries",
    match: named(["retries used up", "retried 408 and 409", "x-should-retry", "to another path"]),
  },
  { id: "bedrock-timeout", match: named(["late headers and timeoutMs"]) },
  { id: "bedrock-fetch", match: named(["fetch replaced", "fetch answered", "fetch that rejects"]) },
  {
    id: "bedrock-level-unknown",
    match: ({ kind, kase }) => kase.options.reasoning === "unheard-of" && ["payload", "body"].includes(kind),
  },
];

export const bedrock = [
  ...rules.map(({ id, match }) => ({
    id,
    match: (difference) => difference.kase?.model.api === API && match(difference),
  })),
  {
    id: "bedrock-accept",
    match: ({ kind, path, api }) => kind === "header" && path === "accept" && api === API,
  },
];
