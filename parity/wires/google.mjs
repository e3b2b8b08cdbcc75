import { frame } from "../framing.mjs";
import { googleEvents } from "./google-stream.mjs";
import { sse } from "./sse.mjs";

const LEVELS = ["MINIMAL", "LOW", "MEDIUM", "HIGH", "THINKING_LEVEL_UNSPECIFIED", "ODD"];

const IMAGES = "Tool result image:";

const text = (text, rest) => ({
  candidates: [{ content: { parts: [{ text }], role: "model" }, index: 0, ...rest }],
  responseId: "r1",
});
const call = (name, args) => ({
  candidates: [{ content: { parts: [{ functionCall: { id: "t1", name, args } }], role: "model" }, index: 0 }],
  responseId: "r1",
});

/**
 * Turns of the model in a row are one, a beginning by the model gets a turn of the user, images of results stand behind
 * the last result of a row: Gemini refuses anything else.
 */
function legal(text) {
  const request = text && JSON.parse(text);
  if (!Array.isArray(request?.contents)) return text;
  const turns = [];
  let images = [];
  const isResult = ({ parts }) => parts?.[0]?.functionResponse !== undefined;
  const flush = () => {
    if (images.length > 0) turns.push({ ...turns.at(-1), parts: [{ text: IMAGES }, ...images] });
    images = [];
  };
  for (const turn of request.contents) {
    const last = turns.at(-1);
    if (turn.parts?.[0]?.text === IMAGES && last && isResult(last)) images.push(...turn.parts.slice(1));
    else if (isResult(turn) && last && isResult(last)) last.parts.push(...turn.parts);
    else {
      flush();
      if (turn.role === "model" && last?.role === "model") last.parts.push(...turn.parts);
      else turns.push(turn);
    }
  }
  flush();
  // On the wire the parts come first.
  const opening = { role: "user", parts: [{ text: "(continued)" }] };
  const { parts, role } = opening;
  if (turns[0]?.role === "model") turns.unshift("config" in request ? opening : { parts, role });
  return JSON.stringify({ ...request, contents: turns });
}

/** Changes of a payload and of its `config`, made anew for each side. */
const payload = (changes) => (payload) => void Object.assign(payload, structuredClone(changes));
const config = (changes) => (payload) => void Object.assign(payload.config, structuredClone(changes));

const OPEN_API = {
  type: "object",
  properties: {
    a: { type: ["string", "null"], additionalProperties: false },
    b: { anyOf: [{ type: "null" }, { type: "array", items: { type: "integer" } }] },
    c: { anyOf: [{ type: "string" }, { type: "null" }, { type: "number" }] },
    d: { type: ["string", "number"] },
  },
  required: ["a"],
};

/** What hosts do to a payload of Google's. */
const hooks = [
  config({ cachedContent: "abc" }),
  config({ cachedContent: "cachedContents/abc" }),
  config({
    safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
    stopSequences: ["END"],
    topK: 40,
    unknown: 1,
    responseMimeType: "application/json",
    responseJsonSchema: { type: "object" },
  }),
  config({ thinkingConfig: { thinkingBudget: 7, includeThoughts: false } }),
  config({ systemInstruction: { parts: [{ text: "as an object" }] } }),
  config({ systemInstruction: ["one", "two"] }),
  config({ labels: { a: "b" } }),
  config({ speechConfig: "Kore" }),
  config({ toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["x"] } } }),
  config({
    tools: [
      { googleSearch: {}, codeExecution: {} },
      {
        functionDeclarations: [
          { name: "f", parameters: OPEN_API },
          { name: "g", parameters: { $schema: "x", type: "object" }, description: "G" },
        ],
      },
    ],
  }),
  (payload) => void delete payload.config.thinkingConfig,
  payload({ model: "another" }),
  payload({ model: "publishers/meta/models/llama" }),
  payload({ model: "meta/llama/extra" }),
  payload({ model: "a..b" }),
  payload({ model: "with blank/ü" }),
  payload({ contents: "only text" }),
  payload({ contents: ["one", { text: "two" }] }),
  payload({ contents: { role: "user", parts: [{ text: "alone" }] } }),
  payload({ contents: [] }),
  payload({ contents: [{ functionCall: { name: "x" } }] }),
  payload({ contents: [{ role: "user", parts: [{ text: "a" }] }, "mixed"] }),
  (payload) =>
    void payload.contents.push({
      role: "user",
      parts: [
        { fileData: { mimeType: "video/mp4", fileUri: "gs://x" }, text: null, other: 1 },
        { videoMetadata: { fps: 1 }, inlineData: { mimeType: "image/png", data: "AA==" } },
        { functionResponse: { name: "x", response: { any: [1] }, odd: true } },
      ],
    }),
  (payload) => void Object.assign(payload, { self: payload, big: 1n }),
  ({ model, contents }) => ({ model, contents }),
];

function wire(api, provider, family, base) {
  const { random: _, ...framing } = sse({});
  return {
    api,
    provider,
    family,
    base,
    ...framing,
    // Google's client passes over events with more than one line, which no server of Google's sends.
    random: (random, style, events) =>
      events.map((event) => frame(random, { ...style, comments: false, multiline: false }, event)),
    events: googleEvents,
    answer: [text("ok"), { ...text("", { finishReason: "STOP" }), usageMetadata: { promptTokenCount: 5 } }],
    call: [
      text("one "),
      text("two"),
      call("edit", { path: "a.ts", edits: [1, 2] }),
      text("", { finishReason: "STOP" }),
    ],
    openCall: [call("read", { path: "a" }), text("and")],
    error: (status) => ({ error: { code: status, message: `text for ${status}`, status: "SOME_ERROR" } }),
    hooks,
    legal,
    options: (random) => ({
      toolChoice: () => random.pick(["auto", "any", "none", "required", ""]),
      thinking: () => ({
        enabled: random.chance(0.7),
        ...(random.chance(0.5) && { level: random.pick(LEVELS) }),
        ...(random.chance(0.5) && { budgetTokens: random.pick([0, -1, 512]) }),
      }),
    }),
    compat: () => ({}),
  };
}

export const google = wire("google-generative-ai", "google", "Google", (base) => `${base}/v1beta`);
export const vertex = wire("google-vertex", "google-vertex", "GoogleVertex", (base) => base);
