// Tool calls under policies and hooks.

import { getEventListeners } from "node:events";
import {
  createAllowlistPolicy,
  createAuditHook,
  createDenylistPolicy,
  createErrorRetryHook,
  createPermissionPolicy,
  createRateLimitPolicy,
  createValidationHook,
  type ExtendedToolHandler,
  type PolicyDecision,
  type PostExecutionHook,
  type PreExecutionHook,
  ToolExecutor,
  type ToolExecutorConfig,
  ToolRegistry,
} from "argent-runtime/argent-agent";
import type { ToolCall } from "argent-runtime/pi-ai";
import { Simulation } from "argent-runtime/testing";
import { describe, expect, it } from "vitest";

const call = (args: object = { n: 1 }, name = "work"): ToolCall => ({
  type: "toolCall",
  id: "1",
  name,
  arguments: args as ToolCall["arguments"],
});

function executorOf(tool: Partial<ExtendedToolHandler> = {}, config: Partial<ToolExecutorConfig> = {}) {
  const runs: object[] = [];
  const events: string[] = [];
  const registry = new ToolRegistry();
  const work = tool.handler ?? (async () => "done");
  registry.register({
    name: "work",
    description: "Works",
    parameters: { type: "object", properties: { n: { type: "number" } }, required: ["n"] },
    ...tool,
    handler: (args) => {
      runs.push(args);
      return work(args);
    },
  } as ExtendedToolHandler);
  const onEvent: ToolExecutorConfig["onEvent"] = (event) => {
    events.push(event.type.replace("tool_exec_", ""));
    throw new Error("a listener's own trouble");
  };
  return { executor: new ToolExecutor({ registry, onEvent, ...config }), runs, events };
}

const says = (name: string, decision: PolicyDecision) => ({ name, evaluate: () => decision });
const deny = says("no", { action: "deny", reason: "never" });
const never = () => new Promise<string>(() => {});

