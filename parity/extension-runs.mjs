/** Random extensions in a runner: what they register, what they are told, what they answer and what comes of it. */

const NAMES = ["one", "two", "three"];
const KEYS = ["ctrl+x", "Ctrl+C", "escape", "ctrl+s", "alt+m"];
const KEYBINDINGS = {
  "app.interrupt": "escape",
  "app.clear": ["ctrl+c"],
  "app.model.select": ["ctrl+l", "alt+M"],
  "app.session.new": "ctrl+s",
  "app.unbound": undefined,
  "tui.editor.undo": ["ctrl+c", "ctrl+z"],
};

const message = (random, role = random.pick(["user", "assistant"])) => ({
  role,
  content: random.pick(["hello", [{ type: "text", text: "hi" }]]),
  timestamp: 1,
});

/** What a handler may answer, for each event. */
const ANSWERS = {
  session_before_switch: [{ cancel: true }, { cancel: false }, {}],
  session_before_fork: [{ cancel: true }, { skipConversationRestore: true }],
  session_before_compact: [
    { compaction: { summary: "s", firstKeptEntryId: "a", tokensBefore: 1 } },
    { cancel: true },
  ],
  session_before_tree: [{ summary: { summary: "t" } }, { label: "l" }, { cancel: 1 }],
  session_start: [{ cancel: true }, "ignored"],
  turn_end: [{ message: 1 }],
  message_end: [
    { message: { role: "user", content: "changed" } },
    { message: { role: "assistant", content: [] } },
    { message: null },
    {},
  ],
  tool_call: [{ block: true, reason: "no" }, { block: false }, {}],
  tool_result: [
    { content: [] },
    { details: null },
    { isError: true },
    { content: [{ type: "text", text: "x" }], isError: false },
    {},
  ],
  user_bash: [
    { result: { output: "o", exitCode: 0, cancelled: false, truncated: false } },
    { operations: {} },
    0,
  ],
  context: [{ messages: [] }, { messages: [{ role: "user", content: "more" }] }, {}, { messages: undefined }],
  before_provider_request: [{ changed: true }, null, 0, ""],
  before_agent_start: [
    { systemPrompt: "other" },
    { systemPrompt: "" },
    { systemPrompt: null },
    { message: { customType: "c", content: "x", display: true } },
    {},
  ],
  resources_discover: [{ skillPaths: ["a", "b"] }, { promptPaths: ["p"], themePaths: [] }, {}],
  input: [
    { action: "handled" },
    { action: "transform", text: "T" },
    { action: "transform", text: "U", images: [{ type: "image" }] },
    { action: "continue" },
    {},
  ],
};

const EVENTS = Object.keys(ANSWERS);

/** What handlers change in place. */
function meddle(event) {
  if (event.input) event.input.command = "changed";
  if (event.messages) event.messages.push({ role: "user", content: "pushed" });
  if (event.type === "tool_result") event.isError = "meddled";
  if (event.payload && typeof event.payload === "object") event.payload.meddled = true;
}

function handler(random, log, label, event) {
  const answer = random.chance(0.7) ? structuredClone(random.pick(ANSWERS[event])) : undefined;
  const throws = random.chance(0.15) ? random.pick([new Error(`by ${label}`), "a text", undefined]) : null;
  const [late, meddles, asks] = [random.chance(0.5), random.chance(0.2), random.chance(0.3)];
  const act = (told, ctx) => {
    log.push(["told", label, structuredClone(told)]);
    if (meddles) meddle(told);
    if (asks) log.push(["knows", contents(ctx)]);
    if (throws !== null) throw throws;
    return answer;
  };
  return late ? async (...args) => act(...args) : act;
}

/** All that a context says. */
function contents(ctx) {
  const read = (name) => {
    try {
      const value = ctx[name];
      return typeof value === "function" ? ["function", value.call(ctx)] : value;
    } catch (error) {
      return ["throws", error.message];
    }
  };
  const quiet = [
    "hasUI",
    "cwd",
    "model",
    "isIdle",
    "signal",
    "hasPendingMessages",
    "getContextUsage",
    "getSystemPrompt",
  ];
  return [...quiet.map((name) => [name, read(name)]), Object.keys(ctx).sort()];
}

