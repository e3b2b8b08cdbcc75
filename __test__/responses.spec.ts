// The Responses API as a host sees it: blocks that are put right at their end, in the same objects.

import { readFileSync } from "node:fs";
import { type Api, type AssistantMessageEvent, type Model, stream } from "argent-runtime/pi-ai";
import { describe, expect, it } from "vitest";
import { collect, lastMessage, responsesModel, saying } from "./support/models.js";
import { startProvider } from "./support/provider.js";

const key = { apiKey: "key" };
const provider = await startProvider();
const model = responsesModel(provider.url);

function answerWith(body: string) {
  provider.scripts.push((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(body);
  });
}

function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/openai-responses/${name}.sse`, import.meta.url), "utf8");
}

describe("a turn over the Responses API", () => {
  it("ends blocks in place, with what goes back to the provider", async () => {
    answerWith(fixture("reasoning"));
    const events = await collect(stream(model, saying("hi"), key));
    const { content, stopReason } = lastMessage(events);
    expect(stopReason).toBe("stop");
    expect(content).toEqual([
      {
        type: "thinking",
        thinking: "**Planning**\n\nThen do it",
        thinkingSignature: expect.stringContaining('"encrypted_content":"gAAAAB+/x=="'),
      },
      { type: "text", text: "Done", textSignature: '{"v":1,"id":"msg_1"}' },
    ]);
    const ends = events.filter((event) => event.type === "thinking_end" || event.type === "text_end");
    expect(ends.map(({ content }) => content)).toEqual(["**Planning**\n\nThen do it", "Done"]);
  });

  it("keeps the arguments of parallel calls apart and the calls' identity", async () => {
    answerWith(fixture("interleaved-calls"));
    const events = await collect(stream(model, saying("hi"), key));
    const message = lastMessage(events);
    expect(message.content).toEqual([
      { type: "toolCall", id: "call_1|fc_1", name: "read", arguments: { path: "a.txt" } },
      { type: "toolCall", id: "call_2|fc_2", name: "bash", arguments: { cmd: "ls" } },
    ]);
    const ends = events.filter(
      (event): event is AssistantMessageEvent & { type: "toolcall_end" } => event.type === "toolcall_end",
    );
    expect(ends.map(({ toolCall }) => message.content.indexOf(toolCall))).toEqual([0, 1]);
  });

  it("leaves plain arguments on a call whose end never came", async () => {
    const open = fixture("interleaved-calls").split("\n\n").slice(0, 4);
    answerWith(`${open.join("\n\n")}\n\ndata: {"type":"response.completed"}\n\n`);
    const { content, stopReason } = lastMessage(await collect(stream(model, saying("hi"), key)));
    expect(stopReason).toBe("toolUse");
    for (const call of content) {
      expect(Object.getOwnPropertyDescriptor(call, "arguments")).toHaveProperty("value");
    }
  });

  it("shows the hook the keys that Pi's payload always has", async () => {
    answerWith(fixture("text"));
    const seen: string[][] = [];
    const onPayload = (payload: unknown) => void seen.push(Object.keys(payload as object));
    const azure: Model<Api> = { ...model, api: "azure-openai-responses", provider: "azure-openai-responses" };
    await collect(stream(model, saying("hi"), { ...key, onPayload }));
    await collect(stream(azure, saying("hi"), { ...key, onPayload }));
    const common = ["model", "input", "stream", "prompt_cache_key"];
    expect(seen).toEqual([
      [...common, "prompt_cache_retention", "store", "reasoning"],
      [...common, "reasoning"],
    ]);
    expect(provider.received.map(({ url }) => url)).toEqual(["/responses", "/responses?api-version=v1"]);
  });
});
