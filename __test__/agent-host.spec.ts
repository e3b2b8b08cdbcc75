// Code of Pi's hosts, as it stands but for the name of the package: it must compile, and do what it did.

import {
  Agent,
  type AgentContext,
  type AgentEvent,
  type AgentLoopConfig,
  type AgentMessage,
  type AgentState,
  type AgentTool,
  type AgentToolResult,
  type AgentToolUpdateCallback,
  agentLoop,
  type CustomAgentMessages,
  type StreamFn,
  type ThinkingLevel,
} from "argent-runtime/pi-agent-core";
import {
  type AssistantMessage,
  type AssistantMessageEvent,
  EventStream,
  fauxAssistantMessage,
  fauxToolCall,
  getModel,
  type Message,
  type Model,
  registerFauxProvider,
  type Static,
  streamSimple,
  Type,
} from "argent-runtime/pi-ai";
import { afterEach, describe, expect, expectTypeOf, it } from "vitest";

declare module "argent-runtime/pi-agent-core" {
  interface CustomAgentMessages {
    notification: { role: "notification"; text: string; timestamp: number };
  }
}

const faux = registerFauxProvider();
afterEach(() => faux.setResponses([]));

class MockAssistantStream extends EventStream<AssistantMessageEvent, AssistantMessage> {
  constructor() {
    super(
      (event) => event.type === "done" || event.type === "error",
      (event) => {
        if (event.type === "done") return event.message;
        if (event.type === "error") return event.error;
        throw new Error("Unexpected event type");
      },
    );
  }
}

const parameters = Type.Object({ value: Type.String() });
const echo: AgentTool<typeof parameters, { value: string }> = {
  name: "echo",
  label: "Echo",
  description: "Echoes",
  parameters,
  prepareArguments: (args) => args as Static<typeof parameters>,
  async execute(_toolCallId, params, signal, onUpdate): Promise<AgentToolResult<{ value: string }>> {
    expectTypeOf(params.value).toBeString();
    expectTypeOf(signal).toEqualTypeOf<AbortSignal | undefined>();
    expectTypeOf(onUpdate).toEqualTypeOf<AgentToolUpdateCallback<{ value: string }> | undefined>();
    return { content: [{ type: "text", text: params.value }], details: { value: params.value } };
  },
};

