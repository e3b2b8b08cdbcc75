// The loop where Pi's leaves a hole, and what it has besides.

import {
  Agent,
  type AgentEvent,
  type AgentMessage,
  type AgentTool,
  agentLoop,
  runAgentLoopContinue,
} from "argent-runtime/pi-agent-core";
import {
  type AssistantMessage,
  fauxAssistantMessage,
  fauxToolCall,
  registerFauxProvider,
} from "argent-runtime/pi-ai";
import { Simulation, transcriptFaults } from "argent-runtime/testing";
import { afterEach, describe, expect, it } from "vitest";

const faux = registerFauxProvider();
const model = faux.getModel();
afterEach(() => faux.setResponses([]));

const calling = (...calls: [name: string, args?: object][]) =>
  fauxAssistantMessage(
    calls.map(([name, args]) => fauxToolCall(name, (args ?? {}) as never)),
    {
      stopReason: "toolUse",
    },
  );

function tool(name: string, execute: AgentTool["execute"]): AgentTool {
  const parameters = { type: "object" } as AgentTool["parameters"];
  return { name, label: name, description: name, parameters, execute };
}
const done = tool("done", async () => ({ content: [{ type: "text", text: "ok" }], details: {} }));
const never = tool("never", () => new Promise(() => {}));

function agentWith(tools: AgentTool[], options: ConstructorParameters<typeof Agent>[0] = {}) {
  const agent = new Agent({ initialState: { model, tools }, ...options });
  const ends: Extract<AgentEvent, { type: "agent_end" }>[] = [];
  agent.subscribe((event) => void (event.type === "agent_end" && ends.push(event)));
  return { agent, ends };
}

const results = (messages: AgentMessage[]) =>
  messages.flatMap((message) =>
    message.role === "toolResult"
      ? message.content.map((block) => (block.type === "text" ? block.text : ""))
      : [],
  );

describe("every call has its result", () => {
  const CASES: [AgentEvent["type"], string][] = [
    ["tool_execution_start", "Tool call was not run: no more"],
    ["tool_execution_end", "ok"],
    ["message_end", "Tool call was not run: no more"],
  ];
  it.each(CASES)("when a listener throws at %s", async (type, first) => {
    faux.setResponses([calling(["done"], ["done"])]);
    const { agent } = agentWith([done], { toolExecution: "sequential" });
    const told: string[] = [];
    agent.subscribe((event) => {
      if (event.type === "message_end" && event.message.role === "toolResult")
        told.push(event.message.toolCallId);
      else if (event.type === type && (type !== "message_end" || agent.state.messages.length === 2))
        throw new Error("no more");
    });
    await agent.prompt("go");
    expect(transcriptFaults(agent.state.messages)).toEqual([]);
    expect(results(agent.state.messages)).toEqual([first, "Tool call was not run: no more"]);
    expect(told).toHaveLength(2);
    expect(agent.state.errorMessage).toBe("no more");
  });

  it("with what the tools gave, when a listener throws while they run at once", async () => {
    let finish = () => {};
    const slow = tool("slow", async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return { content: [{ type: "text", text: "slow but done" }], details: {} };
    });
    faux.setResponses([calling(["done"], ["slow"])]);
    const { agent, ends } = agentWith([done, slow]);
    agent.subscribe((event) => {
      if (event.type !== "tool_execution_end" || event.toolName !== "done") return;
      setImmediate(() => finish());
      throw new Error("no more");
    });
    await agent.prompt("go");
    expect(results(agent.state.messages)).toEqual(["ok", "slow but done"]);
    expect(ends).toHaveLength(1);
  });

  it("when a tool gives nothing", async () => {
    faux.setResponses([calling(["nothing"]), fauxAssistantMessage("bye")]);
    const { agent } = agentWith([tool("nothing", async () => undefined as never)]);
    await agent.prompt("go");
    expect(results(agent.state.messages)).toEqual(["Tool nothing gave no result"]);
    expect(agent.state.errorMessage).toBeUndefined();
  });
});

