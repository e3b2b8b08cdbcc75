// Registering wire protocols from JavaScript, and releasing what sessions hold.

import { afterEach, describe, expect, it } from "vitest";
import {
  clearApiProviders,
  getApiProvider,
  getApiProviders,
  registerApiProvider,
  unregisterApiProviders,
} from "../lib/pi-ai/api-registry.js";
import { createAssistantMessageEventStream } from "../lib/pi-ai/event-stream.js";
import { cleanupSessionResources, registerSessionResourceCleanup } from "../lib/pi-ai/session-resources.js";
import type { Api, Model } from "../lib/pi-ai/types.js";

const context = { messages: [] };
const modelOf = (api: Api) => ({ api }) as Model<Api>;

function register(api: string, sourceId?: string) {
  const calls: { self: unknown; args: unknown[] }[] = [];
  const events = createAssistantMessageEventStream();
  const stream = function (this: unknown, ...args: unknown[]) {
    calls.push({ self: this, args });
    return events;
  };
  registerApiProvider({ api, stream, streamSimple: stream }, sourceId);
  return { calls, events };
}

afterEach(clearApiProviders);

describe("the provider registry", () => {
  it("calls the host's functions without a this and passes everything through", () => {
    const { calls, events } = register("mine");
    const model = modelOf("mine");
    const options = { custom: true } as object;
    expect(getApiProvider("mine")?.stream(model, context, options)).toBe(events);
    expect(getApiProvider("mine")?.streamSimple(model, context, options)).toBe(events);
    for (const { self, args } of calls) {
      expect(self).toBeUndefined();
      expect(args).toHaveLength(3);
      expect(args[0]).toBe(model);
      expect(args[1]).toBe(context);
      expect(args[2]).toBe(options);
    }
    expect(calls).toHaveLength(2);
  });

  it("throws at once for a model of another api", () => {
    const { calls } = register("mine");
    const provider = getApiProvider("mine");
    expect(() => provider?.stream(modelOf("other"), context)).toThrow("Mismatched api: other expected mine");
    expect(() => provider?.streamSimple(modelOf("other"), context)).toThrow(
      "Mismatched api: other expected mine",
    );
    expect(calls).toEqual([]);
  });

  it("gives the same object until the api is registered anew", () => {
    register("mine");
    const first = getApiProvider("mine");
    expect(getApiProvider("mine")).toBe(first);
    expect(getApiProviders()).toEqual([first]);
    register("mine");
    expect(getApiProvider("mine")).not.toBe(first);
    expect(getApiProviders()).toHaveLength(1);
    expect(getApiProvider("unknown")).toBeUndefined();
  });

  it("forgets one source, or everything", () => {
    register("a", "plugin");
    register("b", "plugin");
    register("c");
    unregisterApiProviders("plugin");
    expect(getApiProviders().map(({ api }) => api)).toEqual(["c"]);
    clearApiProviders();
    expect(getApiProviders()).toEqual([]);
  });
});

describe("session cleanups", () => {
  it("all run, in order, even if some throw", () => {
    const ran: unknown[] = [];
    const remove = [
      registerSessionResourceCleanup((id) => {
        ran.push(["first", id]);
        throw new Error("stuck");
      }),
      registerSessionResourceCleanup((id) => ran.push(["second", id])),
    ];
    let failure: unknown;
    try {
      cleanupSessionResources("s1");
    } catch (error) {
      failure = error;
    }
    expect(ran).toEqual([
      ["first", "s1"],
      ["second", "s1"],
    ]);
    expect(failure).toBeInstanceOf(AggregateError);
    expect(failure).toMatchObject({
      message: "Failed to cleanup session resources",
      errors: [expect.objectContaining({ message: "stuck" })],
    });
    remove[0]?.();
    cleanupSessionResources();
    expect(ran.slice(2)).toEqual([["second", undefined]]);
    remove[1]?.();
    cleanupSessionResources();
    expect(ran).toHaveLength(3);
  });
});
