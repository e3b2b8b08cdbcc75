import { json, maybeBlank, object, text } from "./texts.mjs";
import { tools } from "./tools.mjs";

/** Random conversations. The tags say what is in them that a host should not send, but does. */

const IMAGES = {
  "image/png":
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "image/gif": "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7",
  "image/webp": "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==",
};
const isGoogle = ({ api }) => api.startsWith("google-");

const FOREIGN = [
  { api: "openai-responses", provider: "openai", model: "gpt-5" },
  { api: "openai-codex-responses", provider: "openai-codex", model: "gpt-5-codex" },
  { api: "google-generative-ai", provider: "google", model: "gemini-2.5-pro" },
  { api: "mistral-conversations", provider: "mistral", model: "devstral" },
  { api: "bedrock-converse-stream", provider: "amazon-bedrock", model: "anthropic.claude" },
  { api: "anthropic-messages", provider: "anthropic", model: "claude-3-5-haiku-latest" },
  { api: "openai-completions", provider: "groq", model: "llama-3.3-70b-versatile" },
];

/**
 * `kind` is `plain`, `surrogates` (unpaired ones in texts) or `pairs`: tool results without a call in front of them,
 * calls answered late or in another order, ids that become equal when shortened or that their own provider would not
 * take, images of another type than they say.
 */
export function conversation(random, model, kind = "plain") {
  const tags = new Set(kind === "plain" ? [] : [kind]);
  const lone = { lone: kind === "surrogates" };
  const writer = { random, model, tags, lone, pairs: kind === "pairs", messages: [] };
  const context = {};
  if (random.chance(0.7)) context.systemPrompt = maybeBlank(random, lone);
  if (isBlank(context.systemPrompt)) tags.add("blank-texts");

  if (random.chance(0.95)) writer.messages.push(user(writer));
  const turns = random.weighted([
    [4, () => random.between(0, 3)],
    [2, () => random.between(4, 12)],
  ]);
  for (let turn = 0; turn < turns; turn++) addTurn(writer);
  if (random.chance(0.7)) writer.messages.push(user(writer));

  context.messages = writer.messages;
  if (random.chance(0.6)) context.tools = tools(random);
  return { context, tags };
}

function user(writer) {
  const { random, lone } = writer;
  const content = random.weighted([
    [5, () => maybeBlank(random, lone)],
    [5, () => random.times(0, 4, () => (random.chance(0.3) ? image(writer) : textBlock(random, lone)))],
  ]);
  return { role: "user", content, timestamp: 1_700_000_000_000 };
}

function textBlock(random, lone) {
  return { type: "text", text: maybeBlank(random, lone) };
}

function image({ random, pairs, tags, model }) {
  // Gemini does not take them.
  const types = Object.entries(IMAGES).filter(([type]) => type !== "image/gif" || !isGoogle(model));
  const [type, data] = random.pick(types);
  const mistaken = pairs && random.chance(0.3);
  if (mistaken) tags.add("P5");
  return { type: "image", data, mimeType: mistaken ? "image/jpeg" : type };
}

function addTurn(writer) {
  const { random, messages, model, tags } = writer;
  const origin = random.weighted([
    [5, { api: model.api, provider: model.provider, model: model.id }],
    [2, { api: model.api, provider: model.provider, model: "another-model" }],
    [4, () => random.pick(FOREIGN)],
  ]);
  const calls = random.chance(0.6) ? random.times(1, 4, () => toolCall(writer, origin)) : [];
  const stopReason = random.weighted([
    [12, calls.length > 0 ? "toolUse" : "stop"],
    [1, "length"],
    [1, "aborted"],
    [1, "error"],
  ]);
  const failed = stopReason === "aborted" || stopReason === "error";
  let said = random.times(0, 3, () => prose(writer, origin));
  if (model.api.includes("responses") && random.chance(0.85)) said = asResponsesHaveIt(said, calls);
  const last = (found) => said.findLastIndex(found);
  const thought = last((block) => block.thinkingSignature);
  if (calls.length === 0 && thought > last(({ type }) => type === "text")) tags.add("orphan");
  messages.push({
    role: "assistant",
    content: [...said, ...calls],
    ...origin,
    usage: {
      input: 10,
      output: 5,
      cacheRead: 0,
      cacheWrite: 0,
      totalTokens: 15,
      cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 },
    },
    stopReason,
    ...(failed && { errorMessage: text(random) }),
    ...(random.chance(0.3) && { responseId: "resp_1" }),
    timestamp: 1_700_000_000_000,
  });

  // Results of a failed turn have no call in the request: only the `pairs` kind has them.
  if (failed && !writer.pairs) return;
  if (failed && calls.length > 0) tags.add("D10a");
  const results = answered(writer, calls).map((call) => result(writer, call));
  if (writer.pairs && results.length > 0 && random.chance(0.5)) {
    tags.add("D10b");
    results.splice(random.int(results.length), 0, user(writer));
  }
  messages.push(...results);
  if (random.chance(0.4)) messages.push(user(writer));
}

/** The calls that get a result, in the order of the results. */
function answered({ random, pairs, tags }, calls) {
  if (random.chance(0.6)) return calls;
  if (!pairs) return calls.slice(0, random.int(calls.length + 1));
  tags.add("P8");
  return random.shuffle(random.some(calls));
}

