// The registry of wire protocols, which is Pi's: there is one for both, with the built-in protocols in it.

import "../pi-ai/register-builtins.js";
import { getApiProvider, getApiProviders } from "../pi-ai/api-registry.js";
import type { Api } from "../pi-ai/types.js";

export {
  clearApiProviders,
  getApiProvider,
  getApiProviders,
  registerApiProvider,
  unregisterApiProviders,
} from "../pi-ai/api-registry.js";
export { registerBuiltInApiProviders, resetApiProviders } from "../pi-ai/register-builtins.js";

/** Whether there is a provider for a protocol. */
export function hasApiProvider(api: Api): boolean {
  return getApiProvider(api) !== undefined;
}

/** The protocols that there are providers for. */
export function listRegisteredApis(): Api[] {
  return getApiProviders().map(({ api }) => api);
}
