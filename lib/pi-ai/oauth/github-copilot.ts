// Logging in to GitHub Copilot, on GitHub or on an enterprise's own domain.

import { getModels } from "../models.js";
import { cancellable, unlessCancelled } from "./cancellation.js";
import { awaitAccessToken, requestDeviceCode } from "./device-code.js";
import { COPILOT_HEADERS, fetchJson, getGitHubCopilotBaseUrl, normalizeDomain } from "./github.js";
import { send } from "./request.js";
import { shareFlight } from "./single-flight.js";
import type { OAuthCredentials, OAuthLoginCallbacks, OAuthProviderInterface } from "./types.js";

/** So long before its end a token counts as expired. */
const MARGIN_MS = 5 * 60_000;

/**
 * Logs in by a code that the user types in on GitHub's page, and switches on all models that have to be.
 * @throws "Login cancelled", "Invalid GitHub Enterprise URL/domain", "Device flow ...", what GitHub answered, or `fetch`'s
 * own error.
 */
export async function loginGitHubCopilot(
  options: Pick<OAuthLoginCallbacks, "onPrompt" | "onProgress" | "signal"> & {
    onAuth: (url: string, instructions?: string) => void;
  },
): Promise<OAuthCredentials> {
  const { onAuth, onPrompt, onProgress, signal } = options;
  return cancellable(signal, async () => {
    const asked = onPrompt({
      message: "GitHub Enterprise URL/domain (blank for github.com)",
      placeholder: "company.ghe.com",
      allowEmpty: true,
    });
    const input = await unlessCancelled(asked, signal);
    const enterprise = normalizeDomain(input) ?? undefined;
    if (input.trim() && !enterprise) throw new Error("Invalid GitHub Enterprise URL/domain");
    const domain = enterprise ?? "github.com";
    const device = await requestDeviceCode(domain, signal);
    onAuth(device.page, `Enter code: ${device.userCode}`);
    const github = await awaitAccessToken(domain, device, signal);
    const credentials = await requestCopilotToken(github, enterprise, signal);
    onProgress?.("Enabling models...");
    await enableModels(credentials.access, enterprise, signal);
    return credentials;
  });
}

/**
 * A new Copilot token for GitHub's access token, which stays. Calls for one account at the same time are one request.
 * @throws "Invalid Copilot token response ...", status and text of what GitHub answered, or `fetch`'s own error.
 */
export async function refreshGitHubCopilotToken(
  refreshToken: string,
  enterpriseDomain?: string,
): Promise<OAuthCredentials> {
  const account = `${enterpriseDomain ?? ""}\n${refreshToken}`;
  const refreshed = await shareFlight(refreshGitHubCopilotToken, account, () =>
    requestCopilotToken(refreshToken, enterpriseDomain),
  );
  return { ...refreshed };
}

async function requestCopilotToken(
  github: string,
  enterprise: string | undefined,
  signal?: AbortSignal,
): Promise<OAuthCredentials> {
  const url = `https://api.${enterprise || "github.com"}/copilot_internal/v2/token`;
  const headers = { Accept: "application/json", Authorization: `Bearer ${github}`, ...COPILOT_HEADERS };
  const answer = await fetchJson(url, { headers }, { signal, secrets: [github] });
  if (!answer || typeof answer !== "object") throw new Error("Invalid Copilot token response");
  const { token, expires_at: end } = answer as Record<string, unknown>;
  if (typeof token !== "string" || typeof end !== "number") {
    throw new Error("Invalid Copilot token response fields");
  }
  return { refresh: github, access: token, expires: end * 1000 - MARGIN_MS, enterpriseUrl: enterprise };
}

/** Accepts the terms of every model; those that refuse or fail are left as they are. */
async function enableModels(
  token: string,
  enterprise: string | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const base = getGitHubCopilotBaseUrl(token, enterprise);
  const headers = {
    "Content-Type": "application/json",
    Authorization: `Bearer ${token}`,
    ...COPILOT_HEADERS,
    "openai-intent": "chat-policy",
    "x-interaction-type": "chat-policy",
  };
  const enable = async (id: string) => {
    const init = { method: "POST", headers, body: JSON.stringify({ state: "enabled" }) };
    const response = await send(`${base}/models/${id}/policy`, init, signal);
    // An answer that nobody reads holds its connection.
    await response.body?.cancel();
  };
  await Promise.allSettled(getModels("github-copilot").map(({ id }) => enable(id)));
  signal?.throwIfAborted();
}

/** GitHub Copilot. */
export const githubCopilotOAuthProvider: OAuthProviderInterface = {
  id: "github-copilot",
  name: "GitHub Copilot",
  async login({ onAuth, ...callbacks }) {
    return loginGitHubCopilot({ ...callbacks, onAuth: (url, instructions) => onAuth({ url, instructions }) });
  },
  async refreshToken(credentials) {
    return refreshGitHubCopilotToken(credentials.refresh, enterpriseOf(credentials));
  },
  getApiKey(credentials) {
    return credentials.access;
  },
  modifyModels(models, credentials) {
    const domain = normalizeDomain(enterpriseOf(credentials) ?? "") ?? undefined;
    const baseUrl = getGitHubCopilotBaseUrl(credentials.access, domain);
    return models.map((model) => (model.provider === "github-copilot" ? { ...model, baseUrl } : model));
  },
};

function enterpriseOf({ enterpriseUrl }: OAuthCredentials): string | undefined {
  return typeof enterpriseUrl === "string" ? enterpriseUrl : undefined;
}
