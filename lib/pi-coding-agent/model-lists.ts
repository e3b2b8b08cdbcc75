// The models on offer: those of the catalogue as the user has them, and those that the user adds.

import { getModels, getProviders } from "../pi-ai/models.js";
import type { Api, KnownProvider, Model } from "../pi-ai/types.js";
import type { ModelDefinition, ModelOverride, ProviderEntry } from "./models-config.js";

type Compat = Model<Api>["compat"];

type Entries = Record<string, ProviderEntry>;

/** The models of the catalogue as the user's entries have them; those that they do not change are the same objects. */
export function builtInModels(entries: Entries): Model<Api>[] {
  return getProviders().flatMap((provider) => {
    const models = getModels(provider) as Model<Api>[];
    const entry = Object.hasOwn(entries, provider) ? entries[provider] : undefined;
    return entry ? models.map((model) => overridden(model, entry)) : models;
  });
}

/** The models that the user adds. */
export function definedModels(entries: Entries): Model<Api>[] {
  return Object.entries(entries).flatMap(([provider, entry]) =>
    (entry.models ?? []).flatMap((definition) => defined(provider, entry, definition) ?? []),
  );
}

/** Models with others over them: in the place of one with the same provider and id, else after them. */
export function mergeModels(models: Model<Api>[], others: Model<Api>[]): Model<Api>[] {
  const merged = new Map<string, Model<Api>>();
  for (const model of [...models, ...others]) merged.set(`${model.provider}\n${model.id}`, model);
  return [...merged.values()];
}

/** A model of the catalogue as an entry has it. */
function overridden(model: Model<Api>, entry: ProviderEntry): Model<Api> {
  const { baseUrl, compat, modelOverrides = {} } = entry;
  const changed =
    baseUrl || compat
      ? { ...model, baseUrl: baseUrl ?? model.baseUrl, compat: mergeCompat(model.compat, compat) }
      : model;
  const override = Object.hasOwn(modelOverrides, model.id) ? modelOverrides[model.id] : undefined;
  return override ? withOverride(changed, override) : changed;
}

function withOverride(model: Model<Api>, override: ModelOverride): Model<Api> {
  const { cost, thinkingLevelMap } = override;
  const { input, output, cacheRead, cacheWrite } = { ...model.cost, ...cost };
  return {
    ...model,
    name: override.name ?? model.name,
    reasoning: override.reasoning ?? model.reasoning,
    ...(thinkingLevelMap ? { thinkingLevelMap: { ...model.thinkingLevelMap, ...thinkingLevelMap } } : {}),
    input: override.input ?? model.input,
    contextWindow: override.contextWindow ?? model.contextWindow,
    maxTokens: override.maxTokens ?? model.maxTokens,
    // Prices of the catalogue for some cases alone would not go with the user's.
    cost: cost ? { input, output, cacheRead, cacheWrite } : model.cost,
    compat: mergeCompat(model.compat, override.compat),
  };
}

/** A model that an entry adds. What it leaves out is the entry's, or that of the provider's first model. */
function defined(
  provider: string,
  entry: ProviderEntry,
  definition: ModelDefinition,
): Model<Api> | undefined {
  const [first] = getModels(provider as KnownProvider) as Model<Api>[];
  const api = definition.api ?? entry.api ?? first?.api;
  const baseUrl = definition.baseUrl ?? entry.baseUrl ?? first?.baseUrl;
  if (!api || !baseUrl) return undefined;
  return {
    id: definition.id,
    name: definition.name ?? definition.id,
    api,
    provider,
    baseUrl,
    reasoning: definition.reasoning ?? false,
    thinkingLevelMap: definition.thinkingLevelMap,
    input: definition.input ?? ["text"],
    cost: definition.cost ?? { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    contextWindow: definition.contextWindow ?? 128_000,
    maxTokens: definition.maxTokens ?? 16_384,
    headers: undefined,
    compat: mergeCompat(entry.compat, definition.compat),
  };
}

/** What holds of a model over what holds of its provider; the routes of gateways are merged too. */
function mergeCompat(base: Compat, over: Compat): Compat {
  if (!over) return base;
  const merged: Record<string, unknown> = { ...base, ...over };
  for (const route of ["openRouterRouting", "vercelGatewayRouting"]) {
    const parts = [base, over].map((compat) => (compat as Record<string, object> | undefined)?.[route]);
    if (parts.some((part) => part)) merged[route] = { ...parts[0], ...parts[1] };
  }
  return merged as Compat;
}
