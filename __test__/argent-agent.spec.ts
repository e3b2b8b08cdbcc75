// Argent's agent and loops.

import {
  type AgentEvent,
  agentLoop,
  agentLoopV2,
  type CoreEvent,
  coreLoop,
  createAgent,
  executeToolCall,
  InMemoryEventBus,
  InMemoryStateManager,
  isLoopEvent,
  isStreamEvent,
  isToolEvent,
  type LoopMessage,
  type LoopV2Event,
  ToolExecutor,
  type ToolHandler,
  ToolRegistry,
  type TurnEpisode,
} from "argent-runtime/argent-agent";
import type { StreamEvent, TurnRequest, TurnResponse } from "argent-runtime/argent-ai";
import { describe, expect, it } from "vitest";

const usage = { inputTokens: 1, outputTokens: 2, cacheReadTokens: 0, cacheWriteTokens: 0, totalTokens: 3 };
type Said = string | { text?: string; calls: [name: string, args: object][]; stopReason?: "stop" };

/** A host's own provider, which answers from a list. */
function scripted(...answers: (Said | Error)[]) {
  const requests: TurnRequest[] = [];
  const respond = (said: Said, turn: number): TurnResponse => {
    const { text = "", calls, stopReason } = typeof said === "string" ? { text: said, calls: [] } : said;
    const toolCalls = (calls as [string, object][]).map(([name, args], at) => ({
      type: "toolCall" as const,
      id: `t${turn}.${at}`,
      name,
      arguments: args as Record<string, unknown>,
    }));
    const reason = stopReason ?? (toolCalls.length > 0 ? "tool_use" : "stop");
    return { text, toolCalls, usage, stopReason: reason, provider: "host", model: "m" };
  };
  return {
    name: "host",
    requests,
    async *stream(request: TurnRequest): AsyncGenerator<StreamEvent> {
      const turn = requests.push(request) - 1;
      const said = answers[turn] ?? "nothing more";
      if (said instanceof Error) throw said;
      const response = respond(said, turn);
      yield { type: "start", partial: response };
      if (response.text) yield { type: "text_delta", delta: response.text, partial: response };
      yield { type: "done", response };
    },
  };
}

const add: ToolHandler = {
  name: "add",
  description: "Adds",
  parameters: {
    type: "object",
    properties: { a: { type: "number" }, b: { type: "number" } },
    required: ["a", "b"],
  },
  handler: async ({ a, b }) => String(a + b),
};
const broken: ToolHandler = {
  ...add,
  name: "broken",
  handler: async () => {
    throw new Error("out of order");
  },
};

function registry(...tools: ToolHandler[]): ToolRegistry {
  const tooling = new ToolRegistry();
  for (const tool of tools) tooling.register(tool);
  return tooling;
}

const config = (provider: ReturnType<typeof scripted>) => ({
  provider,
  model: { id: "m" },
  systemPrompt: "system",
  messages: [{ role: "user", content: "go" }] as LoopMessage[],
});

async function all<T, R>(events: AsyncGenerator<T, R>): Promise<{ events: T[]; value: R }> {
  const seen: T[] = [];
  for (;;) {
    const next = await events.next();
    if (next.done) return { events: seen, value: next.value };
    seen.push(next.value);
  }
}
const types = (events: { type: string }[]) => events.map(({ type }) => type);
const calls = (...list: [string, object][]) => ({ calls: list });

describe("the registry", () => {
  it("keeps a tool's place when another of its name comes", () => {
    const tools = registry(add, broken);
    tools.register({ ...add, description: "Adds better" });
    expect(tools.toToolDefs().map(({ name, description }) => `${name}: ${description}`)).toEqual([
      "add: Adds better",
      "broken: Adds",
    ]);
    expect([tools.has("add"), tools.has("sub"), tools.get("broken")]).toEqual([true, false, broken]);
  });

  it.each([
    ["coerces arguments", "add", { a: "1", b: 2 }, { result: "3", isError: false }],
    [
      "refuses wrong ones",
      "add",
      { a: 1 },
      { result: expect.stringContaining("Error: Validation failed"), isError: true },
    ],
    ["does not throw", "broken", { a: 1, b: 2 }, { result: "Error: out of order", isError: true }],
    ["knows what it has not", "sub", {}, { result: 'Error: Unknown tool "sub"', isError: true }],
  ])("%s", async (_, name, args, expected) => {
    expect(await executeToolCall({ id: "1", name, arguments: args }, registry(add, broken))).toEqual(
      expected,
    );
  });
});

