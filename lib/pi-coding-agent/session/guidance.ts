// What users are told who have no model or no key.

import { homedir } from "node:os";
import { join } from "node:path";

/** Where Pi's documentation is, if the host says where Pi's package is. */
function docs(name: string): string {
  const named = process.env.PI_PACKAGE_DIR;
  const home = named === "~" || named?.startsWith("~/");
  const dir = home ? homedir() + named?.slice(1) : named;
  return dir ? join(dir, "docs", name) : join("docs", name);
}

function loginHelp(): string {
  const files = ["providers.md", "models.md"].map((name) => `  ${docs(name)}`);
  return ["Use /login to log into a provider via OAuth or API key. See:", ...files].join("\n");
}

export function formatNoModelsAvailableMessage(): string {
  return `No models available. ${loginHelp()}`;
}

export function formatNoModelSelectedMessage(): string {
  return `No model selected.\n\n${loginHelp()}\n\nThen use /model to select a model.`;
}

export function formatNoApiKeyFoundMessage(provider: string): string {
  const whose = provider === "unknown" ? "the selected model" : provider;
  return `No API key found for ${whose}.\n\n${loginHelp()}`;
}

/** Of an account whose key could not be renewed. */
export function formatExpiredMessage(provider: string): string {
  return `Authentication failed for "${provider}". Credentials may have expired or network is unavailable. Run '/login ${provider}' to re-authenticate.`;
}
