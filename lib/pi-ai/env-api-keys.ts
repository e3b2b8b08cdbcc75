// API keys from the environment. `process.env` and the disk are read at every call, since hosts and tests change
// variables and the home directory while they run.

import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { KnownProvider } from "./types.js";

/** Variables of each provider that hold a key, strongest first. */
const KEY_VARIABLES = new Map<string, readonly string[]>([
  ["anthropic", ["ANTHROPIC_OAUTH_TOKEN", "ANTHROPIC_API_KEY"]],
  ["azure-openai-responses", ["AZURE_OPENAI_API_KEY"]],
  ["cerebras", ["CEREBRAS_API_KEY"]],
  ["cloudflare-ai-gateway", ["CLOUDFLARE_API_KEY"]],
  ["cloudflare-workers-ai", ["CLOUDFLARE_API_KEY"]],
  ["deepseek", ["DEEPSEEK_API_KEY"]],
  ["fireworks", ["FIREWORKS_API_KEY"]],
  ["github-copilot", ["COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"]],
  ["google", ["GEMINI_API_KEY"]],
  ["google-vertex", ["GOOGLE_CLOUD_API_KEY"]],
  ["groq", ["GROQ_API_KEY"]],
  ["huggingface", ["HF_TOKEN"]],
  ["kimi-coding", ["KIMI_API_KEY"]],
  ["minimax", ["MINIMAX_API_KEY"]],
  ["minimax-cn", ["MINIMAX_CN_API_KEY"]],
  ["mistral", ["MISTRAL_API_KEY"]],
  ["moonshotai", ["MOONSHOT_API_KEY"]],
  ["moonshotai-cn", ["MOONSHOT_API_KEY"]],
  ["openai", ["OPENAI_API_KEY"]],
  ["opencode", ["OPENCODE_API_KEY"]],
  ["opencode-go", ["OPENCODE_API_KEY"]],
  ["openrouter", ["OPENROUTER_API_KEY"]],
  ["vercel-ai-gateway", ["AI_GATEWAY_API_KEY"]],
  ["xai", ["XAI_API_KEY"]],
  ["xiaomi", ["XIAOMI_API_KEY"]],
  ["xiaomi-token-plan-ams", ["XIAOMI_TOKEN_PLAN_AMS_API_KEY"]],
  ["xiaomi-token-plan-cn", ["XIAOMI_TOKEN_PLAN_CN_API_KEY"]],
  ["xiaomi-token-plan-sgp", ["XIAOMI_TOKEN_PLAN_SGP_API_KEY"]],
  ["zai", ["ZAI_API_KEY"]],
]);

/** Sets of variables, each of which lets the AWS SDK sign requests. */
const AWS_CREDENTIALS: readonly (readonly string[])[] = [
  ["AWS_PROFILE"],
  ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
  ["AWS_BEARER_TOKEN_BEDROCK"],
  ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"],
  ["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
  ["AWS_WEB_IDENTITY_TOKEN_FILE"],
];

/** Stands for credentials that the provider finds by itself. */
const AMBIENT = "<authenticated>";

/**
 * The variables that are set and hold a key for a provider, strongest first; `undefined` if there is none.
 * Credentials that are no key, such as an AWS profile or Google's application default, are not listed.
 */
export function findEnvKeys(provider: KnownProvider): string[] | undefined;
export function findEnvKeys(provider: string): string[] | undefined;
export function findEnvKeys(provider: string): string[] | undefined {
  const found = KEY_VARIABLES.get(provider)?.filter(isSet);
  return found?.length ? found : undefined;
}

/**
 * The key for a provider. Google Vertex and Amazon Bedrock can also give `<authenticated>`, which means that their
 * usual credentials are in place; `undefined` means that there is nothing to use.
 */
export function getEnvApiKey(provider: KnownProvider): string | undefined;
export function getEnvApiKey(provider: string): string | undefined;
export function getEnvApiKey(provider: string): string | undefined {
  const [variable] = findEnvKeys(provider) ?? [];
  if (variable) return process.env[variable];
  if (provider === "google-vertex" && canUseVertex()) return AMBIENT;
  if (provider === "amazon-bedrock" && AWS_CREDENTIALS.some((set) => set.every(isSet))) return AMBIENT;
  return undefined;
}

function isSet(variable: string): boolean {
  return !!process.env[variable];
}

/** Vertex needs a project, a location, and credentials: a file that is named, or the one that gcloud writes. */
function canUseVertex(): boolean {
  const hasProject = isSet("GOOGLE_CLOUD_PROJECT") || isSet("GCLOUD_PROJECT");
  if (!hasProject || !isSet("GOOGLE_CLOUD_LOCATION")) return false;
  const credentials = process.env.GOOGLE_APPLICATION_CREDENTIALS;
  return existsSync(
    credentials || join(homedir(), ".config", "gcloud", "application_default_credentials.json"),
  );
}
