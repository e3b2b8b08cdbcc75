/** Random scripts of an agent's runs: plain data, so that both sides play the same. */

const USER = { role: "user", content: "go on", timestamp: 1 };
const usage = (total) => ({
  input: 1,
  output: 1,
  cacheRead: 0,
  cacheWrite: 0,
  totalTokens: 2,
  cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total },
});

const LAST = {
  nothing: [],
  user: [USER],
  custom: [USER, { role: "note", text: "not for the model" }],
  result: [
    USER,
    {
      role: "assistant",
      content: [{ type: "toolCall", id: "old", name: "add", arguments: { n: 1 } }],
      api: "a",
      provider: "p",
      model: "m",
      usage: usage(0),
      stopReason: "toolUse",
      timestamp: 1,
    },
    { role: "toolResult", toolCallId: "old", toolName: "add", content: [], isError: false, timestamp: 1 },
  ],
  assistant: [
    USER,
    {
      role: "assistant",
      content: [{ type: "text", text: "done" }],
      api: "a",
      provider: "p",
      model: "m",
      usage: usage(0),
      stopReason: "stop",
      timestamp: 1,
    },
  ],
};

const SCHEMA = {
  type: "object",
  properties: { n: { type: "number" }, s: { type: "string" } },
  required: ["n"],
};

export function makeScript(random) {
  const api = random.weighted([
    [6, "agent"],
    [2, "run"],
    [2, "stream"],
  ]);
  const throwing = random.chance(0.25);
  return {
    api,
    settings: settings(random),
    tools: random.shuffle(["add", "wait", "fail", "end", "shape"]).map((name) => tool(random, name)),
    initial: random.chance(0.5) ? [] : LAST[random.pick(Object.keys(LAST))],
    runs: random.times(1, 3, () => run(random)),
    answers: random.times(1, 7, (at) => answer(random, at)),
    hops: random.times(60, 60, () => (random.chance(0.7) ? 0 : random.between(1, 6))),
    actions: new Map(random.times(0, 7, () => [random.int(90), action(random, api, throwing)])),
  };
}

function settings(random) {
  const maybe = (share = 0.4) => random.chance(share);
  const mode = () => random.pick([undefined, "all", "one-at-a-time"]);
  return {
    steeringMode: mode(),
    followUpMode: mode(),
    toolExecution: random.pick([undefined, "parallel", "sequential"]),
    thinkingLevel: random.pick([undefined, "off", "low", "high"]),
    queued: { steer: maybe(0.3) ? random.between(1, 3) : 0, followUp: maybe(0.3) ? random.between(1, 3) : 0 },
    transformContext: maybe(),
    convertToLlm: maybe(),
    getApiKey: random.pick([undefined, "key", ""]),
    apiKey: random.pick([undefined, "own"]),
    beforeToolCall: maybe() && random.times(1, 4, () => random.pick(["pass", "block", "reason", "edit"])),
    afterToolCall:
      maybe() &&
      random.times(1, 4, () => random.pick(["pass", "content", "details", "error", "right", "end", "go on"])),
    shouldStop: maybe(0.2) && random.between(1, 3),
    sessionId: random.pick([undefined, "s1"]),
    noTools: maybe(0.05),
    asyncSink: maybe(0.7),
  };
}

function tool(random, name) {
  return {
    name,
    executionMode: random.weighted([
      [6, undefined],
      [1, "parallel"],
      [1, "sequential"],
    ]),
    prepares: random.pick([false, false, "same", "other", "throws"]),
    behaviours: random.times(1, 4, () => ({
      hops: random.between(0, 12),
      ticks: random.weighted([
        [6, 0],
        [1, 1],
        [1, 2],
      ]),
      updates: random.weighted([
        [4, 0],
        [1, 1],
        [1, 3],
      ]),
      late: random.chance(0.02),
      terminate: name === "end" || random.chance(0.1) ? true : random.pick([undefined, false]),
      outcome: random.weighted([
        [8, "result"],
        [name === "fail" ? 12 : 1, "error"],
        [1, "text"],
        [0.2, "nothing"],
        [1, "sync"],
        [1, "heeds"],
      ]),
    })),
  };
}

function run(random) {
  return random.weighted([
    [2, { kind: "prompt", input: "hello" }],
    [1, { kind: "prompt", input: "look", images: [{ type: "image", data: "AA==", mimeType: "image/png" }] }],
    [1, { kind: "prompt", input: USER }],
    [1, { kind: "prompt", input: [USER, { role: "note", text: "n" }] }],
    [0.3, { kind: "prompt", input: [] }],
    [3, { kind: "continue" }],
  ]);
}

function answer(random, at) {
  const content = random.times(0, 4, (index) =>
    random.weighted([
      [2, { type: "text", text: random.letters(random.int(9)) }],
      [1, { type: "thinking", thinking: "hm" }],
      [5, () => call(random, `c${at}.${index}`)],
    ]),
  );
  const called = content.some(({ type }) => type === "toolCall");
  return {
    content,
    stopReason: random.weighted([
      [10, called ? "toolUse" : "stop"],
      [1, "length"],
      [1, "error"],
      [1, "aborted"],
    ]),
    /** How the stream ends: with its last event, with none but a result, or with nothing but a result. */
    shape: random.weighted([
      [8, "whole"],
      [1, "no start"],
      [1, "no last event"],
      [1, "only result"],
      [0.5, "no events"],
      [0.4, "odd events"],
    ]),
    replaced: random.chance(0.15),
    promised: random.chance(0.4),
    throws: random.weighted([
      [30, undefined],
      [1, "call"],
      [1, "promise"],
      [1, "middle"],
      [0.5, "result"],
    ]),
    heeds: random.chance(0.8),
  };
}

function call(random, id) {
  return {
    type: "toolCall",
    id: random.chance(0.03) ? "same" : id,
    name: random.weighted([
      [12, () => random.pick(["add", "wait", "fail", "end", "shape"])],
      [1, "unknown"],
    ]),
    arguments: random.weighted([
      [8, () => ({ n: random.int(3) })],
      [1, { n: "5" }],
      [1, { n: null, s: 7 }],
      [1, { s: "no number" }],
      [1, { n: "five" }],
    ]),
  };
}

function action(random, api, throwing) {
  const common = [
    [4, "steer"],
    [2, "followUp"],
    [2, "abort"],
    [throwing ? 6 : 0, "throw"],
    [throwing ? 2 : 0, "throw text"],
  ];
  const ofAgents = [
    [0.5, "clear"],
    [0.5, "modes"],
    [0.5, "prompt"],
    [0.5, "continue"],
    [0.5, "wait"],
    [0.3, "messages"],
    [0.3, "tools"],
    [0.2, "reset"],
    [0.3, "subscribe"],
    [0.3, "streamFn"],
  ];
  return random.weighted(api === "agent" ? [...common, ...ofAgents] : common);
}

export { SCHEMA, USER, usage };
