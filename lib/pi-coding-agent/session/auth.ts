// The key that a request of the session itself is made with.

import type { ModelRegistry } from "../model-registry.js";
import { formatExpiredMessage, formatNoApiKeyFoundMessage } from "./guidance.js";
import type { AnyModel } from "./types.js";

/** A key, and the headers that go with it. */
export interface Auth {
  apiKey: string;
  headers?: Record<string, string> | undefined;
}

/** The key for a model; throws what to do if there is none. */
export async function requireAuth(registry: ModelRegistry, model: AnyModel): Promise<Auth> {
  const found = await registry.getApiKeyAndHeaders(model);
  if (!found.ok) {
    const isMissing = found.error.startsWith("No API key found");
    throw new Error(isMissing ? formatNoApiKeyFoundMessage(model.provider) : found.error);
  }
  const { apiKey, headers } = found;
  if (apiKey) return { apiKey, headers };
  const says = registry.isUsingOAuth(model) ? formatExpiredMessage : formatNoApiKeyFoundMessage;
  throw new Error(says(model.provider));
}