function factory(random, log, at) {
  const steps = random.times(1, 6, () => {
    const name = random.pick(NAMES);
    const event = random.pick(EVENTS);
    return random.weighted([
      [6, () => (pi) => pi.on(event, handler(random, log, `${at} ${event}`, event))],
      [
        1,
        () => (pi) =>
          pi.registerTool({
            name,
            label: `${at}`,
            description: "d",
            parameters: {},
            execute: async (...args) => ({ content: [], details: contents(args[4]) }),
          }),
      ],
      [
        1,
        () => (pi) =>
          pi.registerCommand(random.pick([name, `${name}:1`, `${name}:2`]), {
            description: `${at}`,
            handler: async () => {},
          }),
      ],
      [
        1,
        () => (pi) =>
          pi.registerFlag(name, { type: "string", default: random.pick([undefined, "v", false]) }),
      ],
      [1, () => (pi) => pi.registerShortcut(random.pick(KEYS), { handler() {} })],
      [1, () => (pi) => pi.registerMessageRenderer(name, () => at)],
      [1, () => (pi) => pi.registerProvider(random.pick([...NAMES, "bad"]), { baseUrl: `${at}` })],
      [1, () => (pi) => pi.unregisterProvider(name)],
      [0.5, () => (pi) => log.push(["flag", pi.getFlag(name)])],
      [0.3, () => (pi) => pi.sendMessage({ customType: "x", content: "y", display: true })],
      [0.3, () => (pi) => pi.setModel({}).catch((error) => log.push(["model", error.message]))],
    ]);
  });
  return async (pi) => {
    for (const step of steps) await step(pi);
    return pi;
  };
}

const GIVEN = {
  newSession: [{ a: 1 }],
  fork: ["id", {}],
  navigateTree: ["id", {}],
  switchSession: ["path", {}],
};

function command(runner, name) {
  return runner.createCommandContext()[name](...(GIVEN[name] ?? []));
}

/** What each call to the host is, in the log. */
const recorder = (log, names, answer) =>
  Object.fromEntries(
    names.map((name) => [
      name,
      (...args) => {
        // Whether an argument is left out or undefined is all one.
        while (args.length > 0 && args.at(-1) === undefined) args.pop();
        log.push(["host", name, ...args]);
        return answer;
      },
    ]),
  );

const ACTIONS = [
  "sendMessage",
  "sendUserMessage",
  "appendEntry",
  "setSessionName",
  "getSessionName",
  "setLabel",
  "getActiveTools",
  "getAllTools",
  "setActiveTools",
  "refreshTools",
  "getCommands",
  "setModel",
  "getThinkingLevel",
  "setThinkingLevel",
];
const CONTEXT = [
  "isIdle",
  "getSignal",
  "abort",
  "hasPendingMessages",
  "shutdown",
  "getContextUsage",
  "compact",
  "getSystemPrompt",
  "getModel",
];
const COMMANDS = ["waitForIdle", "newSession", "fork", "navigateTree", "switchSession", "reload"];

const registry = (log) => ({
  registerProvider(name, config) {
    log.push(["registry", name, config]);
    if (name === "bad") throw new Error("bad provider");
  },
  unregisterProvider: (name) => log.push(["registry", "without", name]),
});

/** What an extension does of its own accord. */
function deed(random, apis, log) {
  const pi = random.pick(apis);
  const name = random.pick([
    ...ACTIONS.filter((name) => name !== "refreshTools"),
    "registerTool",
    "registerProvider",
    "unregisterProvider",
    "on",
    "getFlag",
  ]);
  const args = random.times(0, 2, () => random.pick([...NAMES, { a: 1 }]));
  const given =
    {
      registerTool: [{ name: "late" }],
      registerProvider: ["bad", {}],
      unregisterProvider: ["one"],
      on: ["turn_end", () => log.push(["late handler"])],
      getFlag: ["one"],
    }[name] ?? args;
  return () => pi[name](...given);
}

