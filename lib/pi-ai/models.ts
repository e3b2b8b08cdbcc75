// Looking up built-in models, what a request cost, and which thinking levels a model offers.

import type { CatalogApis } from "./catalog.generated.js";
import { modelsOf, providerNames } from "./catalog.js";
import type { Api, KnownProvider, Model, ModelThinkingLevel, Price, Usage } from "./types.js";

type ApiOf<TProvider extends KnownProvider, TModelId extends keyof CatalogApis[TProvider]> = Extract<
  CatalogApis[TProvider][TModelId],
  Api
>;

/** Prices are per this many tokens. */
const PRICED_TOKENS = 1_000_000;

/** From least to most. */
const LEVELS: readonly ModelThinkingLevel[] = ["off", "minimal", "low", "medium", "high", "xhigh"];

/**
 * A built-in model: the same object at each call, free to be edited. Names that are not in the catalogue, which
 * the types rule out, give `undefined`.
 */
export function getModel<TProvider extends KnownProvider, TModelId extends keyof CatalogApis[TProvider]>(
  provider: TProvider,
  modelId: TModelId,
): Model<ApiOf<TProvider, TModelId>> {
  return modelsOf(provider)?.get(modelId as string) as Model<ApiOf<TProvider, TModelId>>;
}

/** The providers of the catalogue. */
export function getProviders(): KnownProvider[] {
  return providerNames() as KnownProvider[];
}

/** A provider's models, as a new array of the objects that {@link getModel} returns; empty if it is unknown. */
export function getModels<TProvider extends KnownProvider>(
  provider: TProvider,
): Model<ApiOf<TProvider, keyof CatalogApis[TProvider]>>[] {
  const models = modelsOf(provider)?.values() ?? [];
  return [...models] as Model<ApiOf<TProvider, keyof CatalogApis[TProvider]>>[];
}

/**
 * Fills in `usage.cost`, in US dollars, from the model's prices, and returns that object. What a provider said that it
 * charges is replaced.
 */
export function calculateCost<TApi extends Api>(model: Model<TApi>, usage: Usage): Usage["cost"] {
  const { cost } = usage;
  const price = priceFor(model.cost, usage.input + usage.cacheRead + usage.cacheWrite);
  const hour = price.cacheWrite1h === undefined ? 0 : Math.min(usage.cacheWrite1h ?? 0, usage.cacheWrite);
  cost.input = (price.input / PRICED_TOKENS) * usage.input;
  cost.output = (price.output / PRICED_TOKENS) * usage.output;
  cost.cacheRead = (price.cacheRead / PRICED_TOKENS) * usage.cacheRead;
  cost.cacheWrite = (price.cacheWrite / PRICED_TOKENS) * (usage.cacheWrite - hour);
  if (hour > 0) cost.cacheWrite += ((price.cacheWrite1h ?? 0) / PRICED_TOKENS) * hour;
  cost.total = cost.input + cost.output + cost.cacheRead + cost.cacheWrite;
  delete cost.totalFromProvider;
  return cost;
}

/** The prices for a prompt of so many tokens. */
function priceFor(cost: Model<Api>["cost"], tokens: number): Price {
  let best: (Price & { inputTokensAbove: number }) | undefined;
  for (const tier of cost.tiers ?? []) {
    const isHigher = !best || tier.inputTokensAbove > best.inputTokensAbove;
    if (tokens > tier.inputTokensAbove && isHigher) best = tier;
  }
  return best ?? cost;
}

/**
 * The levels that a model offers, from least to most: only `off` if it cannot think; else all that its map does
 * not refuse with `null`, but `xhigh` only if the map names it.
 */
export function getSupportedThinkingLevels<TApi extends Api>(model: Model<TApi>): ModelThinkingLevel[] {
  if (!model.reasoning) return ["off"];
  const words = model.thinkingLevelMap ?? {};
  return LEVELS.filter((level) => {
    const word = words[level];
    return word !== null && (level !== "xhigh" || word !== undefined);
  });
}

/**
 * The level to use where `level` was wished for: itself if offered, else the next one above it, else the next one
 * below it. A level of no known name becomes the lowest on offer, and a model that offers none gives `off`.
 */
export function clampThinkingLevel<TApi extends Api>(
  model: Model<TApi>,
  level: ModelThinkingLevel,
): ModelThinkingLevel {
  const offered = getSupportedThinkingLevels(model);
  const wished = LEVELS.indexOf(level);
  const [lowest = "off"] = offered;
  if (wished < 0) return lowest;
  return offered.find((candidate) => LEVELS.indexOf(candidate) >= wished) ?? offered.at(-1) ?? lowest;
}

/** Whether two models have the same id and provider; false if either is missing. */
export function modelsAreEqual<TApi extends Api>(
  a: Model<TApi> | null | undefined,
  b: Model<TApi> | null | undefined,
): boolean {
  return !!a && !!b && a.id === b.id && a.provider === b.provider;
}