describe("what Pi leaves open", () => {
  it("a stream of the loop ends with the failure where a hook throws", async () => {
    const config = {
      model,
      convertToLlm: async () => {
        throw new Error("cannot convert");
      },
    };
    const prompt = { role: "user" as const, content: "hi", timestamp: 1 };
    const stream = agentLoop([prompt], { systemPrompt: "", messages: [] }, config);
    const types: string[] = [];
    for await (const { type } of stream) types.push(type);
    expect(types.slice(-4)).toEqual(["message_start", "message_end", "turn_end", "agent_end"]);
    expect((await stream.result()).at(-1)).toMatchObject({
      stopReason: "error",
      errorMessage: "cannot convert",
    });
  });

  it("no half answer stays in the host's own array", async () => {
    const messages: AgentMessage[] = [{ role: "user", content: "hi", timestamp: 1 }];
    const partial = calling(["done"]);
    const broken = async function* () {
      yield { type: "start", partial };
      throw new Error("broken off");
    };
    const streamFn = () => Object.assign(broken(), { result: async () => partial }) as never;
    const run = runAgentLoopContinue(
      { systemPrompt: "", messages },
      { model, convertToLlm: (all) => all as never },
      () => {},
      undefined,
      streamFn,
    );
    await expect(run).rejects.toThrow("broken off");
    expect(messages).toHaveLength(1);
  });

  it("a tool that is done tells of no more progress", async () => {
    let update: Parameters<AgentTool["execute"]>[3];
    const chatty = tool("chatty", async (_id, _args, _signal, onUpdate) => {
      update = onUpdate;
      return { content: [], details: {} };
    });
    const late = { content: [], details: {} };
    faux.setResponses([calling(["chatty"]), fauxAssistantMessage("bye")]);
    const { agent } = agentWith([chatty]);
    const types: string[] = [];
    agent.subscribe((event) => {
      types.push(event.type);
      if (event.type === "tool_execution_end") update?.(late);
    });
    await agent.prompt("go");
    update?.(late);
    expect(types).not.toContain("tool_execution_update");
  });
});

describe("a queue", () => {
  it.each([
    ["one-at-a-time", [["s1"], ["s2"], ["f1"], ["f2"]]],
    [
      "all",
      [
        ["s1", "s2"],
        ["f1", "f2"],
      ],
    ],
  ] as const)("gives %s", async (mode, expected) => {
    const { agent } = agentWith([], { steeringMode: mode, followUpMode: mode });
    const said = (content: string) => ({ role: "user" as const, content, timestamp: 1 });
    faux.setResponses(Array.from({ length: 5 }, () => fauxAssistantMessage("yes")));
    const turns: string[][] = [[]];
    agent.subscribe((event) => {
      if (event.type === "turn_end") turns.push([]);
      if (event.type === "message_end" && event.message.role === "user")
        turns.at(-1)?.push(event.message.content as string);
    });
    for (const content of ["f1", "f2"]) agent.followUp(said(content));
    for (const content of ["s1", "s2"]) agent.steer(said(content));
    await agent.prompt([]);
    expect(turns.filter((turn) => turn.length > 0)).toEqual(expected);
    expect(agent.hasQueuedMessages()).toBe(false);
  });
});

