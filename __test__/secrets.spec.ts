// Keys that this process knows: where they must not be.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent } from "argent-runtime/pi-agent-core";
import { AuthStorage, createBashTool, SessionManager } from "argent-runtime/pi-coding-agent";
import { afterEach, beforeEach, expect, it } from "vitest";

const PLANTED = 'sk-planted-0123456789/"quoted"';
const LOGIN = {
  type: "oauth" as const,
  refresh: "refresh-0123456789abcdef",
  access: "access-0123456789abcdef",
  expires: 4e12,
};

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "secrets-"));
});
afterEach(() => {
  delete process.env.PLANTED;
  delete process.env.PLAIN;
  rmSync(dir, { recursive: true });
});

it("not in session files, however they come there", async () => {
  const storage = AuthStorage.inMemory({ mine: { type: "api_key", key: PLANTED }, account: LOGIN });
  expect(await storage.getApiKey("mine")).toBe(PLANTED);
  const path = join(dir, "session.jsonl");
  const session = SessionManager.open(path, undefined, "/work");
  const say = (content: string) => session.appendMessage({ role: "user", content, timestamp: 1 });
  say(`first ${PLANTED}.`);
  say(`then ${LOGIN.refresh} and ${LOGIN.access}, ollama`);
  session.appendCustomEntry("own", { nested: [PLANTED] });
  // What the host holds is its own affair.
  expect(session.buildSessionContext().messages[0]).toMatchObject({ content: `first ${PLANTED}.` });
  const said = SessionManager.open(path)
    .getEntries()
    .map((entry) => JSON.stringify(entry))
    .join();
  expect(said).toContain("first [redacted].");
  expect(said).toContain("then [redacted] and [redacted], ollama");
  expect(said).toContain('{"nested":["[redacted]"]}');
  expect(readFileSync(path, "utf8")).not.toMatch(/planted|0123456789/);
});

it("not in the environment of commands, unless the host puts them there", async () => {
  process.env.PLANTED = PLANTED;
  process.env.PLAIN = "plain";
  await AuthStorage.inMemory({ mine: { type: "api_key", key: "PLANTED" } }).getApiKey("mine");
  const command = { command: "echo [$PLANTED] [$PLAIN]" };
  const run = async (tool: ReturnType<typeof createBashTool>) => {
    const { content } = await tool.execute("call", command, undefined, undefined);
    return (content[0] as { text: string }).text.trim();
  };
  expect(await run(createBashTool(dir))).toBe("[] [plain]");
  const spawnHook = (context: { command: string; cwd: string; env: NodeJS.ProcessEnv }) => ({
    ...context,
    env: { ...context.env, PLANTED },
  });
  expect(await run(createBashTool(dir, { spawnHook }))).toBe(`[${PLANTED}] [plain]`);
});

it("not in the error of a run, which may also have no text", async () => {
  await AuthStorage.inMemory({ mine: { type: "api_key", key: PLANTED } }).getApiKey("mine");
  const errorOf = async (thrown: unknown) => {
    const agent = new Agent({
      streamFn: () => {
        throw thrown;
      },
    });
    await agent.prompt("go");
    return agent.state.errorMessage;
  };
  expect(await errorOf(new Error(`no ${PLANTED} here`))).toBe("no [redacted] here");
  expect(await errorOf(undefined)).toBe("undefined");
});
