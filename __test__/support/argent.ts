// A host's own provider, tools and what a loop over them needs.

import { type LoopMessage, type ToolHandler, ToolRegistry } from "argent-runtime/argent-agent";
import type { StreamEvent, TurnRequest, TurnResponse } from "argent-runtime/argent-ai";

export const usage = {
  inputTokens: 1,
  outputTokens: 2,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  totalTokens: 3,
};
type Said = string | { text?: string; calls: [name: string, args: object][]; stopReason?: "stop" };

/** A host's own provider, which answers from a list. */
export function scripted(...answers: (Said | Error)[]) {
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

export const add: ToolHandler = {
  name: "add",
  description: "Adds",
  parameters: {
    type: "object",
    properties: { a: { type: "number" }, b: { type: "number" } },
    required: ["a", "b"],
  },
  handler: async ({ a, b }) => String(a + b),
};
export const broken: ToolHandler = {
  ...add,
  name: "broken",
  handler: async () => {
    throw new Error("out of order");
  },
};

export function registry(...tools: ToolHandler[]): ToolRegistry {
  const tooling = new ToolRegistry();
  for (const tool of tools) tooling.register(tool);
  return tooling;
}

export const config = (provider: ReturnType<typeof scripted>) => ({
  provider,
  model: { id: "m" },
  systemPrompt: "system",
  messages: [{ role: "user", content: "go" }] as LoopMessage[],
});

export async function all<T, R>(events: AsyncGenerator<T, R>): Promise<{ events: T[]; value: R }> {
  const seen: T[] = [];
  for (;;) {
    const next = await events.next();
    if (next.done) return { events: seen, value: next.value };
    seen.push(next.value);
  }
}
export const types = (events: { type: string }[]) => events.map(({ type }) => type);
export const calls = (...list: [string, object][]) => ({ calls: list });
