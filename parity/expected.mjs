import { bedrock } from "./expected-bedrock.mjs";

import { extensions } from "./expected-extensions.mjs";

import { oauth } from "./expected-oauth.mjs";
import { registry } from "./expected-registry.mjs";

import { sessions } from "./expected-sessions.mjs";
import { shell } from "./expected-shell.mjs";
import { skills } from "./expected-skills.mjs";
import { tools } from "./expected-tools.mjs";

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
    /^(Stream ended without (finish_reason|response.completed)|Anthropic stream ended before message_start|Bedrock stream ended before messageStop|Prompt was blocked)/.test(
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
  if (!/^(malformed|recorded)/.test(section)) return false;
  const { stopReason, errorMessage } = seen.beta.message ?? {};
  // A stop reason that means a failure ends the answer too.
  if (stopReason === "error" && errorMessage !== "An unknown error occurred") return false;
  // What follows the event that ends the answer, past that event's own data.
  const text = body(kase);
  const rest = text.slice(text.search(/response\.(completed|incomplete)/));
  return kase.model.api === "anthropic-messages" || /(\r\r|\n\n|\n\r\n)(.*\s)*data:/.test(rest);
}

/** Whether the host's hook left a payload that asks for no stream. */
function unstreamed({ kase, seen }) {
  if (/^Cannot use 'in' operator/.test(seen.alpha?.message?.errorMessage)) return true;
  if (kase?.model.api !== "openai-completions") return false;
  const body = seen.alpha?.requests?.[0]?.body.toString();
  return body !== undefined && !body.includes('"stream":true');
}

const isCodex = ({ api, kase }) => (api ?? kase?.model.api) === "openai-codex-responses";

const ofResponses = ({ kase }) => /^(azure-)?openai-(codex-)?responses$/.test(kase?.model.api);

/** What the server sent. */
const body = ({ responses }) =>
  responses.map(({ steps = [] }) => Buffer.concat(steps.filter(Buffer.isBuffer)).toString()).join("");

/** Whether a Responses stream tells of an item that is not the one begun last, or ends one that never began. */
function misplaced(kase) {
  const about = /^response\.(output_item\.done|content_part|output_text|refusal|reasoning|function_call)/;
  let open;
  for (const { type, output_index, item } of events(kase)) {
    if (type === "response.output_item.added" && /^(reasoning|message|function_call)$/.test(item?.type)) {
      open = { output_index, type: item.type };
    } else if (about.test(type)) {
      if (output_index !== undefined && output_index !== open?.output_index) return true;
      if (type.endsWith("item.done") && item?.type !== open?.type) return true;
      if (type.endsWith("item.done")) open = undefined;
    }
  }
  return false;
}

/** The events that the server sent, as far as they are JSON. */
function events(kase) {
  const blocks = body(kase).split(/(?:\r\n|\n|\r)(?:\r\n|\n|\r)/);
  return blocks.flatMap((block) => {
    const lines = block.split(/\r\n|\n|\r/).filter((line) => line.startsWith("data:"));
    try {
      return [JSON.parse(lines.map((line) => line.slice(5)).join("\n")) ?? {}];
    } catch {
      return [];
    }
  });
}

/** Whether an event that adds to an item of a Responses stream says nothing. */
const deltaless = ({ kase }) =>
  events(kase).some(({ type, delta }) => String(type).endsWith(".delta") && delta === undefined);

/** Whether Pi gave up before it asked, over a signature that is no reasoning item. */
const unreadable = (difference) =>
  ofResponses(difference) &&
  / JSON/.test(errors(difference)[0]) &&
  difference.seen.alpha.requests?.length === 0;
const isMistral = ({ kase }) => kase?.model.api === "mistral-conversations";