describe("agentLoop", () => {
  it("tells the provider's own events, the tools and the end", async () => {
    const provider = scripted(
      { text: "sum", ...calls(["add", { a: 1, b: 2 }], ["broken", { a: 1, b: 2 }]) },
      "three",
    );
    const { events, value } = await all(agentLoop({ ...config(provider), tools: registry(add, broken) }));
    expect(types(events)).toEqual([
      "loop_start",
      "start",
      "text_delta",
      "done",
      "tool_start",
      "tool_end",
      "tool_start",
      "tool_end",
      "loop_start",
      "start",
      "text_delta",
      "done",
      "loop_end",
    ]);
    expect(events.filter(({ type }) => type === "tool_end")).toMatchObject([
      { result: "3", isError: false },
      { result: "Error: out of order", isError: true },
    ]);
    expect(events.at(-1)).toEqual({ type: "loop_end", iterations: 2, stopReason: "stop" });
    expect(provider.requests[1]?.messages).toMatchObject([
      { role: "user", content: "go" },
      { role: "assistant", content: "sum", toolCalls: [{ name: "add" }, { name: "broken" }] },
      { role: "tool", content: "3", toolCallId: "t0.0", toolName: "add", isError: false },
      { role: "tool", content: "Error: out of order", toolName: "broken", isError: true },
    ]);
    expect(value.map(({ role }) => role)).toEqual(["assistant", "tool", "tool", "assistant"]);
    expect(
      [events.filter(isStreamEvent), events.filter(isToolEvent), events.filter(isLoopEvent)].map(
        (list) => list.length,
      ),
    ).toEqual([6, 4, 3]);
  });

  it("goes by the calls, whatever the provider calls the end of its answer", async () => {
    const provider = scripted({ ...calls(["add", { a: 1, b: 2 }]), stopReason: "stop" }, "three");
    const { events } = await all(agentLoop({ ...config(provider), tools: registry(add) }));
    expect(events.at(-1)).toEqual({ type: "loop_end", iterations: 2, stopReason: "stop" });
  });

  it("says when it has had its iterations", async () => {
    const again = calls(["add", { a: 1, b: 2 }]);
    const provider = scripted(again, again, again);
    const { events } = await all(agentLoop({ ...config(provider), tools: registry(add), maxIterations: 2 }));
    expect(events.at(-1)).toEqual({ type: "loop_end", iterations: 2, stopReason: "max_iterations" });
  });

  it("ends with an error and its end when the provider throws", async () => {
    const { events } = await all(agentLoop(config(scripted(new Error("no connection")))));
    expect(events).toMatchObject([
      { type: "loop_start" },
      { type: "error", error: { stopReason: "error", errorMessage: "no connection" } },
      { type: "loop_end", iterations: 1, stopReason: "error" },
    ]);
  });

  it("stops asking when nobody reads", async () => {
    const provider = scripted(calls(["add", { a: 1, b: 2 }]), "three");
    for await (const event of agentLoop({ ...config(provider), tools: registry(add) }))
      if (event.type === "tool_start") break;
    await new Promise(setImmediate);
    expect(provider.requests).toHaveLength(1);
  });

  it("gives back what it was given", async () => {
    const provider = scripted("ok");
    const messages: LoopMessage[] = [
      { role: "user", content: "first" },
      { role: "assistant", content: "an answer" },
      { role: "user", content: "second" },
    ];
    await all(agentLoop({ ...config(provider), messages }));
    expect(provider.requests[0]).toMatchObject({ systemPrompt: "system", messages });
    expect(provider.requests[0]?.messages[1]).toBe(messages[1]);
  });
});

