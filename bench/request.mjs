import { bench } from "./peers.mjs";
import { drain, model, options, startProbe } from "./probe.mjs";

/** A long conversation, from the call until the server has the whole request. */

const APIS = { anthropic: "anthropic-messages", chat: "openai-completions" };

await bench(import.meta.url, {
  title: "request of 2,000 messages: from the call to the response's headers",
  inputs: Object.keys(APIS).map((protocol) => ({ label: protocol, protocol })),
  columns: { cpuMs: "ms", blockMs: "ms", wallMs: "ms" },
  async work({ api, origin, input: { protocol } }) {
    const target = model(origin, `flood/${protocol}/text/1`, APIS[protocol]);
    const ask = async (context) => {
      const stop = await startProbe();
      let seen;
      const onResponse = async () => {
        seen = await stop();
      };
      await drain(api.stream(target, context, { ...options, onResponse }));
      return seen;
    };
    for (let i = 0; i < 3; i++) await ask(conversation(200, APIS[protocol]));
    return ask(conversation(2000, APIS[protocol]));
  },
});

function conversation(count, api) {
  const line = 'const value = read("path/to/file"); // café\n';
  const origin = {
    api,
    provider: api === "anthropic-messages" ? "anthropic" : "openai",
    model: "bench-model",
  };
  const messages = [];
  for (let i = 0; messages.length < count; i++) {
    const id = `call_${i}`;
    const input = { path: `src/file-${i}.ts`, edits: [{ oldText: line, newText: line.repeat(5) }] };
    messages.push(
      { role: "user", content: line.repeat(4), timestamp: i },
      {
        role: "assistant",
        content: [
          {
            type: "thinking",
            thinking: line.repeat(5),
            thinkingSignature: api === "anthropic-messages" ? "c2ln" : "",
          },
          { type: "text", text: line.repeat(3) },
          { type: "toolCall", id, name: "edit", arguments: input },
        ],
        ...origin,
        usage: { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, totalTokens: 2, cost: {} },
        stopReason: "toolUse",
        timestamp: i,
      },
      {
        role: "toolResult",
        toolCallId: id,
        toolName: "edit",
        content: [{ type: "text", text: line.repeat(60) }],
        isError: false,
        timestamp: i,
      },
      {
        role: "assistant",
        content: [{ type: "text", text: line.repeat(3) }],
        ...origin,
        stopReason: "stop",
        timestamp: i,
      },
    );
  }
  const tool = {
    name: "edit",
    description: line,
    parameters: { type: "object", properties: { path: { type: "string" } } },
  };
  return { systemPrompt: line.repeat(200), messages: messages.slice(0, count), tools: [tool] };
}
