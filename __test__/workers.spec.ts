// Turns in worker threads: each thread has its own events and its own environment.

import { Worker } from "node:worker_threads";
import type { AssistantMessage } from "argent-runtime/pi-ai";
import { afterEach, describe, expect, it } from "vitest";
import { runChild } from "./support/child.js";
import { type Flood, flood } from "./support/flood.js";
import { anthropicModel } from "./support/models.js";
import { anthropic, sse, sseThenSilence, startProvider } from "./support/provider.js";

const provider = await startProvider();
const model = anthropicModel(provider.url);
const script = new URL("./support/turn-worker.mjs", import.meta.url);
const half = anthropic.start + anthropic.open(0, { type: "text", text: "" }) + anthropic.text(0, "so far");

interface Job {
  model?: typeof model;
  prompt?: string;
  /** Set in the worker's own copy of the environment, after its start. */
  env?: Record<string, string>;
  /** After how many events the worker stops reading. */
  stopAfter?: number;
}

const workers: Worker[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

describe.each([
  ["native", false],
  ["fetch", true],
])("over %s", (_, fetched) => {
  function start(job: Job): Worker {
    const env = { ANTHROPIC_API_KEY: "of the worker", ...job.env };
    const worker = new Worker(script, { workerData: { prompt: "hi", model, ...job, env, fetched } });
    workers.push(worker);
    return worker;
  }

  /** Resolves when the worker has sent a message of a type. */
  function sent(worker: Worker, type: string): Promise<{ message: AssistantMessage }> {
    return new Promise((resolve, reject) => {
      worker.on("message", (message) => {
        if (message.type === type) resolve(message);
      });
      worker.once("error", reject);
      worker.once("exit", (code) => reject(new Error(`The worker ended with ${code} before ${type}`)));
    });
  }

  it("turns in several threads at once each get their own answer", async () => {
    const waiting: (() => void)[] = [];
    const answerAll = () => {
      // Only once all are under way at the same time.
      if (waiting.length === 4) for (const answer of waiting) answer();
    };
    provider.scripts = [
      (response, { body }) => {
        const prompt = /worker \d/.exec(body)?.[0] ?? "";
        waiting.push(() => sse(anthropic.answer(...prompt))(response));
        answerAll();
      },
    ];
    const prompts = ["worker 1", "worker 2", "worker 3", "worker 4"];
    const results = await Promise.all(prompts.map((prompt) => sent(start({ prompt }), "result")));
    expect(results.map(({ message }) => message.content)).toEqual(
      prompts.map((text) => [{ type: "text", text }]),
    );
  });

  it("a thread whose turn is over ends by itself", async () => {
    provider.scripts = [sse(anthropic.answer("ok"))];
    const worker = start({});
    expect(await new Promise((resolve) => worker.once("exit", resolve))).toBe(0);
  });

  it("a thread's turns see its own environment", async () => {
    provider.scripts = [sse(anthropic.answer("ok"))];
    const keys = ["key of one", "key of another"];
    for (const key of keys) {
      await sent(
        start({ env: { ANTHROPIC_API_KEY: key, PI_CACHE_RETENTION: key === keys[0] ? "long" : "" } }),
        "result",
      );
    }
    expect(provider.received.map(({ headers }) => headers["x-api-key"])).toEqual(keys);
    expect(provider.received.map(({ body }) => body.includes('"ttl":"1h"'))).toEqual([true, false]);
    expect(process.env.ANTHROPIC_API_KEY).toBeUndefined();
  });

  it.skipIf(fetched)("a thread's proxies are its own", async () => {
    provider.scripts = [sse(anthropic.answer("ok"))];
    const elsewhere = { model: anthropicModel("http://api.example.test") };
    await sent(start({ ...elsewhere, env: { HTTP_PROXY: provider.url, NO_PROXY: "" } }), "result");
    expect(provider.received.map(({ url }) => url)).toEqual(["http://api.example.test/v1/messages"]);
    const without = { HTTP_PROXY: "", http_proxy: "", ALL_PROXY: "", all_proxy: "" };
    const { message } = await sent(start({ ...elsewhere, env: without }), "result");
    expect(message.stopReason).toBe("error");
    expect(provider.received).toHaveLength(1);
  });

  it("a thread that is terminated in mid-stream leaves no connection", async () => {
    let closed = false;
    provider.scripts = [
      (response) => {
        response.on("close", () => {
          closed = true;
        });
        sseThenSilence(half)(response);
      },
    ];
    const worker = start({});
    await sent(worker, "text_delta");
    expect(closed).toBe(false);
    await worker.terminate();
    await expect.poll(() => closed, { timeout: 5000 }).toBe(true);
  });

  it("a thread that is terminated while much waits leaves no connection, and others go on", async () => {
    const answers: Flood[] = [flood(32_000), flood(32_000)];
    provider.scripts = answers.map(({ script }) => script);
    const [doomed, other] = [start({ stopAfter: 3 }), start({ stopAfter: 3 })];
    await Promise.all([sent(doomed, "stopped"), sent(other, "stopped")]);
    await Promise.all(answers.map((answer) => answer.still()));
    expect(answers.map(({ closed }) => closed)).toEqual([false, false]);
    await doomed.terminate();
    await expect.poll(() => answers.filter(({ closed }) => closed).length, { timeout: 5000 }).toBe(1);
    provider.scripts = [sse(anthropic.answer("ok"))];
    expect((await sent(start({}), "result")).message.stopReason).toBe("stop");
    expect(answers.filter(({ closed }) => closed)).toHaveLength(1);
  });

  it("a process survives the end of many threads in mid-stream", async () => {
    provider.scripts = [(response) => flood(32_000).script(response)];
    const program = `import { once } from "node:events";
import { Worker } from "node:worker_threads";
const workerData = ${JSON.stringify({ model, prompt: "hi", env: { ANTHROPIC_API_KEY: "k" }, fetched })};
for (let round = 0; round < 4; round++) {
  const workers = [0, 1, 2].map((at) => new Worker(new URL(${JSON.stringify(script.href)}), {
    execArgv: [],
    workerData: { ...workerData, stopAfter: at * 50 },
  }));
  await Promise.all(workers.map((worker) => once(worker, "message")));
  await Promise.all(workers.map((worker) => worker.terminate()));
}
console.log("survived");`;
    expect(await runChild(program)).toEqual({ code: 0, signal: null, stdout: "survived\n", stderr: "" });
  });
});