function operations(random, runner, apis, log) {
  const bind = () =>
    runner.bindCore(
      recorder(log, ACTIONS, "acted"),
      recorder(log, CONTEXT, "known"),
      random.chance(0.3) ? recorder(log, ["registerProvider"]) : undefined,
    );
  const call = { type: "tool_call", toolCallId: "1", toolName: "bash", input: { command: "ls" } };
  const result = {
    type: "tool_result",
    toolCallId: "1",
    toolName: "bash",
    input: {},
    content: [{ type: "text", text: "r" }],
    details: undefined,
    isError: false,
  };
  const before = random.pick(["switch", "fork", "compact", "tree"]);
  return random.weighted([
    [2, () => ["bindCore", bind]],
    [
      1,
      () => [
        "bindCommandContext",
        () =>
          runner.bindCommandContext(
            random.chance(0.7) ? recorder(log, COMMANDS, { cancelled: true }) : undefined,
          ),
      ],
    ],
    [1, () => ["setUIContext", () => runner.setUIContext(random.pick([undefined, { notify() {} }]))]],
    [2, () => ["emit", () => runner.emit({ type: `session_before_${before}`, reason: "new" })]],
    [
      2,
      () => ["emit", () => runner.emit({ type: random.pick(["session_start", "turn_end", "agent_start"]) })],
    ],
    [
      2,
      () => [
        "emitMessageEnd",
        () => runner.emitMessageEnd({ type: "message_end", message: message(random) }),
      ],
    ],
    [2, () => ["emitToolCall", () => runner.emitToolCall(call)]],
    [2, () => ["emitToolResult", () => runner.emitToolResult(result)]],
    [
      2,
      () => [
        "emitUserBash",
        () => runner.emitUserBash({ type: "user_bash", command: "ls", excludeFromContext: false, cwd: "/" }),
      ],
    ],
    [2, () => ["emitContext", () => runner.emitContext([message(random)])]],
    [2, () => ["emitBeforeProviderRequest", () => runner.emitBeforeProviderRequest({ model: "m" })]],
    [
      2,
      () => [
        "emitBeforeAgentStart",
        () => runner.emitBeforeAgentStart("p", undefined, "system", { cwd: "/" }),
      ],
    ],
    [2, () => ["emitResourcesDiscover", () => runner.emitResourcesDiscover("/w", "startup")]],
    [2, () => ["emitInput", () => runner.emitInput("in", random.pick([undefined, []]), "rpc")]],
    [1, () => ["tools", () => [runner.getAllRegisteredTools(), runner.getToolDefinition("one")?.label]]],
    [
      1,
      () => [
        "commands",
        () => [runner.getRegisteredCommands(), runner.getCommandDiagnostics(), runner.getCommand("one:1")],
      ],
    ],
    [
      1,
      () => [
        "flags",
        () => [[...runner.getFlags()], runner.setFlagValue("one", true), [...runner.getFlagValues()]],
      ],
    ],
    [1, () => ["shortcuts", () => [[...runner.getShortcuts(KEYBINDINGS)], runner.getShortcutDiagnostics()]]],
    [
      1,
      () => [
        "renderer",
        () => [
          runner.getMessageRenderer("one")?.(),
          runner.hasHandlers("input"),
          runner.hasUI(),
          runner.getExtensionPaths(),
        ],
      ],
    ],
    [1, () => ["run tools", () => Promise.all(runner.wrapped().map((tool) => tool.execute("1", {})))]],
    [1, () => ["context", () => contents(runner.createContext())]],
    [1, () => ["command", () => command(runner, random.pick(COMMANDS))]],
    [1, () => ["command context", () => contents(runner.createCommandContext())]],
    [4, () => ["deed", deed(random, apis, log)]],
    [0.4, () => ["shutdown", () => runner.shutdown()]],
    [0.3, () => ["invalidate", () => runner.invalidate(random.pick([undefined, "gone"]))]],
  ]);
}

/** Plays the case of a seed on one side; gives all that happened. */
export async function playExtensions(random, side) {
  const log = [];
  const warn = console.warn;
  console.warn = (text) => log.push(["warned", text]);
  try {
    const [runtime, events, extensions, apis] = [
      side.createExtensionRuntime(),
      side.createEventBus(),
      [],
      [],
    ];
    for (let at = 0, end = random.between(1, 4); at < end; at++) {
      const make = factory(random, log, at);
      await attempt(log, "load", async () => {
        const load = async (pi) => void apis.push(await make(pi));
        const named = random.pick([[], [`<inline:${at}>`], ["<>"], ["ext.ts"]]);
        extensions.push(await side.loadExtensionFromFactory(load, "/work", events, runtime, ...named));
      });
    }
    log.push([
      "loaded",
      extensions.map(({ path, sourceInfo, handlers }) => [path, sourceInfo, [...handlers.keys()]]),
    ]);
    const runner = new side.ExtensionRunner(extensions, runtime, "/work", { session: 1 }, registry(log));
    runner.wrapped = () => side.wrapRegisteredTools(runner.getAllRegisteredTools(), runner);
    runner.onError(({ stack, ...error }) => log.push(["error", error, typeof stack]));
    for (let step = 0; step < 12; step++) {
      const [name, act] = operations(random, runner, apis.length > 0 ? apis : [{}], log);
      await attempt(log, name, act);
    }
    return JSON.parse(JSON.stringify(log, (_key, value) => (value === undefined ? "undefined" : value)));
  } finally {
    console.warn = warn;
  }
}

async function attempt(log, name, act) {
  try {
    log.push([name, await act()]);
  } catch (error) {
    log.push([name, "throws", error instanceof Error ? error.message : error]);
  }
}
