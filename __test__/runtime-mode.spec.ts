// Which runtime a gateway gets, and what it hears when the two differ.

import { createRuntime, getAgentCoreRuntimeDiagnostics, type RuntimeDifference } from "argent-runtime";
import {
  allowsPiFallback,
  assertPiFallbackAllowed,
  isArgentRuntimeMode,
  resolveAgentCoreRuntimeMode,
} from "argent-runtime/argent-agent";
import * as core from "argent-runtime/pi-agent-core";
import * as ai from "argent-runtime/pi-ai";
import * as coding from "argent-runtime/pi-coding-agent";
import { describe, expect, it } from "vitest";

/** Stands for Pi's modules. */
const pi = () => ({
  "pi-ai": { ...ai },
  "pi-agent-core": { ...core },
  "pi-coding-agent": { ...coding, onlyPi: () => "Pi's" },
});

describe("the mode", () => {
  it.each([
    [{}, "pi_only", "default"],
    [{ ARGENT_RUNTIME: "On" }, "argent_with_fallback", "legacy_bool"],
    [{ ARGENT_RUNTIME: "0" }, "pi_only", "default"],
    [{ ARGENT_RUNTIME_MODE: " Strict ", ARGENT_RUNTIME: "true" }, "argent_strict", "explicit_mode"],
    [{ ARGENT_RUNTIME_MODE: "pi", ARGENT_RUNTIME: "true" }, "pi_only", "explicit_mode"],
    [{ ARGENT_RUNTIME_MODE: "fallback" }, "argent_with_fallback", "explicit_mode"],
    [{ ARGENT_RUNTIME_MODE: "nonsense", ARGENT_RUNTIME: "yes" }, "argent_with_fallback", "legacy_bool"],
    [{ ARGENT_RUNTIME_MODE: "constructor" }, "pi_only", "default"],
  ])("of %o is %s", (env, mode, source) => {
    expect(getAgentCoreRuntimeDiagnostics(env)).toMatchObject({ mode, source });
    expect(resolveAgentCoreRuntimeMode(env)).toBe(mode);
  });

  it("says whether Pi may stand in", () => {
    expect((["pi_only", "argent_with_fallback", "argent_strict"] as const).map(allowsPiFallback)).toEqual([
      false,
      true,
      false,
    ]);
    expect(isArgentRuntimeMode("pi_only")).toBe(false);
    expect(() => assertPiFallbackAllowed("argent_strict", "stream")).toThrow("Pi fallback is not allowed");
    expect(() => assertPiFallbackAllowed("pi_only", "stream")).toThrow("not in use");
    expect(() => assertPiFallbackAllowed("argent_with_fallback", "stream")).not.toThrow();
  });
});

describe("createRuntime", () => {
  it("gives Pi's modules, Argent's, or Argent's with what only Pi has", async () => {
    const given = pi();
    const onlyPi = await createRuntime({ pi: given, mode: "pi_only" });
    expect([onlyPi.source, onlyPi.modules["pi-ai"]]).toEqual(["pi", given["pi-ai"]]);
    const strict = await createRuntime({ pi: given, mode: "argent_strict" });
    expect(strict.modules["pi-coding-agent"]).toBe(coding);
    const merged = await createRuntime({ pi: given, mode: "argent_with_fallback" });
    expect(merged.modules["pi-coding-agent"]).toMatchObject({ onlyPi: expect.any(Function) });
    expect(merged.modules["pi-coding-agent"].SessionManager).toBe(coding.SessionManager);
  });

  it("says which of Pi's modules it was not given", async () => {
    await expect(createRuntime({ pi: { "pi-ai": ai }, mode: "pi_only" })).rejects.toThrow(
      "Pi's modules were not given: pi-agent-core, pi-coding-agent",
    );
  });

  it("tells of the first result that differs, and goes on with its own", async () => {
    const given = pi();
    given["pi-coding-agent"].estimateTokens = () => 7;
    const found: RuntimeDifference[] = [];
    const { modules } = await createRuntime({
      pi: given,
      mode: "argent_strict",
      onDifference: (difference) => found.push(difference),
    });
    const message = { role: "user" as const, content: "twelve chars", timestamp: 1 };
    const { parseSkillBlock, estimateTokens } = modules["pi-coding-agent"];
    expect(parseSkillBlock("no skill")).toBeNull();
    expect([estimateTokens(message), estimateTokens(message)]).toEqual([3, 3]);
    expect(found).toEqual([{ name: "estimateTokens", path: "$.value", pi: 7, argent: 3 }]);
  });

  it("compares requests before they are sent, and sends one", async () => {
    const given = pi();
    given["pi-ai"].completeSimple = (model, context, options) =>
      ai.completeSimple(model, { ...context, systemPrompt: "another" }, options);
    const found: RuntimeDifference[] = [];
    const { modules } = await createRuntime({
      pi: given,
      mode: "argent_strict",
      onDifference: (difference) => found.push(difference),
    });
    let sent = 0;
    const fetch = async () => {
      sent++;
      return new Response("{}", { status: 400 });
    };
    const model = ai.getModel("openai", "gpt-4o");
    const context = {
      systemPrompt: "one",
      messages: [{ role: "user" as const, content: "hi", timestamp: 1 }],
    };
    const answer = await modules["pi-ai"].completeSimple(model, context, {
      apiKey: "k",
      fetch,
      maxRetries: 0,
    } as never);
    expect([answer.stopReason, sent, found.length]).toEqual(["error", 1, 1]);
    expect(found[0]).toMatchObject({ name: "completeSimple", pi: "another", argent: "one" });
  });
});