describe("agentLoopV2", () => {
  it("tells batches, steering and follow-ups in their order", async () => {
    const ask = {
      ...add,
      name: "ask",
      handler: async () => "",
      executeExtended: async () => ({
        content: "asked",
        isError: false,
        followUp: { type: "inject_message" as const, message: "look again", role: "system" as const },
      }),
    };
    const provider = scripted(calls(["ask", { a: 1, b: 2 }], ["add", { a: 1, b: 2 }]), "done");
    const steering = [[], [{ role: "user" as const, content: "and hurry" }]];
    const heard: string[] = [];
    const { events } = await all(
      agentLoopV2({
        ...config(provider),
        toolExecutor: new ToolExecutor({ registry: registry(add, ask) }),
        getSteeringMessages: () => steering.shift() ?? [],
        onToolEvent: ({ type }) => void heard.push(type),
      }),
    );
    expect(types(events.filter((event) => !isStreamEvent(event)))).toEqual([
      "loop_start",
      "tool_batch_start",
      "tool_start",
      "tool_start",
      "tool_end",
      "tool_end",
      "tool_batch_end",
      "tool_followup",
      "loop_start",
      "steering_injected",
      "loop_end",
    ]);
    expect(events.find(({ type }) => type === "tool_batch_end")).toMatchObject({
      count: 2,
      results: [{ content: "asked" }, { content: "3" }],
    });
    expect(provider.requests[1]?.messages.slice(-2)).toMatchObject([
      { role: "user", content: "and hurry" },
      { role: "user", content: "look again" },
    ]);
    expect(heard.filter((type) => type === "tool_exec_complete")).toHaveLength(2);
  });

  it("tells a tool's start before it runs and its end when it has", async () => {
    const order: string[] = [];
    const slow = { ...add, handler: async () => String(order.push("runs")) };
    const provider = scripted(calls(["add", { a: 1, b: 2 }]), "done");
    for await (const { type } of agentLoopV2({ ...config(provider), tools: registry(slow) }))
      if (type === "tool_start" || type === "tool_end") order.push(type);
    expect(order).toEqual(["tool_start", "runs", "tool_end"]);
  });

  it("runs what is confirmed", async () => {
    const dangerous = { ...add, permission: "destructive" as const };
    const policies = [{ name: "ask", evaluate: () => ({ action: "confirm" as const, prompt: "really?" }) }];
    const prompts: string[] = [];
    const { events } = await all(
      agentLoopV2({
        ...config(scripted(calls(["add", { a: 1, b: 2 }]), "done")),
        toolExecutor: new ToolExecutor({ registry: registry(dangerous), policies }),
        confirm: (_call, prompt) => prompts.push(prompt) > 0,
      }),
    );
    expect(prompts).toEqual(["really?"]);
    expect(events.find(({ type }) => type === "tool_end")).toMatchObject({ result: "3" });
  });

  const CASES: [string, (abort: () => void) => object][] = [
    [
      "before it begins",
      (abort) => {
        abort();
        return {};
      },
    ],
    [
      "in the middle of an answer that never ends",
      (abort) => ({
        provider: {
          name: "deaf",
          async *stream() {
            yield { type: "start", partial: {} } as StreamEvent;
            abort();
            await new Promise(() => {});
          },
        },
      }),
    ],
    [
      "while a tool runs that never ends",
      (abort) => ({
        provider: scripted(calls(["add", { a: 1, b: 2 }]), "done"),
        toolExecutor: new ToolExecutor({
          registry: registry({
            ...add,
            handler: () => {
              abort();
              return new Promise(() => {});
            },
          }),
        }),
      }),
    ],
  ];
  it.each(CASES)("ends as it should when it is aborted %s", async (_, make) => {
    const controller = new AbortController();
    const more = make(() => controller.abort(new Error("enough")));
    const { events } = await all(
      agentLoopV2({ ...config(scripted("x")), signal: controller.signal, ...more }),
    );
    expect(events.slice(-2)).toMatchObject([
      { type: "loop_abort", reason: "enough" },
      { type: "loop_end", stopReason: "aborted" },
    ]);
    expect(types(events).filter((type) => type === "loop_end")).toHaveLength(1);
  });
});

