// What the package does to the process it is in: as little as it can.

import { describe, expect, it } from "vitest";
import { runChild, startChild } from "./support/child.js";
import { flood } from "./support/flood.js";
import { anthropicModel, saying } from "./support/models.js";
import { anthropic, sse, sseThenSilence, startProvider } from "./support/provider.js";

const provider = await startProvider();
const half = anthropic.start + anthropic.open(0, { type: "text", text: "" }) + anthropic.text(0, "so far");

const importing = `import * as pi from "argent-runtime/pi-ai";
import "argent-runtime/pi-ai/anthropic";
import "argent-runtime/pi-ai/openai-completions";
import "argent-runtime";`;

/** A program with `start(options)`, which starts a turn with the provider. */
const turning = (transport: string) => `import { stream } from "argent-runtime/pi-ai";
const model = ${JSON.stringify(anthropicModel(provider.url))};
const context = ${JSON.stringify(saying("hi"))};
const start = (options) => stream(model, context, { apiKey: "key", ${transport}, ...options });`;

describe("an import", () => {
  it("ends with the program, and prints nothing", async () => {
    expect(await runChild(importing)).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
  });

  it("loads no TypeBox until it is used", async () => {
    const program = `import { Session } from "node:inspector";
const session = new Session();
session.connect();
let loaded = false;
session.on("Debugger.scriptParsed", ({ params }) => { loaded ||= params.url.includes("/node_modules/typebox/"); });
session.post("Debugger.enable");
const { Type } = await import("argent-runtime/pi-ai");
console.log(loaded);
Type.String();
console.log(loaded);`;
    expect(await runChild(program)).toMatchObject({ code: 0, stdout: "false\ntrue\n" });
  });

  it("adds no listeners and leaves nothing open", async () => {
    const program = `const look = async () => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  const listeners = process.eventNames().map((name) => [String(name), process.listenerCount(name)]);
  return JSON.stringify([listeners.sort(), process.getActiveResourcesInfo().sort()]);
};
const before = await look();
await import("argent-runtime/pi-ai");
await import("argent-runtime/pi-ai/anthropic");
await import("argent-runtime/pi-ai/openai-completions");
await import("argent-runtime");
const after = await look();
console.log(before);
console.log(after);`;
    const { stdout, code } = await runChild(program);
    const [before, after] = stdout.trim().split("\n");
    expect(code).toBe(0);
    expect(before).toContain("newListener");
    expect(after).toBe(before);
  });

  it("leaves the globals and the environment alone", async () => {
    const program = `const look = () => [
  Reflect.ownKeys(globalThis).map(String), globalThis.fetch, { ...process.env }, Error.prepareStackTrace,
];
const before = look();
await import("argent-runtime/pi-ai");
const { isDeepStrictEqual } = await import("node:util");
console.log(isDeepStrictEqual(look(), before));`;
    expect(await runChild(program)).toMatchObject({ code: 0, stdout: "true\n" });
  });

  it("by require gives the same module, without a warning", async () => {
    const program = `const pi = require("argent-runtime/pi-ai");
import("argent-runtime/pi-ai").then((imported) => {
  console.log(imported === pi, typeof pi.streamSimple, pi.getApiProvider("anthropic-messages") !== undefined);
});`;
    expect(await runChild(program, { commonjs: true })).toEqual({
      code: 0,
      signal: null,
      stdout: "true function true\n",
      stderr: "",
    });
  });
});

