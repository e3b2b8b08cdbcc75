/** Random scripts of hosts that drive a session: plain data, so that both sides play the same. */

const EVENTS = [
  "agent_start",
  "agent_end",
  "turn_start",
  "turn_end",
  "message_start",
  "message_update",
  "message_end",
  "tool_execution_start",
  "tool_execution_update",
  "tool_execution_end",
  "model_select",
  "thinking_level_select",
  "session_start",
  "session_compact",
  "session_tree",
];
const HOOKS = [
  "context",
  "input",
  "before_agent_start",
  "tool_call",
  "tool_result",
  "session_before_compact",
  "session_before_tree",
  "message_end",
];
const LEVELS = ["off", "minimal", "low", "medium", "high", "xhigh"];
const ERRORS = [
  "overloaded_error",
  "429 rate limit exceeded",
  "503 service unavailable",
  "fetch failed",
  "boom",
  "invalid x-api-key",
  "",
];
const OVERFLOWS = [
  "prompt is too long: 213462 tokens > 200000 maximum",
  "Your input exceeds the context window of this model",
];

export function makeScript(random) {
  const size = random.pick([4_000, 50_000, 1_000_000]);
  return {
    kept: random.chance(0.7),
    images: random.chance(0.1),
    customs: random.chance(0.3),
    history: random.chance(0.8) ? random.between(6, 14) : 0,
    size,
    settings: {
      compaction: {
        enabled: random.chance(0.8),
        reserveTokens: random.pick([100, 1_000]),
        keepRecentTokens: random.pick([1, 50, 200]),
      },
      retry: { enabled: random.chance(0.8), maxRetries: random.pick([0, 1, 3]), baseDelayMs: 10 },
      steeringMode: random.pick(["all", "one-at-a-time"]),
      followUpMode: random.pick(["all", "one-at-a-time"]),
      images: { blockImages: random.chance(0.1) },
      branchSummary: { reserveTokens: 100 },
    },
    options: {
      model: random.pick(["thinks", "plain", "other"]),
      thinkingLevel: random.pick([undefined, ...LEVELS]),
      tools: random.pick([undefined, undefined, ["add", "read"], []]),
      noTools: random.pick([undefined, undefined, "builtin", "all"]),
      scoped: random.chance(0.3),
    },
    extensions: random.times(0, 2, () => extension(random)),
    hops: random.times(4, 9, () => random.pick([0, 0, 0, 1, 2, 5])),
    answers: random.times(8, 20, () => answer(random, size)),
    summaries: random.times(3, 3, () =>
      random.weighted([
        [6, "summary"],
        [1, "fails"],
        [1, "aborts"],
      ]),
    ),
    steps: random.times(2, 12, () => step(random)),
    during: new Map(random.times(0, 4, () => [random.int(40), step(random, true)])),
  };
}

function extension(random) {
  return {
    listens: random.some(EVENTS, 0.3),
    hooks: random.some(HOOKS, 0.35).map((name) => [name, random.times(1, 3, () => hook(random, name))]),
    tool: random.chance(0.3),
    command: random.chance(0.3),
    throws: random.chance(0.15),
  };
}

function hook(random, name) {
  const results = {
    context: [undefined, "shorter", "throw"],
    input: [undefined, "transform", "handled", "throw"],
    before_agent_start: [undefined, "message", "prompt", "both", "throw"],
    tool_call: [undefined, "block", "edit", "throw"],
    tool_result: [undefined, "content", "error", "throw"],
    session_before_compact: [undefined, undefined, "own", "cancel", "throw"],
    session_before_tree: [undefined, undefined, "own", "cancel", "label"],
    message_end: [undefined, undefined, "replace", "throw"],
  };
  return random.pick(results[name]);
}

function answer(random, size) {
  const tokens = random.pick([10, 100, Math.floor(size * 0.5), size - 50, size + 100]);
  return random.weighted([
    [8, { kind: "text", words: random.pick([20, 100, 300]), tokens }],
    [6, { kind: "tools", calls: random.times(1, 2, () => call(random)), tokens }],
    [2, { kind: "error", text: random.pick(ERRORS), tokens }],
    [1, { kind: "error", text: random.pick(OVERFLOWS), tokens }],
    [0.4, { kind: "length", tokens }],
    [0.4, { kind: "throw" }],
    [0.5, { kind: "wait" }],
  ]);
}