describe("a guard", () => {
  /** Calls the same tool for ever, with arguments that `args` makes. */
  function restless(args: (turn: number) => object = (turn) => ({ turn })) {
    const answers = Array.from({ length: 30 }, (_, turn) =>
      calling([turn % 2 ? "done" : "other", args(turn)]),
    );
    faux.setResponses(answers);
  }
  const other = { ...done, name: "other" };

  it("on turns stops with the transcript whole, and the agent goes on from there", async () => {
    restless();
    const { agent, ends } = agentWith([done, other], { guards: { maxTurns: 3 } });
    agent.followUp({ role: "user", content: "and then", timestamp: 1 });
    await agent.prompt("go");
    expect(faux.getPendingResponseCount()).toBe(27);
    expect(ends[0]?.stop).toEqual({
      reason: "maxTurns",
      limit: 3,
      message: "The run was stopped: it has had its 3 answers",
    });
    expect(agent.state.stop).toBe(ends[0]?.stop);
    expect(agent.hasQueuedMessages()).toBe(true);
    await agent.continue();
    expect(faux.getPendingResponseCount()).toBe(24);
    expect(transcriptFaults(agent.state.messages)).toEqual([]);
  });

  it("that is not reached says nothing", async () => {
    faux.setResponses([calling(["done"]), fauxAssistantMessage("bye")]);
    const { agent, ends } = agentWith([done], { guards: { maxTurns: 2, maxToolCalls: 1, maxCost: 1 } });
    await agent.prompt("go");
    expect(ends).toEqual([{ type: "agent_end", messages: expect.any(Array) }]);
    expect(agent.state.stop).toBeUndefined();
  });

  it("on calls refuses those beyond", async () => {
    faux.setResponses([calling(["done"], ["done"], ["done"]), fauxAssistantMessage("bye")]);
    const { agent } = agentWith([done], { guards: { maxToolCalls: 2 } });
    await agent.prompt("go");
    expect(results(agent.state.messages)).toEqual([
      "ok",
      "ok",
      "The run was stopped: it has had its 2 tool calls",
    ]);
    expect(agent.state.stop?.reason).toBe("maxToolCalls");
    expect(faux.getPendingResponseCount()).toBe(1);
  });

  it("on costs asks for nothing more once they are spent", async () => {
    const dear = (message: AssistantMessage) => {
      message.usage.cost.total = 0.4;
      return message;
    };
    let asked = 0;
    const { agent } = agentWith([done], {
      guards: { maxCost: 1 },
      streamFn: () => {
        const message = dear(calling(["done", { turn: asked++ }]));
        const events = (async function* () {
          yield { type: "done", reason: "toolUse", message };
        })();
        return Object.assign(events, { result: async () => message }) as never;
      },
    });
    await agent.prompt("go");
    expect(asked).toBe(3);
    expect(agent.state.stop).toMatchObject({ reason: "maxCost", limit: 1 });
  });

  it("on identical calls sees through the order of keys", async () => {
    const { agent } = agentWith([done], { guards: { maxIdenticalCalls: 2 } });
    faux.setResponses([
      calling(["done", { a: 1, b: [{ c: 1, d: 2 }] }]),
      calling(["done", { b: [{ d: 2, c: 1 }], a: 1 }]),
      calling(["done", { a: 1, b: [{ c: 1, d: 2 }] }]),
      fauxAssistantMessage("bye"),
    ]);
    await agent.prompt("go");
    expect(agent.state.stop).toMatchObject({ reason: "maxIdenticalCalls", limit: 2, toolName: "done" });
    expect(results(agent.state.messages)).toEqual(["ok", "ok", agent.state.stop?.message]);
  });

  it("on two calls in turn ends the game", async () => {
    restless(() => ({}));
    const { agent } = agentWith([done, other], { guards: { maxPingPong: 2 } });
    await agent.prompt("go");
    expect(results(agent.state.messages)).toEqual(["ok", "ok", "ok", "ok", agent.state.stop?.message]);
    expect(agent.state.stop).toMatchObject({ reason: "maxPingPong", limit: 2 });
  });

  it("on failures in a row lets one success forgive them", async () => {
    faux.setResponses([
      calling(["absent"], ["absent"], ["done"]),
      calling(["absent"]),
      calling(["absent"], ["absent"]),
      fauxAssistantMessage("bye"),
    ]);
    const { agent } = agentWith([done], { guards: { maxErrorStreak: 3 } });
    await agent.prompt("go");
    expect(results(agent.state.messages)).toHaveLength(6);
    expect(agent.state.stop).toMatchObject({ reason: "maxErrorStreak", limit: 3, toolName: "absent" });
    expect(faux.getPendingResponseCount()).toBe(1);
  });

  it("on time aborts the run, and gives up on what does not heed it", async () => {
    faux.setResponses([calling(["never"]), fauxAssistantMessage("too late")]);
    const { agent, ends } = agentWith([never], { guards: { maxWallMs: 60_000, abortGraceMs: 5_000 } });
    await new Simulation(1).run(() => agent.prompt("go"));
    expect(results(agent.state.messages)).toEqual(["Tool never did not stop when the run was aborted"]);
    expect(ends[0]?.stop).toMatchObject({ reason: "maxWallMs", limit: 60_000 });
  });

  it("of grace ends a request that never answers, keeping what came", async () => {
    const partial = fauxAssistantMessage("half an ans");
    const { agent } = agentWith([], {
      guards: { abortGraceMs: 5_000 },
      streamFn: () => {
        const events = (async function* () {
          yield { type: "start", partial };
          await new Promise(() => {});
        })();
        return Object.assign(events, { result: () => new Promise(() => {}) }) as never;
      },
    });
    agent.subscribe(
      (event) => void (event.type === "message_start" && agent.state.messages.length === 1 && agent.abort()),
    );
    await new Simulation(1).run(() => agent.prompt("go"));
    expect(agent.state.messages.at(-1)).toMatchObject({
      stopReason: "aborted",
      content: [{ type: "text", text: "half an ans" }],
      errorMessage: "The request did not stop when the run was aborted",
    });
  });
});
