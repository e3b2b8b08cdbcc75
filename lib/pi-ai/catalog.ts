// The built-in models, a provider's parsed when the provider is first asked for. Each is one mutable object for the life
// of this module, since hosts edit models in place and compare them by identity.

import { catalogModels, catalogProviders } from "../native.js";
import type { Api, Model } from "./types.js";

type Models = Map<string, Model<Api>>;

const loaded = new Map<string, Models>();

/** The providers, in the order of the catalogue. */
export function providerNames(): string[] {
  return catalogProviders();
}

/** A provider's models by id, in the order of the catalogue; `undefined` if it is not in it. */
export function modelsOf(provider: string): Models | undefined {
  const known = loaded.get(provider);
  if (known || typeof provider !== "string") return known;
  const text = catalogModels(provider);
  if (text === null) return undefined;
  const models: Models = new Map(Object.entries(JSON.parse(text)));
  loaded.set(provider, models);
  return models;
}