function call(random) {
  return random.pick([
    { name: "add", arguments: { n: 1 } },
    { name: "add", arguments: { n: "2" } },
    { name: "add", arguments: { n: "many" } },
    { name: "fails", arguments: {} },
    { name: "slow", arguments: {} },
    { name: "missing", arguments: {} },
    { name: "extra", arguments: { n: 3 } },
  ]);
}

function step(random, during = false) {
  const text = () =>
    random.pick([
      "hello there, how are you doing",
      "x ".repeat(200),
      "/run it",
      "/two words here",
      "/skill:s1 now",
      "/t a b",
      "",
    ]);
  const message = () => ({
    customType: "note",
    content: random.pick(["noted", [{ type: "text", text: "n" }]]),
    display: true,
    details: { a: 1 },
  });
  const rows = [
    [
      during ? 2 : 8,
      () => ({
        do: "prompt",
        text: text(),
        behavior: random.pick([undefined, "steer", "followUp"]),
        image: random.chance(0.1),
        expand: random.chance(0.9),
      }),
    ],
    [during ? 4 : 0.5, () => ({ do: "steer", text: text() })],
    [during ? 4 : 0.5, () => ({ do: "followUp", text: text() })],
    [during ? 2 : 1, () => ({ do: "abort" })],
    [during ? 0 : 1.5, () => ({ do: "compact", instructions: random.pick([undefined, "be brief"]) })],
    [0.4, () => ({ do: "abortCompaction" })],
    [0.3, () => ({ do: "abortRetry" })],
    [1, () => ({ do: "setModel", model: random.pick(["thinks", "plain", "other", "keyless"]) })],
    [1, () => ({ do: "cycleModel", direction: random.pick([undefined, "forward", "backward"]) })],
    [1, () => ({ do: "setThinkingLevel", level: random.pick(LEVELS) })],
    [1, () => ({ do: "cycleThinkingLevel" })],
    [
      1,
      () => ({
        do: "bash",
        exclude: random.chance(0.3),
        output: random.pick(["", "out\r\n", "\u001b[31mred\u001b[0m \u0007", "y\n".repeat(3_000)]),
        exit: random.pick([0, 1, null, "throw"]),
      }),
    ],
    [
      during ? 0 : 1.5,
      () => ({
        do: "navigate",
        to: random.int(30),
        summarize: random.chance(0.5),
        label: random.pick([undefined, "mark"]),
        instructions: random.pick([undefined, "only files"]),
        replace: random.chance(0.2),
      }),
    ],
    [
      1,
      () => ({
        do: "custom",
        message: message(),
        options: random.pick([
          undefined,
          { triggerTurn: true },
          { deliverAs: "nextTurn" },
          { deliverAs: "followUp" },
          { deliverAs: "steer" },
        ]),
      }),
    ],
    [
      0.7,
      () => ({
        do: "user",
        content: random.pick(["plain", [{ type: "text", text: "a" }, { type: "text", text: "b" }, IMAGE]]),
        options: random.pick([undefined, { deliverAs: "steer" }, { deliverAs: "followUp" }]),
      }),
    ],
    [0.5, () => ({ do: "clearQueue" })],
    [0.7, () => ({ do: "name", name: random.pick(["", " a name "]) })],
    [0.7, () => ({ do: "activate", names: random.pick([["read"], ["add", "nothing", "bash"], []]) })],
    [
      0.5,
      () => ({
        do: "modes",
        steering: random.pick(["all", "one-at-a-time"]),
        followUp: random.pick(["all", "one-at-a-time"]),
      }),
    ],
    [0.5, () => ({ do: "toggles", retry: random.chance(0.5), compaction: random.chance(0.5) })],
    [0.5, () => ({ do: "messages" })],
    [during ? 0 : 0.5, () => ({ do: "reload" })],
    [during ? 0 : 0.4, () => ({ do: "bind" })],
    [1, () => ({ do: "look" })],
  ];
  const chosen = random.weighted(rows);
  const waits = ["reload", "bind"].includes(chosen.do) || random.chance(0.85);
  return { ...chosen, waits, hops: random.int(12) };
}

export const IMAGE = { type: "image", data: "AA==", mimeType: "image/png" };
