// The catalogue of `pi-ai`, the models that only Argent knows, and the fields by which Argent's page knows a model.

import { argentModels, argentProviders } from "../native.js";
import { modelsOf } from "../pi-ai/catalog.js";
import {
  calculateCost as calculatePiCost,
  getProviders as getPiProviders,
  getSupportedThinkingLevels,
} from "../pi-ai/models.js";
import type { Api, Model, Usage } from "../pi-ai/types.js";

export { clampThinkingLevel, getSupportedThinkingLevels, modelsAreEqual } from "../pi-ai/models.js";

/** A model with what follows from its fields. */
export type ArgentModel<TApi extends Api = Api> = Model<TApi> & {
  /** US dollars per million tokens, from `cost`. */
  readonly pricing: { readonly input: number; readonly output: number };
  /** Whether it takes images, from `input`. */
  readonly vision: boolean;
};

const additions = new Map<string, Map<string, Model<Api>>>();

function added(provider: string): Map<string, Model<Api>> {
  let models = additions.get(provider);
  if (!models) {
    models = new Map(Object.entries(JSON.parse(argentModels(provider) ?? "{}")));
    additions.set(provider, models);
  }
  return models;
}

/** The model itself, which Pi's functions give too; what follows from it is neither listed nor copied. */
function extended(model: Model<Api>): ArgentModel {
  if (!("pricing" in model)) {
    Object.defineProperties(model, {
      pricing: { get: () => ({ input: model.cost.input, output: model.cost.output }), configurable: true },
      vision: { get: () => model.input.includes("image"), configurable: true },
    });
  }
  return model as ArgentModel;
}

/** A model of the catalogue, the same object as `pi-ai` gives; `undefined` if it is unknown. */
export function getModel(provider: string, modelId: string): ArgentModel | undefined {
  const model = modelsOf(provider)?.get(modelId) ?? added(provider).get(modelId);
  return model && extended(model);
}

/**
 * A model of the catalogue.
 * @throws Error when the provider or the model is unknown; names those that are known.
 */
export function requireModel(provider: string, modelId: string): ArgentModel {
  const model = getModel(provider, modelId);
  if (model) return model;
  const known = getModels(provider).map(({ id }) => id);
  if (known.length > 0) throw new Error(`Unknown model: ${provider}/${modelId} (known: ${known.join(", ")})`);
  throw new Error(`Unknown provider: ${provider} (known: ${getProviders().join(", ")})`);
}

/** The providers of the catalogue. */
export function getProviders(): string[] {
  return [...new Set<string>([...getPiProviders(), ...argentProviders()])];
}

/** A provider's models; none if it is unknown. */
export function getModels(provider: string): ArgentModel[] {
  return [...(modelsOf(provider)?.values() ?? []), ...added(provider).values()].map(extended);
}

/** What a request cost, in US dollars, as a new object; `usage.cost` is filled in too. */
export function calculateCost(model: Model<Api>, usage: Usage): Usage["cost"] {
  return { ...calculatePiCost(model, usage) };
}

/** Whether a model has the level `xhigh`. */
export function supportsXhigh(model: Model<Api>): boolean {
  return getSupportedThinkingLevels(model).includes("xhigh");
}
