// GitHub's addresses, and requests to it.

import { send } from "./request.js";
import { cleanError } from "./secrets.js";

/** What Copilot's services want to know of their client. */
export const COPILOT_HEADERS = {
  "User-Agent": "GitHubCopilotChat/0.35.0",
  "Editor-Version": "vscode/1.107.0",
  "Editor-Plugin-Version": "copilot-chat/0.35.0",
  "Copilot-Integration-Id": "vscode-chat",
};

/** The host of a domain or an address that a user typed; `null` if there is none in it. */
export function normalizeDomain(input: string): string | null {
  const text = input.trim();
  const address = text.includes("://") ? text : `https://${text}`;
  return text && URL.canParse(address) ? new URL(address).hostname : null;
}

/** Where an account's models are: where its Copilot token says, else at its enterprise's domain, else at GitHub's. */
export function getGitHubCopilotBaseUrl(token?: string, enterpriseDomain?: string): string {
  const [, proxy] = /proxy-ep=([^;]+)/.exec(token ?? "") ?? [];
  if (proxy) return `https://${proxy.replace(/^proxy\./, "api.")}`;
  return enterpriseDomain
    ? `https://copilot-api.${enterpriseDomain}`
    : "https://api.individual.githubcopilot.com";
}

/**
 * Asks GitHub.
 * @throws Status and text of an answer that is no success, or `fetch`'s own error, without the secrets.
 */
export async function fetchJson(
  url: string,
  init: RequestInit,
  { signal, secrets = [] }: { signal?: AbortSignal; secrets?: string[] },
): Promise<unknown> {
  try {
    const response = await send(url, init, signal);
    if (response.ok) return await response.json();
    throw new Error(`${response.status} ${response.statusText}: ${await response.text()}`);
  } catch (error) {
    throw cleanError(error, secrets);
  }
}
