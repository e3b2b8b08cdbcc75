import { maybeBlank, object } from "../texts.mjs";
import { pieces } from "../tool-json.mjs";
import { spoil } from "./spoil.mjs";

/** Random streams of Google's `streamGenerateContent`, as `{ data }` events. */

const SIGNATURE = "AVSoXO4hUQ==";

export function googleEvents(random, { malformed = false, surrogates = false } = {}) {
  const responseId = random.pick(["resp_1", "", "ü", undefined]);
  const events = [];
  const add = (chunk) => events.push({ data: { responseId, modelVersion: "m", ...chunk } });
  const parts = random.times(0, 5, () => block(random, surrogates)).flat();
  while (parts.length > 0) {
    const some = parts.splice(
      0,
      random.weighted([
        [8, 1],
        [1, 2],
        [1, 4],
      ]),
    );
    const content = { parts: some, ...(random.chance(0.9) && { role: "model" }) };
    const others = random.chance(0.05) ? [{ content: { parts: [{ text: "another" }] }, index: 1 }] : [];
    add({
      candidates: [{ content, ...(random.chance(0.5) && { index: 0 }) }, ...others],
      ...(random.chance(0.4) && { usageMetadata: usage(random) }),
    });
    if (random.chance(0.04)) add({ usageMetadata: usage(random) });
    if (random.chance(0.02)) add({ candidates: [] });
  }
  if (random.chance(0.95)) add(ending(random));
  if (random.chance(0.1)) add({ usageMetadata: usage(random) });
  if (malformed) spoil(random, events, SPOILT);
  return events;
}

function block(random, surrogates) {
  const text = () => random.times(0, 3, () => maybeBlank(random)).join(" ");
  const cut = (value) => pieces(random, value, { surrogates });
  const signed = (part) => ({ ...part, ...(random.chance(0.15) && { thoughtSignature: signature(random) }) });
  return random.weighted([
    [6, () => cut(text()).map((text) => signed({ text }))],
    [4, () => cut(text()).map((text) => signed({ text, thought: true }))],
    [1, () => [signed({ text: "" })]],
    [5, () => random.times(1, 2, () => signed({ functionCall: call(random) }))],
    [1, () => [{ text: "before ", functionCall: call(random) }]],
    [1, () => [{ text: "not thought", thought: false }]],
    [
      1,
      () => [
        random.pick([{ executableCode: { code: "1" } }, { inlineData: { data: "AA==" } }, { future: 1 }, {}]),
      ],
    ],
  ]);
}

function signature(random) {
  return random.pick([SIGNATURE, SIGNATURE, "", "not base64!"]);
}

function call(random) {
  return {
    ...random.pick([{}, {}, { id: "call_1" }, { id: `c-${random.letters(6)}` }, { id: "" }]),
    name: random.pick(["read", "bash", "mcp__x", "ns.tool:sub"]),
    ...random.pick([
      { args: object(random, 2) },
      { args: object(random, 2) },
      { args: {} },
      {},
      { args: null },
    ]),
  };
}

function usage(random) {
  return random.pick([
    { promptTokenCount: 9, candidatesTokenCount: 10, totalTokenCount: 275, thoughtsTokenCount: 256 },
    { promptTokenCount: 3000, cachedContentTokenCount: 2048, candidatesTokenCount: 7, totalTokenCount: 3007 },
    { promptTokenCount: 5, totalTokenCount: 5 },
    { promptTokenCount: null, candidatesTokenCount: 1e12, totalTokenCount: 1.5 },
    { promptTokenCount: 1, toolUsePromptTokenCount: 4, trafficType: "ON_DEMAND" },
    {},
  ]);
}

function ending(random) {
  const finishReason = random.weighted([
    [10, "STOP"],
    [2, "MAX_TOKENS"],
    [1, "SAFETY"],
    [1, "MALFORMED_FUNCTION_CALL"],
    [1, "RECITATION"],
    [1, "FINISH_REASON_UNSPECIFIED"],
    [1, "A_NEW_ONE"],
  ]);
  return {
    candidates: [
      { ...random.pick([{}, { content: {} }, { content: { parts: [{ text: "" }] } }]), finishReason },
    ],
    usageMetadata: usage(random),
  };
}

const SPOILT = [
  '{"candidates":[{"content":{"parts":[{"text":"cut',
  "",
  "null",
  "7",
  '"text"',
  "[]",
  "not json",
  { candidates: null, usageMetadata: null, responseId: null },
  { candidates: [null] },
  { candidates: [{ content: null }] },
  { candidates: [{ content: { parts: null } }] },
  { candidates: [{ content: { parts: {} } }] },
  { candidates: [{ content: { parts: [null] } }] },
  { candidates: [{ content: { parts: [{ text: null }] } }] },
  { candidates: [{ content: { parts: [{ text: 7 }] } }] },
  { candidates: [{ content: { parts: [{ text: "x", thought: "yes" }] } }] },
  { candidates: [{ content: { parts: [{ text: "x", thoughtSignature: 5 }] } }] },
  { candidates: [{ content: { parts: [{ functionCall: {} }] } }] },
  { candidates: [{ content: { parts: [{ functionCall: { name: "x", args: "text" } }] } }] },
  { candidates: [{ finishReason: 7 }] },
  { promptFeedback: { blockReason: "SAFETY" } },
  { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } },
  { usageMetadata: { promptTokenCount: "9" } },
].map((data) => ({ data }));