/** Whether Pi's Mistral client showed its schema's complaints in place of an answer. */
function schemaComplaint(difference) {
  return isMistral(difference) && /^(Input validation failed: )?\[\n/.test(errors(difference)[0]);
}

/** Rows of the errors table in which only Mistral differs. */
const mistralRow = (pattern) => (difference) => isMistral(difference) && pattern.test(difference.name);
const isGoogle = ({ kase, api }) => (kase?.model.api ?? api)?.startsWith("google-") === true;

/** Fields of Google's chunks in types that Google never sends. */
const ODD =
  /"parts": ?(\{\}|\[null\])|"text":(null|7)|"thought":"yes"|"thoughtSignature":5|"finishReason":7|Count":"9"/;

const received = ({ kase }) =>
  Buffer.concat((kase.responses[0].steps ?? []).filter(Buffer.isBuffer)).toString();

/** Whether Pi's client sent a header that was taken away, or one twice because of its case. */
const isJoined = ({ alpha, beta }) => ["null", "undefined"].includes(alpha) || alpha.endsWith(`, ${beta}`);

/** Whether Pi's request holds a text more than once. */
const standsTwice = ({ alpha, seen }) => seen.alpha.payload.text.split(alpha).length > 2;

const outgoing = ({ kind }) => kind === "payload" || kind === "body";

export const expected = [
  ...bedrock,
  ...sessions,
  ...tools,
  ...shell,
  ...registry,
  ...extensions,
  ...skills,
  ...oauth,
  { id: "P14", match: truncated },
  ...["P5", "P8", "P10", "D10a", "D10b", "D11"].map((id) => ({
    id,
    match: (difference) => difference.tags?.has?.(id) && outgoing(difference),
  })),
  { id: "P20", match: (difference) => difference.tags?.has?.("surrogates") && outgoing(difference) },
  {
    id: "blank-texts",
    match: (difference) =>
      difference.tags?.has?.("blank-texts") &&
      difference.kase.model.api === "anthropic-messages" &&
      outgoing(difference),
  },
  { id: "P20", match: ({ kind, path }) => kind === "body" && path === ".lone" },
  {
    id: "P13-crlf",
    match: ({ section, kase }) => section.includes("CR and LF") && kase.model.api === "anthropic-messages",
  },
  {
    id: "incomplete",
    match: (difference) =>
      ofResponses(difference) &&
      !isCodex(difference) &&
      body(difference.kase).includes("response.incomplete"),
  },
  { id: "bad-signature", match: unreadable },
  {
    id: "P9-orphan",
    match: (difference) =>
      ofResponses(difference) && difference.tags?.has?.("orphan") && outgoing(difference),
  },
  {
    id: "message-ids",
    match: (difference) =>
      ofResponses(difference) &&
      outgoing(difference) &&
      (/^"msg_\d+_\d+"$/.test(difference.beta) || standsTwice(difference)),
  },
  { id: "interleaved", match: (difference) => ofResponses(difference) && misplaced(difference.kase) },
  {
    id: "early-arguments",
    match: (difference) =>
      ["snapshots", "message"].includes(difference.kind) &&
      ofResponses(difference) &&
      /\.arguments/.test(difference.path) &&
      /^({}|\(no such key\))$/.test(difference.alpha),
  },
  { id: "tripped", match: tripped },
  { id: "read-on", match: readOn },
  {
    id: "odd-types",
    match: (difference) =>
      difference.section.startsWith("malformed") &&
      (difference.kase.model.api === "openai-completions" ||
        (ofResponses(difference) && deltaless(difference))),
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
  {
    id: "odd-types",
    match: (difference) =>
      isCodex(difference) &&
      difference.section.startsWith("malformed") &&
      String(difference.alpha).includes("undefined"),
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
  {
    id: "codex-line-ends",
    match: (difference) => isCodex(difference) && difference.kase && body(difference.kase).includes("\r"),
  },
  {
    id: "codex-failed",
    match: (difference) =>
      isCodex(difference) &&
      difference.seen.alpha?.message?.stopReason === "error" &&
      errors(difference)[1] === "An unknown error occurred",
  },
  {
    id: "codex-platform",
    match: (difference) =>
      isCodex(difference) && difference.path === "user-agent" && difference.alpha === "pi (browser)",
  },
  {
    id: "codex-null-headers",
    match: (difference) =>
      isCodex(difference) && difference.kind === "header" && /^(null|undefined)$/.test(difference.alpha),
  },
  {
    id: "codex-header-name",
    match: (difference) => isCodex(difference) && difference.name?.endsWith("header name with a blank"),
  },
  {
    id: "codex-reason-phrase",
    match: (difference) => isCodex(difference) && errors(difference).join() === "unknown,Request failed",
  },
  {
    id: "codex-no-body",
    match: (difference) => isCodex(difference) && difference.name?.endsWith("status 204"),
  },
  {
    id: "codex-timeout",
    match: (difference) => isCodex(difference) && difference.name?.endsWith("late headers and timeoutMs"),
  },
  {
    id: "codex-hook",
    match: (difference) => isCodex(difference) && difference.name?.endsWith("onResponse throws"),
  },
  {
    id: "billed",
    match: ({ kind, path }) =>
      ["message", "snapshots"].includes(kind) && /\.usage\.cost\.total(FromProvider)?$/.test(path),
  },
  {
    id: "hour",
    match: ({ kind, path }) =>
      ["message", "snapshots"].includes(kind) && path.endsWith(".usage.cacheWrite1h"),
  },
  { id: "P7", match: ({ name }) => name?.includes("not retried once the body began") },
  {
    id: "P7-mistral",
    match: mistralRow(/: (retri|default retries|x-should-retry true|abort between retries)/),
  },
  { id: "mistral-schema", match: schemaComplaint },
  {
    id: "mistral-no-stream",
    match: (difference) =>
      isMistral(difference) && /^Mistral API error \(20[04]\)/.test(errors(difference)[0]),
  },
  { id: "mistral-timeout", match: mistralRow(/: late headers and timeoutMs$/) },
  {
    id: "mistral-words",
    match: mistralRow(/: (header name with a blank|hook throws undefined|a body that stops)$/),
  },
  { id: "mistral-placeholders", match: mistralRow(/: cloudflare with/) },
  { id: "mistral-payload-copy", match: mistralRow(/: (circular|BigInt in the) payload$/) },
  { id: "mistral-fetch", match: mistralRow(/: fetch replaced$/) },
  {
    id: "mistral-null-headers",
    match: ({ kind, api, alpha }) =>
      kind === "header" && api === "mistral-conversations" && ["null", "undefined"].includes(alpha),
  },
  {
    id: "google-retries",
    match: ({ name }) => /^google-.*: (.*retried|retries|default retries|x-should)/.test(name),
  },
  { id: "google-timeout", match: ({ name }) => /^google-.*: late headers/.test(name) },
  { id: "google-reason", match: ({ name }) => /^google-.*: status 529, no body/.test(name) },
  {
    id: "google-new-reason",
    match: (difference) =>
      difference.kind === "snapshots" && isGoogle(difference) && received(difference).includes("A_NEW_ONE"),
  },
  { id: "loop-ends", match: ({ kind, kase }) => kind === "loop" && kase.call === "stream" && kase.loop.hung },
  { id: "no-result", match: ({ kind, kase }) => kind === "loop" && kase.loop.nothing },
  { id: "calls-answered", match: ({ kind, kase }) => kind === "loop" && kase.loop.dangling },
  { id: "late-update", match: ({ kind, kase }) => kind === "loop" && kase.loop.late },
  {
    id: "broken-answer",
    match: ({ kind, kase }) => kind === "loop" && kase.call === "run" && kase.loop.rejected,
  },
  { id: "google-signature-keys", match: ({ name }) => /^google-.*: own keys of a block/.test(name) },
];

export function explain(difference) {
  return expected.find(({ match }) => match(difference));
}
