// API keys from the environment: under the names that Pi knows, then under those that only Argent has.

import { findEnvKeys as findPiEnvKeys, getEnvApiKey as getPiEnvApiKey } from "../pi-ai/env-api-keys.js";
import { descriptions } from "./descriptions.js";

/** Argent's own names, for providers that are not native ones. */
const KEYS = new Map<string, readonly string[]>([
  ["azure-openai", ["AZURE_OPENAI_API_KEY"]],
  ["google-gemini-cli", ["GOOGLE_API_KEY", "GEMINI_API_KEY"]],
  ["google-vertex", ["GOOGLE_API_KEY"]],
  ["huggingface", ["HUGGINGFACE_API_KEY"]],
  ["minimax-cn", ["MINIMAX_API_KEY"]],
  ["nvidia", ["NVIDIA_API_KEY"]],
  ["vercel-ai-gateway", ["VERCEL_API_KEY"]],
]);

/** The variables that are set and hold a key for a provider, strongest first; `undefined` if there is none. */
export function findEnvKeys(provider: string): string[] | undefined {
  const argents = descriptions().get(provider)?.keys ?? KEYS.get(provider) ?? [];
  const set = argents.filter((name) => process.env[name]);
  const found = [...new Set([...(findPiEnvKeys(provider) ?? []), ...set])];
  return found.length > 0 ? found : undefined;
}

/** The key for a provider; `undefined` if the environment has none. */
export function getEnvApiKey(provider: string): string | undefined {
  const [name] = findEnvKeys(provider) ?? [];
  return name ? process.env[name] : getPiEnvApiKey(provider);
}