describe("a host of Pi's agent", () => {
  it("adds messages of its own and keeps the model from them", async () => {
    const note: AgentMessage = { role: "notification", text: "for people", timestamp: 1 };
    expectTypeOf<CustomAgentMessages["notification"]["text"]>().toBeString();
    const asked: Message[][] = [];
    faux.setResponses([
      ({ messages }) => {
        asked.push(messages);
        return fauxAssistantMessage("hello");
      },
    ]);
    const agent = new Agent({ initialState: { model: faux.getModel(), messages: [note] } });
    await agent.prompt("hi");
    expect(asked[0]?.map(({ role }) => role)).toEqual(["user"]);
    expect(agent.state.messages.map(({ role }) => role)).toEqual(["notification", "user", "assistant"]);
    expect(agent.state.messages[0]).toBe(note);
  });

  it("wraps the stream function, and patches the stream that it gives", async () => {
    faux.setResponses([fauxAssistantMessage("hello")]);
    const agent = new Agent({ initialState: { model: faux.getModel() } });
    expect(agent.streamFn).toBe(streamSimple);
    const inner: StreamFn = agent.streamFn;
    const wrapped = (...args: Parameters<StreamFn>): ReturnType<StreamFn> => {
      const [model, context, options] = args;
      return Promise.resolve(inner(model as Model<string>, context, { ...options, temperature: 0 })).then(
        (stream) => {
          const result = stream.result.bind(stream);
          stream.result = async () => ({ ...(await result()), model: "patched" });
          return new Proxy(stream, {
            get(target, property, receiver) {
              const value = Reflect.get(target, property, receiver);
              return typeof value === "function" ? value.bind(target) : value;
            },
          });
        },
      );
    };
    agent.streamFn = wrapped;
    await agent.prompt("hi");
    expect(agent.state.messages.at(-1)).toMatchObject({ model: "patched", stopReason: "stop" });
  });

  it("gives the whole configuration of the loop to the stream function", async () => {
    let options: object = {};
    const agent = new Agent({
      initialState: { model: getModel("openai", "gpt-4o"), thinkingLevel: "low" satisfies ThinkingLevel },
      streamFn: (_model, _context, given) => {
        options = given ?? {};
        const stream = new MockAssistantStream();
        const message = fauxAssistantMessage("hi");
        queueMicrotask(() => stream.push({ type: "done", reason: "stop", message }));
        return stream as never;
      },
      sessionId: "s",
      getApiKey: (provider) => `key of ${provider}`,
    });
    await agent.prompt("hi");
    expect(Object.keys(options)).toEqual([
      "model",
      "reasoning",
      "sessionId",
      "onPayload",
      "onResponse",
      "transport",
      "thinkingBudgets",
      "maxRetryDelayMs",
      "toolExecution",
      "beforeToolCall",
      "afterToolCall",
      "convertToLlm",
      "transformContext",
      "getApiKey",
      "getSteeringMessages",
      "getFollowUpMessages",
      "apiKey",
      "signal",
    ]);
    expect(options).toMatchObject({
      apiKey: "key of openai",
      reasoning: "low",
      sessionId: "s",
      transport: "auto",
    });
  });

  it("replaces transformContext, whose error is the answer's own words", async () => {
    const agent = new Agent({ initialState: { model: faux.getModel() } });
    const error = new Error("sessions_yield");
    agent.transformContext = async function (this: unknown, messages: AgentMessage[]) {
      if (messages.length > 0) throw error;
      return messages;
    };
    await agent.prompt("hi");
    expect((agent.state.messages.at(-1) as AssistantMessage).errorMessage).toBe(error.message);
    expect(agent.state.errorMessage).toBe(error.message);
  });

  it("runs the bare loop with tools, and reads its events", async () => {
    faux.setResponses([
      fauxAssistantMessage([fauxToolCall("echo", { value: "x" })], { stopReason: "toolUse" }),
      fauxAssistantMessage("bye"),
    ]);
    const context: AgentContext = { systemPrompt: "", messages: [], tools: [echo] };
    const config: AgentLoopConfig = {
      model: faux.getModel(),
      convertToLlm: (messages) =>
        messages.filter((message): message is Message => message.role !== "notification") as Message[],
      beforeToolCall: async ({ toolCall }) =>
        toolCall.name === "rm" ? { block: true, reason: "no" } : undefined,
      afterToolCall: async ({ result }) => ({ details: { ...result.details, seen: true } }),
    };
    const events: AgentEvent[] = [];
    const stream = agentLoop([{ role: "user", content: "go", timestamp: 1 }], context, config);
    for await (const event of stream) events.push(event);
    const ends = events.filter((event) => event.type === "tool_execution_end");
    expect(ends.map(({ toolName, result, isError }) => [toolName, result.details, isError])).toEqual([
      ["echo", { value: "x", seen: true }, false],
    ]);
    expect((await stream.result()).map(({ role }) => role)).toEqual([
      "user",
      "assistant",
      "toolResult",
      "assistant",
    ]);
  });

  it("reads and writes the state", async () => {
    const agent = new Agent({ initialState: { systemPrompt: "be brief", tools: [echo] } });
    const state: AgentState = agent.state;
    const messages: AgentMessage[] = [{ role: "user", content: "hi", timestamp: 1 }];
    state.messages = messages;
    messages.pop();
    expect(state.messages).toHaveLength(1);
    agent.steeringMode = "all";
    agent.steer({ role: "notification", text: "x", timestamp: 1 });
    expect(agent.hasQueuedMessages()).toBe(true);
    agent.reset();
    expect([agent.hasQueuedMessages(), state.messages.length, state.model.id]).toEqual([false, 0, "unknown"]);
    await expect(agent.continue()).rejects.toThrow("No messages to continue from");
    expect(structuredClone(agent.state.messages)).toEqual([]);
  });
});
