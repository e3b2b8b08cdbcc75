// What models leak into their text, and what else they get wrong: raw bytes of the wire in, the message out.

import { readdirSync, readFileSync } from "node:fs";
import { type AssistantMessage, complete, type Tool, Type } from "argent-runtime/pi-ai";
import { describe, expect, it } from "vitest";
import { anthropicModel, chatModel, saying } from "./support/models.js";
import { sse, startProvider } from "./support/provider.js";

const provider = await startProvider();
const chat = { ...chatModel(`${provider.url}/v1`), provider: "local", id: "served" };
const minimax = { ...anthropicModel(provider.url), provider: "minimax", id: "MiniMax-M2" };

const tools: Tool[] = [
  {
    name: "read",
    description: "",
    parameters: Type.Object({ path: Type.String(), limit: Type.Optional(Type.Number()) }),
  },
  {
    name: "write",
    description: "",
    parameters: Type.Object({ path: Type.String(), content: Type.String() }),
  },
  { name: "bash", description: "", parameters: Type.Object({ command: Type.String() }) },
];

const folder = (name: string) => new URL(`../fixtures/${name}/`, import.meta.url);
const wire = (path: string) => readFileSync(new URL(`../fixtures/${path}.sse`, import.meta.url), "utf8");

/** A message as a reader wants it: `text`, `(thinking)`, calls as a name and arguments, the stop reason last. */
function gist({ content, stopReason }: AssistantMessage): unknown[] {
  const blocks = content.map((block) => {
    if (block.type === "text") return block.text;
    return block.type === "thinking" ? `(${block.thinking})` : [block.name, block.arguments];
  });
  return [...blocks, stopReason];
}

/** The text of all deltas of a fixture, for rows in which all of it stays text. */
function asItCame(name: string): string {
  const chunks = wire(`openai-completions-quirks/${name}`).match(/(?<=^data: )\{.*$/gm) ?? [];
  return chunks.map((chunk) => JSON.parse(chunk).choices?.[0]?.delta.content ?? "").join("");
}

const CHAT: Record<string, () => unknown[]> = {
  "think-tags": () => ["(The user says hi.\nI greet.)", "Hello < there!", "stop"],
  "think-tags-whole": () => ["(Short.)", "Hi.", "stop"],
  "think-tags-unclosed": () => ["(I was cut off in the mid)", "length"],
  "think-tags-empty": () => [["read", { path: "a.ts" }], "toolUse"],
  "think-tags-in-prose": () => [asItCame("think-tags-in-prose"), "stop"],
  "tool-call-json": () => [
    "Let me look.\n",
    ["read", { path: "a.ts", limit: 2 }],
    ["bash", { command: "ls" }],
    "toolUse",
  ],
  "tool-call-json-unclosed": () => [["bash", { command: "echo '}'\nls" }], "toolUse"],
  "tool-call-glm": () => ["(ok)", ["read", { path: 'a "b".ts', limit: 3 }], "toolUse"],
  "tool-call-qwen": () => [
    ["write", { path: "x.html", content: '<p>\n  "</parameter>" & co\n</p>' }],
    "Done.",
    "toolUse",
  ],
  "tool-call-bracketed": () => [["read", { path: "b.ts" }], "toolUse"],
  "tool-call-minimax": () => [
    "I will read two files.\n\n",
    ["read", { path: "a.ts", limit: 10 }],
    ["bash", { command: 'cat <b.ts && echo "é"' }],
    "toolUse",
  ],
  "tool-call-not-on-offer": () => [asItCame("tool-call-not-on-offer"), "stop"],
  "tool-call-in-code": () => [asItCame("tool-call-in-code"), "stop"],
  "tool-call-cut-off": () => [asItCame("tool-call-cut-off"), "length"],
  "tool-call-malformed": () => [asItCame("tool-call-malformed"), "stop"],
  "held-when-it-fails": () => [asItCame("held-when-it-fails"), "error"],
  "json-action": () => [["read", { path: "a}.ts" }], "toolUse"],
  "json-answer": () => [asItCame("json-answer"), "stop"],
  "json-then-prose": () => [asItCame("json-then-prose"), "stop"],
  "reasoning-only": () => ["(Only thinking.)", "stop"],
  "reasoning-then-tag": () => ["(Native.)", "<think>is the tag you asked about", "stop"],
  empty: () => ["stop"],
  blank: () => ["\n\n", "stop"],
};

const ANTHROPIC: Record<string, () => unknown[]> = {
  "minimax-tool-call": () => ["(I need the file.)", "Reading.\n", ["read", { path: "a.ts" }], "toolUse"],
  "minimax-only-a-tool-call": () => ["(Hm.)", ["bash", { command: "ls" }], "And more text.", "toolUse"],
  "think-tags": () => ["(Let me see.)", "It is 4.", "stop"],
};

for (const [api, model, rows] of [
  ["openai-completions", chat, CHAT],
  ["anthropic-messages", minimax, ANTHROPIC],
] as const) {
  describe(`${api}: raw wire in, message out`, () => {
    it.each(Object.entries(rows))("%s", async (name, expected) => {
      provider.scripts = [sse(wire(`${api}-quirks/${name}`))];
      const message = await complete(model, { ...saying("hi"), tools }, { apiKey: "k" });
      expect(gist(message)).toEqual(expected());
      const calls = message.content.filter((block) => block.type === "toolCall");
      expect(new Set(calls.map((call) => call.id)).size).toBe(calls.length);
      for (const call of calls) expect(call.id).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
    });

    it("has a row for every fixture", () => {
      const names = readdirSync(folder(`${api}-quirks`)).map((file) => file.replace(".sse", ""));
      expect(names.sort()).toEqual(Object.keys(rows).sort());
    });
  });
}

describe("the switch mendText", () => {
  it("turns it off, and vendors' own models are left alone without it", async () => {
    for (const model of [
      { ...chat, compat: { mendText: false } },
      { ...chat, provider: "openai" },
    ]) {
      provider.scripts = [sse(wire("openai-completions-quirks/tool-call-bracketed"))];
      const message = await complete(model, { ...saying("hi"), tools }, { apiKey: "k" });
      expect(gist(message)).toEqual([asItCame("tool-call-bracketed"), "stop"]);
    }
  });

  it("turns it on", async () => {
    provider.scripts = [sse(wire("openai-completions-quirks/think-tags-whole"))];
    const model = { ...chat, provider: "openai", compat: { mendText: true } };
    expect(gist(await complete(model, saying("hi"), { apiKey: "k" }))).toEqual(["(Short.)", "Hi.", "stop"]);
  });

  it("leaves nothing to do for the host's own fetch", async () => {
    const body = wire("openai-completions-quirks/tool-call-glm");
    const fetch = async () => new Response(body, { headers: { "content-type": "text/event-stream" } });
    const message = await complete(chat, { ...saying("hi"), tools }, { apiKey: "k", fetch });
    expect(gist(message)).toEqual(CHAT["tool-call-glm"]?.());
  });
});