describe.each([
  ["native", "fetch: undefined"],
  ["fetch", "fetch: (...args) => fetch(...args)"],
])("a program with a turn over %s", (_, transport) => {
  const turn = turning(transport);

  it("ends by itself when the turn is over", async () => {
    provider.scripts = [sse(anthropic.answer("ok"))];
    const program = `${turn}
const message = await start().result();
console.log(message.content[0].text);`;
    expect(await runChild(program)).toEqual({ code: 0, signal: null, stdout: "ok\n", stderr: "" });
  });

  it("ends by itself when a turn has failed", async () => {
    provider.scripts = [(response) => response.destroy()];
    const program = `${turn}
console.log((await start({ maxRetries: 0 }).result()).errorMessage);`;
    expect(await runChild(program)).toMatchObject({ code: 0, stdout: "Connection error.\n" });
  });

  it("ends by itself when a turn was aborted", async () => {
    provider.scripts = [sseThenSilence(half)];
    const program = `${turn}
const controller = new AbortController();
for await (const event of start({ signal: controller.signal })) {
  if (event.type === "text_delta") controller.abort();
  if (event.type === "error") console.log(event.reason);
}`;
    expect(await runChild(program)).toMatchObject({ code: 0, stdout: "aborted\n", stderr: "" });
  });

  it("stays alive until the turn ends", async () => {
    let finish = () => {};
    provider.scripts = [
      (response) => {
        sseThenSilence(half)(response);
        finish = () => response.end(anthropic.stop(0) + anthropic.end());
      },
    ];
    const child = startChild(`${turn}
const turn = start();
for (const type of ["text_delta", "done"]) {
  for await (const event of turn) {
    if (event.type !== type) continue;
    console.log(type);
    break;
  }
}`);
    await child.printed("text_delta");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(child.alive()).toBe(true);
    finish();
    expect(await child.ended).toEqual({ code: 0, signal: null, stdout: "text_delta\ndone\n", stderr: "" });
  });

  it("stays alive for turns that nobody listens to", async () => {
    const sent: string[] = [];
    provider.scripts = [
      (response, { body }) => {
        sent.push(body);
        sse(anthropic.answer("ok"))(response);
      },
    ];
    expect(await runChild(`${turn}\nstart();\nstart();`)).toMatchObject({ code: 0, stderr: "" });
    expect(sent).toHaveLength(2);
  });

  it("ends when it has lost interest in a long answer", async () => {
    provider.scripts = [flood(32_000).script];
    const program = `${turn}
for await (const event of start()) if (event.type === "text_delta") break;
console.log("enough");`;
    expect(await runChild(program, { limit: 8000 })).toMatchObject({ code: 0, stdout: "enough\n" });
  });

  it("exits in mid-stream with its code", async () => {
    const closed = new Promise((resolve) => {
      provider.scripts = [(response) => sseThenSilence(half)(response.on("close", resolve))];
    });
    const program = `${turn}
for await (const event of start()) if (event.type === "text_delta") process.exit(7);`;
    expect(await runChild(program)).toEqual({ code: 7, signal: null, stdout: "", stderr: "" });
    await closed;
  });

  it("exits while much waits with its code", async () => {
    provider.scripts = [flood(32_000).script];
    const program = `${turn}
for await (const event of start()) {
  if (event.type !== "text_delta") continue;
  setTimeout(() => process.exit(7), 300);
  await new Promise(() => {});
}`;
    expect(await runChild(program)).toEqual({ code: 7, signal: null, stdout: "", stderr: "" });
  });

  it("dies of what its consumer throws, as of any error", async () => {
    provider.scripts = [sseThenSilence(half)];
    const program = `${turn}
process.on("uncaughtExceptionMonitor", (error, origin) => console.log(origin, error.message));
const read = async () => {
  for await (const event of start()) if (event.type === "text_delta") throw new Error("mine");
};
read();`;
    const { code, signal, stdout, stderr } = await runChild(program);
    expect([code, signal, stdout]).toEqual([1, null, "unhandledRejection mine\n"]);
    expect(stderr).toContain("Error: mine");
  });

  it("may catch what its consumer throws and go on", async () => {
    provider.scripts = [sse(anthropic.answer("ok"))];
    const program = `${turn}
const turn = start();
try {
  for await (const event of turn) if (event.type === "text_delta") throw new Error("mine");
} catch (error) {
  console.log(error.message, (await turn.result()).stopReason, (await start().result()).stopReason);
}`;
    expect(await runChild(program)).toMatchObject({ code: 0, stdout: "mine stop stop\n", stderr: "" });
  });
});