/** One text, and nothing thought that leads to nothing: what is meant to differ otherwise would hide the rest. */
function asResponsesHaveIt(said, calls) {
  const kept = said.filter(({ redacted }) => !redacted).slice(0, 2);
  const [first, second] = kept;
  const speaks = (block) => block?.type === "text" || block?.thinking.trim() !== "";
  if (first && second && speaks(first) && speaks(second)) kept.pop();
  if (calls.length === 0 && kept.at(-1)?.thinkingSignature) kept[0] = { type: "text", text: "so" };
  return calls.length === 0 && kept.at(-1)?.thinkingSignature ? kept.slice(0, 1) : kept;
}

function prose({ random, lone }, origin) {
  return random.weighted([
    [
      6,
      () => ({
        ...textBlock(random, lone),
        ...(random.chance(0.2) && { textSignature: textSignature(random) }),
      }),
    ],
    [3, () => ({ type: "thinking", thinking: maybeBlank(random, lone) })],
    [
      3,
      () => ({
        type: "thinking",
        thinking: maybeBlank(random, lone),
        thinkingSignature: signature(random, origin),
      }),
    ],
    [
      1,
      { type: "thinking", thinking: "[Reasoning redacted]", thinkingSignature: "b3BhcXVl", redacted: true },
    ],
    [1, () => ({ type: "text", text: "" })],
  ]);
}

function textSignature(random) {
  return random.pick([
    '{"v":1,"id":"msg_1"}',
    '{"v":1,"id":"msg_1","phase":"commentary"}',
    '{ "phase": "final_answer", "id": "msg_ü", "v": 1.0 }',
    '{"v":1,"id":"","phase":"other"}',
    '{"v":2,"id":"msg_1"}',
    "{broken",
    "msg_legacy",
    `msg_${"é".repeat(61)}`,
    "",
  ]);
}

function signature(random, origin) {
  if (origin.api.includes("responses") && random.chance(0.995)) {
    const id = random.letters(8);
    return random.pick([
      "",
      `{"id":"rs_${id}","type":"reasoning","summary":[],"encrypted_content":"gAAA+/=="}`,
      `{ "id": "rs_\\u00fc${id}", "summary": [{"text":"a\\/b"}], "type": "reasoning", "n": 1.0 }`,
    ]);
  }
  if (origin.api === "openai-completions") {
    return random.pick([
      "reasoning_content",
      "reasoning",
      "reasoning_text",
      "",
      "content",
      "reasoning_details",
    ]);
  }
  return random.pick([
    "",
    " ",
    "EqQBCkYIBxgCKkA=",
    JSON.stringify({ type: "reasoning", id: "rs_1", summary: [] }),
  ]);
}

function toolCall(writer, origin) {
  const { random, lone } = writer;
  return {
    type: "toolCall",
    id: callId(writer, origin),
    name: random.pick(["read", "bash", "Edit", "mcp__server__tool", "unknown tool"]),
    arguments: random.chance(0.9) ? object(random, 3, lone) : random.pick([{}, { a: undefined, b: 1 }]),
    ...(random.chance(origin.api.startsWith("google") ? 0.7 : 0.15) && { thoughtSignature: thought(random) }),
  };
}

function thought(random) {
  return random.pick([
    "AVSoXO4=",
    '{"type":"reasoning.encrypted","id":"call_1","data":"x","2":1,"1":1.0}',
    '"text"',
    "null",
    "[1, 2]",
    "{broken",
  ]);
}

function callId({ random, model, pairs, tags }, origin) {
  if (pairs && random.chance(0.5)) {
    tags.add("D11");
    return `call_${"p".repeat(70)}${random.letters(6)}`;
  }
  if (origin.api.includes("responses")) {
    return `call_${random.letters(24)}|fc_${random.letters(random.between(40, 460), "abcXYZ0189+/=")}`;
  }
  const own = origin.api === model.api && origin.provider === model.provider && origin.model === model.id;
  const usual = [
    [5, () => `toolu_${random.letters(24)}`],
    [3, () => `call_${random.letters(24)}`],
    [1, () => random.letters(9)],
  ];
  if (own && !pairs)
    return model.api === "mistral-conversations" ? random.letters(9) : random.weighted(usual);
  if (own) tags.add("P10");
  return random.weighted([
    ...usual,
    [1, () => `functions.bash:${random.int(10)}-${random.letters(4)}`],
    [1, () => `über ${random.letters(8)}😀`],
    [1, () => random.letters(random.between(41, 64))],
  ]);
}

const isBlank = (text) => text !== undefined && text !== "" && text.trim() === "";

function result(writer, call) {
  const { random, lone, tags } = writer;
  const content = random.times(random.chance(0.1) ? 0 : 1, 3, () =>
    random.chance(0.2) ? image(writer) : textBlock(random, lone),
  );
  const pictured = content.some(({ type }) => type === "image");
  if (pictured && content.some(({ text }) => text?.trim() === "")) tags.add("blank-texts");
  return {
    role: "toolResult",
    toolCallId: call.id,
    toolName: call.name,
    content,
    ...(random.chance(0.3) && { details: json(random, 2) }),
    isError: random.chance(0.2),
    timestamp: 1_700_000_000_000,
  };
}
