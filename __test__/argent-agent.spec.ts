// Argent's agent and loops.

import {
  type AgentEvent,
  agentLoop,
  agentLoopV2,
  createAgent,
  executeToolCall,
  isLoopEvent,
  isStreamEvent,
  isToolEvent,
  type LoopMessage,
  ToolExecutor,
  type TurnEpisode,
} from "argent-runtime/argent-agent";
import type { StreamEvent, TurnRequest, TurnResponse } from "argent-runtime/argent-ai";
import { describe, expect, it } from "vitest";
import { add, all, broken, calls, config, registry, scripted, types, usage } from "./support/argent.js";

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