describe("a call", () => {
  it("runs with coerced arguments and tells of it", async () => {
    const { executor, runs, events } = executorOf();
    expect(await executor.execute(call({ n: "5" }))).toEqual({
      content: "done",
      isError: false,
      durationMs: expect.any(Number),
    });
    expect([runs, events]).toEqual([[{ n: 5 }], ["start", "complete"]]);
  });

  it.each([
    [
      "of an unknown tool names those that there are",
      call({}, "play"),
      'Error: Unknown tool "play". Available tools: work',
      ["error"],
    ],
    [
      "with wrong arguments does not run",
      call({ n: "x" }),
      expect.stringContaining("Validation failed"),
      ["start", "error"],
    ],
  ])("%s", async (_, asked, content, told) => {
    const { executor, runs, events } = executorOf();
    expect(await executor.execute(asked)).toMatchObject({ content, isError: true });
    expect([runs, events]).toEqual([[], told]);
  });

  it.each([
    ["allow", says("yes", { action: "allow" })],
    ["transform", says("other", { action: "transform", args: { n: 2 } })],
    ["confirm", says("ask", { action: "confirm", prompt: "really?" })],
  ])("is denied by a later policy, whatever an earlier %s says", async (_, policy) => {
    const { executor, runs } = executorOf({}, { policies: [policy, deny], confirm: () => true });
    expect(await executor.execute(call())).toMatchObject({
      content: 'Error: Denied by policy "no": never',
      isError: true,
    });
    expect(runs).toEqual([]);
  });

  it("runs with what policies and hooks make of its arguments, and leaves the host's as they are", async () => {
    const hooks: PreExecutionHook[] = [
      {
        name: "late",
        priority: 9,
        execute: ({ arguments: { n } }) => ({ action: "continue", args: { n: n * 10 } }),
      },
      {
        name: "early",
        priority: 1,
        execute: ({ arguments: { n } }) => ({ action: "continue", args: { n: n + 1 } }),
      },
    ];
    const { executor, runs } = executorOf(
      {},
      { policies: [says("other", { action: "transform", args: { n: 2 } })], preHooks: hooks },
    );
    const asked = call();
    await executor.execute(asked);
    expect([runs, asked.arguments]).toEqual([[{ n: 30 }], { n: 1 }]);
  });

  it("that has to be confirmed runs only then", async () => {
    const policies = [createPermissionPolicy(new Set())];
    const { executor, runs } = executorOf({ permission: "destructive" }, { policies });
    expect(await executor.execute(call())).toMatchObject({
      isError: false,
      followUp: {
        type: "request_confirmation",
        confirmationPrompt: 'Tool "work" is destructive. May it run?',
      },
    });
    expect(await executor.execute(call(), { confirm: () => false })).toMatchObject({
      content: "Error: The call was not confirmed",
      isError: true,
    });
    expect(runs).toEqual([]);
    expect(await executor.execute(call(), { confirm: async () => true })).toMatchObject({ content: "done" });
  });

  it("does not run when it is aborted while a hook thinks", async () => {
    const controller = new AbortController();
    const hook: PreExecutionHook = {
      name: "slow",
      priority: 1,
      execute: async () => {
        controller.abort();
        return { action: "continue" };
      },
    };
    const { executor, runs, events } = executorOf({}, { preHooks: [hook] });
    expect(await executor.execute(call(), { signal: controller.signal })).toMatchObject({ isError: true });
    expect([runs, events]).toEqual([[], ["start", "abort"]]);
  });

  it("ends on abort though its tool never does, and lets go of the signals", async () => {
    const [own, host] = [new AbortController(), new AbortController()];
    const { executor, events } = executorOf({ handler: never }, { signal: host.signal });
    const result = executor.execute(call(), { signal: own.signal });
    await new Promise(setImmediate);
    own.abort();
    expect(await result).toMatchObject({ content: "Error: The call was aborted", isError: true });
    expect(events).toEqual(["start", "abort"]);
    for (const { signal } of [own, host]) expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("ends when its time is up", async () => {
    let aborted = false;
    const { executor, events } = executorOf({
      timeoutMs: 60_000,
      executeExtended: (_args, { signal }) => {
        signal.addEventListener("abort", () => {
          aborted = true;
        });
        return new Promise(() => {});
      },
    });
    const result = await new Simulation(1).run(() => executor.execute(call()));
    expect(result).toMatchObject({ content: 'Error: Tool "work" took longer than 60000 ms', isError: true });
    expect([events, aborted]).toEqual([["start", "timeout"], true]);
  });

  it.each([0, 60_000])("that throws is seen by hooks, with a bound of %d ms or none", async (timeoutMs) => {
    const audited: unknown[] = [];
    const fails = async () => {
      throw new Error("out of order");
    };
    const { executor, events } = executorOf(
      { handler: fails, timeoutMs },
      { postHooks: [createAuditHook(({ result }) => audited.push(result.content))] },
    );
    await executor.execute(call());
    expect(audited).toEqual(["Error: out of order"]);
    expect(events).toEqual(["start", "post_hook", "error"]);
  });

  it("is tried again where its error is one that passes, and hooks after that see what came of it", async () => {
    let tries = 0;
    const flaky = async () => {
      if (++tries < 3) throw new Error("busy");
      return "at last";
    };
    const seen: string[] = [];
    const { executor } = executorOf(
      { handler: flaky },
      {
        postHooks: [
          createAuditHook(({ result }) => {
            seen.push(result.content);
            throw new Error("the log is full");
          }),
          createErrorRetryHook((error) => error.includes("busy")),
        ],
      },
    );
    const result = await new Simulation(1).run(() => executor.execute(call()));
    expect(result).toMatchObject({ content: "at last", isError: false });
    expect([tries, seen]).toEqual([3, ["at last"]]);
  });

  it("that fails every time says how often", async () => {
    const busy = async () => {
      throw new Error("busy");
    };
    const { executor, runs } = executorOf(
      { handler: busy },
      { postHooks: [createErrorRetryHook(() => true, 1)] },
    );
    const result = await new Simulation(1).run(() => executor.execute(call()));
    expect(result.content).toBe("Error: busy\n(tried 2 times)");
    expect(runs).toHaveLength(2);
  });

  it("is cut where its result is too long, between characters", async () => {
    const { executor } = executorOf({ handler: async () => "caf\u00e9s" }, { maxResultBytes: 4 });
    expect((await executor.execute(call())).content).toBe("caf\n[cut: 4 of 6 bytes]");
  });

  it("tells of its progress, and can be skipped or given a follow-up", async () => {
    const { executor, events } = executorOf({
      executeExtended: async (_args, { onProgress }) => {
        onProgress({ percent: 50, message: "half" });
        return { content: "extended", isError: false };
      },
    });
    const followUp: PostExecutionHook = {
      name: "more",
      priority: 1,
      execute: () => ({ action: "inject_followup", followUp: { type: "continue" } }),
    };
    executor.addPostHook(followUp);
    expect(await executor.execute(call())).toMatchObject({
      content: "extended",
      followUp: { type: "continue" },
    });
    expect(events).toEqual(["start", "progress", "post_hook", "complete"]);
    executor.addPreHook({
      name: "skip",
      priority: 0,
      execute: () => ({ action: "skip", result: { content: "known already", isError: false } }),
    });
    expect(await executor.execute(call())).toMatchObject({ content: "known already" });
    expect([executor.removePreHook("skip"), executor.removePreHook("skip")]).toEqual([true, false]);
  });
});

describe("policies", () => {
  it.each([
    ["an allowlist", createAllowlistPolicy(["play"])],
    ["a denylist", createDenylistPolicy(["work"])],
    ["a permission", createPermissionPolicy(new Set(["elevated"]))],
    ["one that throws", { name: "bad", evaluate: () => JSON.parse("{") }],
  ])("%s can deny", async (_, policy) => {
    const { executor, runs } = executorOf();
    executor.addPolicy(policy);
    expect(await executor.execute(call())).toMatchObject({ isError: true });
    expect(runs).toEqual([]);
    executor.removePolicy(policy.name);
    expect(await executor.execute(call())).toMatchObject({ content: "done" });
  });

  it("a rate is counted for each tool over the last while", async () => {
    const simulation = new Simulation(1);
    const { executor, runs } = executorOf({}, { policies: [createRateLimitPolicy(2, 1_000)] });
    await simulation.run(async () => {
      for (let turn = 0; turn < 3; turn++) await executor.execute(call());
      expect(runs).toHaveLength(2);
      await simulation.clock.sleep(1_000);
      await executor.execute(call());
    });
    expect(runs).toHaveLength(3);
  });

  it("a validation hook refuses before others see the call", async () => {
    const { executor, runs, events } = executorOf({}, { preHooks: [createValidationHook()] });
    expect(await executor.execute(call({}))).toMatchObject({ isError: true });
    expect([runs, events]).toEqual([[], ["start", "pre_hook", "abort"]]);
  });
});

describe("a batch", () => {
  it("gives results in the order of its calls, never more at once than it may", async () => {
    const simulation = new Simulation(1);
    let running = 0;
    let most = 0;
    const { executor } = executorOf(
      {
        handler: async ({ n }) => {
          most = Math.max(most, ++running);
          await simulation.clock.sleep(100 - n);
          running--;
          return String(n);
        },
      },
      { maxParallel: 3 },
    );
    const calls = Array.from({ length: 10 }, (_, n) => call({ n }));
    const results = await simulation.run(() => executor.executeBatch(calls));
    expect(results.map(({ content }) => content)).toEqual(calls.map(({ arguments: { n } }) => String(n)));
    expect(most).toBe(3);
    await simulation.run(() => executor.executeBatch(calls, { parallel: false }));
  });

  it("in turn fills what an abort left out with errors", async () => {
    const controller = new AbortController();
    const { executor, runs } = executorOf({
      handler: async ({ n }) => {
        if (n === 1) controller.abort();
        return "done";
      },
    });
    const calls = [0, 1, 2].map((n) => call({ n }));
    const results = await executor.executeBatch(calls, { parallel: false, signal: controller.signal });
    expect(results.map(({ isError }) => isError)).toEqual([false, true, true]);
    expect(runs).toHaveLength(2);
  });
});
