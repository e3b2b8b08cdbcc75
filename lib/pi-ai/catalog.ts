// The built-in models, parsed at first use. Each is one mutable object for the life of this module, since hosts
// edit models in place and compare them by identity.

import { catalogText } from "./catalog-source.js";
import type { Api, Model } from "./types.js";

type Models = Map<string, Model<Api>>;

let catalog: Map<string, Models> | undefined;

/** Provider names, each with its models by id, in the order of the catalogue. */
export function loadCatalog(): Map<string, Models> {
  catalog ??= parse(catalogText());
  return catalog;
}

function parse(text: string): Map<string, Models> {
  const providers = Object.entries(JSON.parse(text) as Record<string, Record<string, Model<Api>>>);
  return new Map(providers.map(([provider, models]) => [provider, new Map(Object.entries(models))]));
}
