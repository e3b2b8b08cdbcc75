// An episode of Argent's agent: what is kept, told and learnt.

import {
  type CoreEvent,
  coreLoop,
  InMemoryEventBus,
  InMemoryStateManager,
  type LoopV2Event,
} from "argent-runtime/argent-agent";
import { describe, expect, it } from "vitest";
import { add, all, calls, config, registry, scripted, types } from "./support/argent.js";

describe("coreLoop", () => {
  const core = (provider: ReturnType<typeof scripted>, more = {}) =>
    coreLoop({ ...config(provider), agentId: "a", sessionId: "s", tools: registry(add), ...more });

  it("keeps an episode with its turns and tells it", async () => {
    const [state, bus] = [new InMemoryStateManager(), new InMemoryEventBus()];
    const provider = scripted(calls(["add", { a: 1, b: 2 }]), "three");
    const { events } = await all<CoreEvent, unknown>(core(provider, { state, events: bus }));
    expect(types(events.filter((event) => event.type.startsWith("core:")))).toEqual([
      "core:episode_start",
      "core:turn_persisted",
      "core:turn_persisted",
      "core:episode_complete",
    ]);
    expect(types(events).indexOf("core:turn_persisted")).toBe(types(events).indexOf("done") - 1);
    const [episode] = state.episodes.values();
    expect(episode).toMatchObject({ turnCount: 2, totalTokens: 6, outcome: "stop", type: "conversation" });
    const turns = await state.getTurnHistory("s");
    expect(turns.map(({ id }) => id)).toEqual([`${episode?.id}-turn-1`, `${episode?.id}-turn-2`]);
    expect(turns[0]).toMatchObject({
      stopReason: "tool_use",
      toolResults: [{ result: "3", isError: false }],
    });
    expect(types(bus.published)).toEqual([
      "agent:episode_start",
      "agent:turn_start",
      "agent:turn_complete",
      "agent:tool_execute",
      "agent:turn_start",
      "agent:turn_complete",
      "agent:episode_complete",
    ]);
    expect(provider.requests[0]?.messages).toHaveLength(1);
  });

  it("saves an answer that failed, and says how the episode ended", async () => {
    const state = new InMemoryStateManager();
    await all<CoreEvent, unknown>(core(scripted(new Error("no connection")), { state }));
    expect([...state.turns.values()]).toMatchObject([{ stopReason: "error" }]);
    expect([...state.episodes.values()]).toMatchObject([{ outcome: "error" }]);
  });

  it("tells what it could not keep, and goes on", async () => {
    const state = new InMemoryStateManager();
    state.saveTurnStart = state.completeEpisode = async () => {
      throw new Error("disk full");
    };
    const { events } = await all<CoreEvent, unknown>(core(scripted("fine"), { state }));
    const errors = events.filter((event) => event.type === "core:state_error");
    expect(errors.map(({ operation, error }) => [operation, error])).toEqual([
      ["saveTurnStart", "disk full"],
      ["completeEpisode", "disk full"],
    ]);
    expect(events.at(-1)?.type).toBe("core:episode_complete");
  });

  it("tells an abort and completes the episode, also where the reader leaves", async () => {
    const controller = new AbortController();
    const state = new InMemoryStateManager();
    const told: LoopV2Event["type"][] = [];
    for await (const event of core(scripted("x", "y"), { state, signal: controller.signal })) {
      told.push(event.type as LoopV2Event["type"]);
      if (event.type === "start") controller.abort();
    }
    expect(told).toContain("loop_abort");
    for await (const event of core(scripted("x"), { state })) if (event.type === "start") break;
    expect(
      [...state.episodes.values()].map(({ outcome, completedAt }) => [outcome, completedAt instanceof Date]),
    ).toEqual([
      ["aborted", true],
      ["unknown", true],
    ]);
  });
});