describe("the agent", () => {
  it("runs a turn with tools and gives its messages for the next", async () => {
    const provider = scripted({ text: "let me see", ...calls(["add", { a: 1, b: 2 }]) }, "three", "six");
    const agent = createAgent({ ...config(provider), tools: [add] });
    const first = await agent.execute({ content: "1 + 2?" });
    expect(first).toMatchObject({ text: "three", stopReason: "stop", usage: { totalTokens: 6 } });
    await agent.execute({ content: "twice that?", history: first.messages });
    expect(provider.requests[2]?.messages.map(({ role }) => role)).toEqual([
      "user",
      "assistant",
      "tool",
      "assistant",
      "user",
    ]);
    expect(await agent.executeTool("id", "add", { a: 2, b: 2 })).toBe("4");
  });

  it("without tools asks for one whole answer, and streams the provider's own events", async () => {
    const whole: TurnRequest[] = [];
    const streaming = scripted("piece by piece");
    const provider = {
      ...streaming,
      execute: async (request: TurnRequest): Promise<TurnResponse> => {
        whole.push(request);
        return { text: "whole", toolCalls: [], usage, stopReason: "stop", provider: "host", model: "m" };
      },
    };
    const agent = createAgent({ ...config(streaming), provider });
    expect((await agent.execute({ content: "hi" })).text).toBe("whole");
    expect([whole.length, streaming.requests.length]).toEqual([1, 0]);
    const { events } = await all<AgentEvent, unknown>(agent.stream({ content: "hi" }));
    expect(types(events)).toEqual(["start", "text_delta", "done"]);
  });

  it("does not reject when the provider fails", async () => {
    const agent = createAgent(config(scripted(new Error("no connection"))));
    expect(await agent.execute({ content: "hi" })).toMatchObject({
      stopReason: "error",
      errorMessage: "no connection",
    });
  });

  it("puts lessons after the prompt, and has the turn remembered", async () => {
    const provider = scripted(calls(["broken", { a: 1, b: 1 }]), "sorry");
    const chosen = { lesson: { id: 7, text: "measure twice" }, confidence: 0.8 };
    const recorded: unknown[] = [];
    const episodes: TurnEpisode[] = [];
    const asked: unknown[] = [];
    const agent = createAgent({
      ...config(provider),
      tools: [broken],
      sis: {
        injector: {
          selectLessonsForTurn: async (query) => {
            asked.push(query);
            return { injected: [chosen], promptSection: "## Lessons\n1. measure twice" };
          },
          recordInjections: async (...args) => recorded.push(args),
        },
        episodes: { recordEpisode: async (episode) => episodes.push(episode) },
      },
    });
    const { events, value } = await all<AgentEvent, { injectedLessons?: unknown }>(
      agent.stream({ content: "cut", episodeId: "e1", preValence: 0.5 }),
    );
    const lessons = [{ id: 7, text: "measure twice", confidence: 0.8 }];
    expect(events[0]).toEqual({ type: "lesson_injected", lessons });
    expect(value.injectedLessons).toEqual(lessons);
    expect(provider.requests[0]?.systemPrompt).toBe("system\n\n## Lessons\n1. measure twice");
    expect(asked).toEqual([
      { maxLessons: 3, context: "general", prompt: "cut", tools: ["broken"], episodeId: "e1" },
    ]);
    expect(recorded).toEqual([[[chosen], "e1", 0.5]]);
    expect(episodes).toMatchObject([
      {
        id: "e1",
        prompt: "cut",
        stopReason: "stop",
        lessonIds: [7],
        usage: { totalTokens: 6 },
        toolCalls: [{ name: "broken", isError: true, result: "Error: out of order" }],
      },
    ]);
  });

  it("does not fail with what it learns from", async () => {
    const failures: string[] = [];
    const fail = async () => {
      throw new Error("no store");
    };
    const agent = createAgent({
      ...config(scripted("fine")),
      sis: {
        injector: { selectLessonsForTurn: fail, recordInjections: fail },
        episodes: { recordEpisode: fail },
        onError: (_error, operation) => void failures.push(operation),
      },
    });
    expect((await agent.execute({ content: "hi" })).text).toBe("fine");
    expect(failures).toEqual(["selectLessonsForTurn", "recordEpisode"]);
  });
});

