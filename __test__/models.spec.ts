// The model catalogue, costs and thinking levels.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it, vi } from "vitest";
import {
  calculateCost,
  clampThinkingLevel,
  getModel,
  getModels,
  getProviders,
  getSupportedThinkingLevels,
  modelsAreEqual,
} from "../lib/pi-ai/models.js";
import type { Model, ModelThinkingLevel, ThinkingLevelMap, Usage } from "../lib/pi-ai/types.js";

const root = new URL("../", import.meta.url);
const source = JSON.parse(readFileSync(new URL("src/ai/catalog/models.json", root), "utf8"));

describe("the catalogue", () => {
  it("holds every model under its provider and id", () => {
    expect(getProviders()).toEqual(Object.keys(source));
    for (const provider of getProviders()) {
      expect(getModels(provider)).toEqual(Object.values(source[provider]));
    }
    expect(getModel("openai", "gpt-4o").api).toBe("openai-responses");
  });

  it("gives the one object that hosts may edit, and undefined for unknown names", () => {
    const model = getModel("anthropic", "claude-sonnet-4-5");
    expect(getModel("anthropic", "claude-sonnet-4-5")).toBe(model);
    expect(getModels("anthropic")).toContain(model);
    const { name } = model;
    model.name = "Edited";
    expect(getModel("anthropic", "claude-sonnet-4-5").name).toBe("Edited");
    model.name = name;
    getModels("anthropic").length = 0;
    expect(getModels("anthropic")).not.toEqual([]);
    expect(getModel("anthropic", "no-such-model" as never)).toBeUndefined();
    expect(getModel("nobody" as never, "gpt-4o" as never)).toBeUndefined();
    expect(getModels("nobody" as never)).toEqual([]);
  });

  it("starts afresh with a fresh module", async () => {
    const model = getModel("openai", "gpt-4o");
    vi.resetModules();
    const fresh = await import("../lib/pi-ai/models.js");
    expect(fresh.getModel("openai", "gpt-4o")).not.toBe(model);
    expect(fresh.getModel("openai", "gpt-4o")).toEqual(model);
  });

  it("is written as a module whose text is one object literal", async () => {
    const folder = mkdtempSync(join(tmpdir(), "catalog-"));
    try {
      execFileSync(process.execPath, [
        fileURLToPath(new URL("scripts/generate-catalog.mjs", root)),
        "--dist",
        folder,
      ]);
      const file = join(folder, "models.generated.js");
      expect((await import(pathToFileURL(file).href)).MODELS).toEqual(source);
      const text = readFileSync(file, "utf8");
      const literal = text.slice(
        text.indexOf("{", text.indexOf("export const MODELS")),
        text.lastIndexOf("}") + 1,
      );
      expect(new Function(`return ${literal}`)()).toEqual(source);
      expect(text).toContain('        "gpt-4o": {\n            id: "gpt-4o",\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it("computes a cost from prices per million tokens, into the usage", () => {
  const cost = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 };
  const usage: Usage = {
    input: 1000,
    output: 200,
    cacheRead: 4000,
    cacheWrite: 500,
    totalTokens: 5700,
    cost,
  };
  const model = { cost: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 } } as Model<string>;
  expect(calculateCost(model, usage)).toBe(cost);
  expect(cost.input).toBeCloseTo(0.003, 10);
  expect(cost.output).toBeCloseTo(0.003, 10);
  expect(cost.cacheRead).toBeCloseTo(0.0012, 10);
  expect(cost.cacheWrite).toBeCloseTo(0.001875, 10);
  expect(cost.total).toBeCloseTo(0.009075, 10);
});

it.each(["anthropic-messages", "openai-completions"])("a usage of %s costs the same in JavaScript", (api) => {
  const lines = readFileSync(new URL(`fixtures/usage/${api}.jsonl`, root), "utf8")
    .trim()
    .split("\n");
  for (const line of lines) {
    const { name, cost, usage } = JSON.parse(line);
    const { total, totalFromProvider, ...parts } = usage.cost;
    const again = calculateCost({ cost } as Model<string>, usage);
    const sum = parts.input + parts.output + parts.cacheRead + parts.cacheWrite;
    expect(again, name).toEqual({ ...parts, total: totalFromProvider ? sum : total });
  }
});

it("compares models by id and provider", () => {
  const model = getModel("openai", "gpt-4o");
  expect(modelsAreEqual(model, { ...model, name: "Other" })).toBe(true);
  expect(modelsAreEqual(model, { ...model, provider: "azure-openai-responses" })).toBe(false);
  expect(modelsAreEqual(model, { ...model, id: "gpt-4o-mini" })).toBe(false);
  expect(modelsAreEqual(model, undefined)).toBe(false);
  expect(modelsAreEqual(null, null)).toBe(false);
});

describe("thinking levels", () => {
  const thinker = (thinkingLevelMap?: ThinkingLevelMap) =>
    ({ reasoning: true, thinkingLevelMap }) as Model<string>;
  const plain = { reasoning: false, thinkingLevelMap: { high: "high" } } as unknown as Model<string>;

  it.each<[string, Model<string>, ModelThinkingLevel[]]>([
    ["a model that cannot think", plain, ["off"]],
    ["no map", thinker(), ["off", "minimal", "low", "medium", "high"]],
    ["xhigh named", thinker({ xhigh: "max" }), ["off", "minimal", "low", "medium", "high", "xhigh"]],
    ["some refused", thinker({ off: null, low: null, xhigh: null }), ["minimal", "medium", "high"]],
  ])("of %s", (_, model, levels) => {
    expect(getSupportedThinkingLevels(model)).toEqual(levels);
  });

  it.each<[Model<string>, ModelThinkingLevel, ModelThinkingLevel]>([
    [plain, "high", "off"],
    [thinker(), "medium", "medium"],
    [thinker(), "xhigh", "high"],
    [thinker({ minimal: null, low: null }), "minimal", "medium"],
    [thinker({ off: null }), "off", "minimal"],
    [thinker({ medium: null, high: null }), "high", "low"],
    [thinker({ off: null, minimal: null }), "ultra" as never, "low"],
    [thinker({ off: null, minimal: null, low: null, medium: null, high: null }), "high", "off"],
  ])("clamps %o at %s to %s", (model, wished, level) => {
    expect(clampThinkingLevel(model, wished)).toBe(level);
  });
});
