// Lessons for an agent whose loop stays its own.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attachSIS, createSIS, type RecordedEpisode } from "argent-runtime/argent-agent";
import { Agent, type AgentTool } from "argent-runtime/pi-agent-core";
import { type Context, fauxAssistantMessage, fauxToolCall, registerFauxProvider } from "argent-runtime/pi-ai";
import { afterAll, afterEach, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "sis-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let stores = 0;
const faux = registerFauxProvider();
afterEach(() => faux.setResponses([]));

const bash: AgentTool = {
  name: "bash",
  label: "bash",
  description: "Runs a command",
  parameters: { type: "object" } as AgentTool["parameters"],
  execute: async (_id, args) => {
    if ((args as { command: string }).command.includes("--force "))
      throw new Error("--force: protected branch");
    return { content: [{ type: "text", text: "ok" }], details: {} };
  },
};
const push = (flag: string) =>
  fauxAssistantMessage([fauxToolCall("bash", { command: `git push ${flag} origin release` })], {
    stopReason: "toolUse",
  });

function started() {
  const failures: unknown[] = [];
  const store = join(folder, `${++stores}.db`);
  const sis = createSIS({ store, seed: 3, onError: (error) => failures.push(error) });
  const agent = new Agent({
    initialState: { model: faux.getModel(), systemPrompt: "static", tools: [bash] },
  });
  const requests: Context[] = [];
  const answer = (...answers: ReturnType<typeof fauxAssistantMessage>[]) =>
    faux.setResponses(
      answers.map((message) => (context: Context) => {
        requests.push(structuredClone({ ...context, tools: [] }));
        return message;
      }),
    );
  return { sis, agent, requests, answer, failures };
}
const done = () => fauxAssistantMessage("done");
const lessonsIn = (context: Context | undefined) => JSON.stringify(context?.messages).split("[L").length - 1;

it("shows lessons with the message that they are for, keeps them there and out of the transcript", async () => {
  const { sis, agent, requests, answer, failures } = started();
  const episodes: RecordedEpisode[] = [];
  const attached = attachSIS({ agent }, sis, { onEpisode: (episode) => episodes.push(episode) });
  answer(push("--force"), push("--force-with-lease"), done());
  await agent.prompt("Push the release branch to origin with git");
  expect(episodes).toMatchObject([{ recorded: true, added: [1] }]);
  expect(requests.map(lessonsIn)).toEqual([0, 0, 0]);

  answer(push("--force-with-lease"), done());
  await agent.prompt("git: force push my branch to origin again");
  expect(requests.slice(3).map(lessonsIn)).toEqual([1, 1]);
  expect((await sis.storage.getLesson(1))?.successCount).toBe(1);

  answer(done());
  await agent.prompt("And once more: force push the branch to origin with git");
  // The conversation holds the lesson already; it has its share in what comes of the run all the same.
  expect(lessonsIn(requests.at(-1))).toBe(1);
  expect((await sis.storage.listEpisodes())[0]?.shown).toMatchObject([{ lessonId: 1 }]);

  // What was sent is the beginning of what is sent next.
  const sent = requests.map(({ systemPrompt, messages }) => [systemPrompt, ...messages]);
  for (const [at, request] of sent.slice(1).entries())
    expect(request.slice(0, sent[at]?.length)).toEqual(sent[at]);
  expect(JSON.stringify(agent.state.messages)).not.toContain("[L1]");
  expect(attached.lastEpisodeId).toBe(episodes.at(-1)?.episodeId);
  expect(failures).toEqual([]);
});

it("hears from the user's next words that a run went wrong", async () => {
  const { sis, agent, answer } = started();
  const { added } = await sis.storage.createLesson({ text: "Install the packages with npm" });
  attachSIS(agent, sis);
  answer(done());
  await agent.prompt("install the packages");
  const before = await sis.storage.getLesson(added[0] ?? 0);
  answer(done());
  await agent.prompt("No, use pnpm instead of npm.");
  const after = await sis.storage.getLesson(added[0] ?? 0);
  expect([before?.successCount, after?.successCount]).toEqual([1, 0]);
  expect((await sis.storage.listLessons()).map(({ text }) => text)).toContain("use pnpm instead of npm.");
});

it("works together with the host's own transform, and leaves as it came", async () => {
  const { sis, agent, requests, answer } = started();
  await sis.storage.createLesson({ text: "Water the office plants on Mondays" });
  const own = async (messages: unknown[]) => messages.slice(-1) as never;
  agent.transformContext = own;
  const attached = attachSIS(agent, sis);
  answer(done());
  await agent.prompt([
    { role: "user", content: "hello", timestamp: 1 },
    { role: "user", content: "who waters the office plants?", timestamp: 2 },
  ]);
  expect(requests[0]?.messages).toHaveLength(1);
  expect(lessonsIn(requests[0])).toBe(1);
  attached.detach();
  expect(agent.transformContext).toBe(own);
  answer(done());
  await agent.prompt("who waters the office plants?");
  expect(lessonsIn(requests[1])).toBe(0);
  expect(await sis.storage.listEpisodes()).toHaveLength(1);
});

it("goes on with the same lessons where a run failed, and blames them for nothing", async () => {
  const { sis, agent, requests, answer } = started();
  const { added } = await sis.storage.createLesson({ text: "Water the office plants on Mondays" });
  attachSIS(agent, sis);
  answer(fauxAssistantMessage("", { stopReason: "error", errorMessage: "overloaded" }));
  await agent.prompt("who waters the office plants?");
  const failed = await sis.storage.getLesson(added[0] ?? 0);
  agent.state.messages = agent.state.messages.slice(0, -1);
  answer(done());
  await agent.continue();
  expect(requests.map(lessonsIn)).toEqual([1, 1]);
  const [episode] = await sis.storage.listEpisodes();
  expect(episode?.shown).toMatchObject([{ lessonId: added[0] }]);
  const after = await sis.storage.getLesson(added[0] ?? 0);
  expect([failed?.injectionCount, after?.injectionCount, after?.successCount]).toEqual([0, 1, 1]);
});

it("records a run that was aborted without drawing conclusions from it", async () => {
  const { sis, agent, answer } = started();
  const { added } = await sis.storage.createLesson({ text: "Water the office plants on Mondays" });
  attachSIS(agent, sis, { onLessons: () => agent.abort() });
  answer(done());
  await agent.prompt("who waters the office plants?");
  const [episode] = await sis.storage.listEpisodes();
  expect(episode).toMatchObject({ stopReason: "aborted", shown: [{ lessonId: added[0] }] });
  expect((await sis.storage.getLesson(added[0] ?? 0))?.injectionCount).toBe(0);
});

it("fails no run", async () => {
  const { agent, answer } = started();
  const failures: unknown[] = [];
  const sis = createSIS({
    store: "postgres://nobody@localhost:1/none",
    onError: (error) => failures.push(error),
  });
  attachSIS(agent, sis);
  answer(done());
  await agent.prompt("hello");
  expect(agent.state.messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
  expect(failures).toMatchObject([{ code: "SIS_STORE" }, { code: "SIS_STORE" }]);
});
