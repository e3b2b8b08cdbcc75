// Keys that the runtime knows stay out of files, errors and the environment of tools.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { allowSecrets, rememberSecrets, withoutSecrets } from "argent-runtime";
import { fauxAssistantMessage, streamSimple } from "argent-runtime/pi-ai";
import { AuthStorage, createBashTool, SessionManager } from "argent-runtime/pi-coding-agent";
import { afterEach, expect, it, vi } from "vitest";
import { calls, sessionIn, tool } from "./support/agent-sessions.js";
import { folder } from "./support/transcripts.js";

const dir = folder();
const KEY = 'sk-planted-"0123456789"/abc';
const SPOKEN = JSON.stringify(KEY).slice(1, -1);

afterEach(() => {
  allowSecrets();
  vi.unstubAllEnvs();
});

it("a key in a tool's result is in the conversation, but not in the session's file or an export", async () => {
  AuthStorage.inMemory().setRuntimeApiKey("planted", KEY);
  const leaks = {
    ...tool("leaks"),
    execute: async () => ({ content: [{ type: "text" as const, text: `KEY=${KEY}` }], details: { KEY } }),
  };
  const { session } = await sessionIn(dir(), {
    customTools: [leaks],
    answers: [calls("leaks", "c1"), fauxAssistantMessage(`It is ${KEY}.`)],
  });
  await session.prompt("what is the key?");
  expect(session.getLastAssistantText()).toBe(`It is ${KEY}.`);
  const page = await session.exportToHtml(join(dir(), "page.html"));
  const branch = session.exportToJsonl(join(dir(), "branch.jsonl"));
  for (const file of [session.sessionFile as string, page, branch]) {
    const text = readFileSync(file, "utf8");
    expect(text).not.toContain("sk-planted");
    expect(text).toContain("[redacted]");
  }
});

it("a file that is written anew holds no key either", () => {
  rememberSecrets(KEY);
  const session = SessionManager.create(dir(), dir());
  session.appendMessage({ role: "user", content: KEY, timestamp: 1 });
  session.appendMessage(fauxAssistantMessage(KEY));
  session._rewriteFile();
  const text = readFileSync(session.getSessionFile() as string, "utf8");
  expect(text.match(/\[redacted\]/g)).toHaveLength(2);
  expect(text).not.toContain(SPOKEN);
});

it("a host that allows it gets files with keys", () => {
  rememberSecrets(KEY);
  allowSecrets("sessions");
  const session = SessionManager.create(dir(), dir());
  session.appendMessage({ role: "user", content: KEY, timestamp: 1 });
  expect(readFileSync(session.getSessionFile() as string, "utf8")).toContain(SPOKEN);
});

it("a key that a provider repeats is not in the error", async () => {
  const body = JSON.stringify({ error: { message: `Incorrect API key provided: ${KEY}` } });
  const fetch = async () =>
    new Response(body, { status: 401, headers: { "content-type": "application/json" } });
  const model = {
    id: "m",
    name: "M",
    api: "openai-completions" as const,
    provider: "openai",
    baseUrl: "http://127.0.0.1:9",
    reasoning: false,
    input: ["text" as const],
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    contextWindow: 1000,
    maxTokens: 100,
  };
  const context = { messages: [{ role: "user" as const, content: "hi", timestamp: 1 }] };
  const { errorMessage } = await streamSimple(model, context, { apiKey: KEY, fetch } as never).result();
  expect(errorMessage).toContain("Incorrect API key provided: [redacted]");
});

it("a tool's environment lacks the keys in use, and nothing else", async () => {
  vi.stubEnv("PLANTED_API_KEY", KEY);
  vi.stubEnv("PLANTED_OTHER", "another value of some length");
  rememberSecrets(KEY);
  const bash = createBashTool(dir());
  const run = async () => {
    const { content } = await bash.execute("c1", { command: 'echo "<$PLANTED_API_KEY> <$PLANTED_OTHER>"' });
    return (content[0] as { text: string }).text.trim();
  };
  expect(await run()).toBe("<> <another value of some length>");
  allowSecrets("environment");
  expect(await run()).toBe(`<${KEY}> <another value of some length>`);
});

it("short values are words, not keys", () => {
  rememberSecrets("ollama", "none", undefined, 7);
  expect(withoutSecrets("ollama needs none", "sessions")).toBe("ollama needs none");
});