describe("coreLoop", () => {
  const core = (provider: ReturnType<typeof scripted>, more = {}) =>
    coreLoop({ ...config(provider), agentId: "a", sessionId: "s", tools: registry(add), ...more });

  it("keeps an episode with its turns and tells it", async () => {
    const [state, bus] = [new InMemoryStateManager(), new InMemoryEventBus()];
    const provider = scripted(calls(["add", { a: 1, b: 2 }]), "three");
    const { events } = await all<CoreEvent, unknown>(core(provider, { state, events: bus }));
    expect(types(events.filter((event) => event.type.startsWith("core:")))).toEqual([
      "core:episode_start",
      "core:turn_persisted",
      "core:turn_persisted",
      "core:episode_complete",
    ]);
    expect(types(events).indexOf("core:turn_persisted")).toBe(types(events).indexOf("done") - 1);
    const [episode] = state.episodes.values();
    expect(episode).toMatchObject({ turnCount: 2, totalTokens: 6, outcome: "stop", type: "conversation" });
    const turns = await state.getTurnHistory("s");
    expect(turns.map(({ id }) => id)).toEqual([`${episode?.id}-turn-1`, `${episode?.id}-turn-2`]);
    expect(turns[0]).toMatchObject({
      stopReason: "tool_use",
      toolResults: [{ result: "3", isError: false }],
    });
    expect(types(bus.published)).toEqual([
      "agent:episode_start",
      "agent:turn_start",
      "agent:turn_complete",
      "agent:tool_execute",
      "agent:turn_start",
      "agent:turn_complete",
      "agent:episode_complete",
    ]);
    expect(provider.requests[0]?.messages).toHaveLength(1);
  });

  it("saves an answer that failed, and says how the episode ended", async () => {
    const state = new InMemoryStateManager();
    await all<CoreEvent, unknown>(core(scripted(new Error("no connection")), { state }));
    expect([...state.turns.values()]).toMatchObject([{ stopReason: "error" }]);
    expect([...state.episodes.values()]).toMatchObject([{ outcome: "error" }]);
  });

  it("tells what it could not keep, and goes on", async () => {
    const state = new InMemoryStateManager();
    state.saveTurnStart = state.completeEpisode = async () => {
      throw new Error("disk full");
    };
    const { events } = await all<CoreEvent, unknown>(core(scripted("fine"), { state }));
    const errors = events.filter((event) => event.type === "core:state_error");
    expect(errors.map(({ operation, error }) => [operation, error])).toEqual([
      ["saveTurnStart", "disk full"],
      ["completeEpisode", "disk full"],
    ]);
    expect(events.at(-1)?.type).toBe("core:episode_complete");
  });

  it("tells an abort and completes the episode, also where the reader leaves", async () => {
    const controller = new AbortController();
    const state = new InMemoryStateManager();
    const told: LoopV2Event["type"][] = [];
    for await (const event of core(scripted("x", "y"), { state, signal: controller.signal })) {
      told.push(event.type as LoopV2Event["type"]);
      if (event.type === "start") controller.abort();
    }
    expect(told).toContain("loop_abort");
    for await (const event of core(scripted("x"), { state })) if (event.type === "start") break;
    expect(
      [...state.episodes.values()].map(({ outcome, completedAt }) => [outcome, completedAt instanceof Date]),
    ).toEqual([
      ["aborted", true],
      ["unknown", true],
    ]);
  });
});
