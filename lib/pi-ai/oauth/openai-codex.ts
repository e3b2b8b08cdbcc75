// Logging in to OpenAI with a ChatGPT subscription.

import { randomBytes } from "node:crypto";
import { type CodeCallbacks, getCode } from "./authorization.js";
import { startCallbackServer } from "./callback-server.js";
import { cancellable } from "./cancellation.js";
import { createProof } from "./pkce.js";
import { send } from "./request.js";
import { cleanError, withoutSecrets } from "./secrets.js";
import { shareFlight } from "./single-flight.js";
import { Successors } from "./successors.js";
import { readTokens } from "./tokens.js";
import type { OAuthCredentials, OAuthProviderInterface } from "./types.js";

/** Public clients are known by their id. */
const CLIENT_ID = "app_EMoamEEZ73f0CkXaXp7hrann";
const AUTHORIZE_URL = "https://auth.openai.com/oauth/authorize";
const TOKEN_URL = "https://auth.openai.com/oauth/token";
const PORT = 1455;
const PATH = "/auth/callback";
const REDIRECT_URI = `http://localhost:${PORT}${PATH}`;
const CLAIM = "https://api.openai.com/auth";

interface Refreshed {
  access: string;
  refresh: string;
  expires: number;
  accountId: string | undefined;
}

const successors = new Successors<Refreshed>();

/** What the service said in the place of tokens. */
class Refusal extends Error {}

/**
 * Logs in through the browser. `originator` says who asks, to OpenAI. Where the port is taken the user is asked for the
 * code at once.
 * @throws "State mismatch", "Missing authorization code", "Login cancelled", what the user's refusal says, "OpenAI Codex
 * token exchange ..." with what the service answered, or `fetch`'s own error.
 */
export async function loginOpenAICodex(
  options: CodeCallbacks & { originator?: string },
): Promise<OAuthCredentials> {
  const { originator = "pi", signal } = options;
  return cancellable(signal, async () => {
    const { verifier, challenge } = createProof();
    const state = randomBytes(16).toString("hex");
    const query = new URLSearchParams({
      response_type: "code",
      client_id: CLIENT_ID,
      redirect_uri: REDIRECT_URI,
      scope: "openid profile email offline_access",
      code_challenge: challenge,
      code_challenge_method: "S256",
      state,
      id_token_add_organizations: "true",
      codex_cli_simplified_flow: "true",
      originator,
    });
    const attempt = {
      info: {
        url: `${AUTHORIZE_URL}?${query}`,
        instructions: "A browser window should open. Complete login to finish.",
      },
      state,
      prompt: { message: "Paste the authorization code (or full redirect URL):" },
      mismatch: "State mismatch",
    };
    const callback = { service: "OpenAI", port: PORT, path: PATH, state };
    const server = await startCallbackServer(callback).catch(() => undefined);
    const { code } = await getCode(attempt, server, options);
    const form = {
      grant_type: "authorization_code",
      client_id: CLIENT_ID,
      code,
      code_verifier: verifier,
      redirect_uri: REDIRECT_URI,
    };
    return ofAccount(await requestTokens("exchange", form, [code, verifier], { signal }));
  });
}

/**
 * New credentials for a refresh token, which is spent thereby. Calls for one token at the same time are one request, and
 * where OpenAI says that it has been used already, what it was used for in this process is given, while that holds.
 * @throws "OpenAI Codex token refresh ..." with what the service answered, or "Failed to extract accountId from token".
 */
export async function refreshOpenAICodexToken(refreshToken: string): Promise<OAuthCredentials> {
  return ofAccount(await refresh(refreshToken));
}

async function refresh(used: string): Promise<Refreshed> {
  return shareFlight(refreshOpenAICodexToken, used, async () => {
    const form = { grant_type: "refresh_token", refresh_token: used, client_id: CLIENT_ID };
    try {
      const next = await requestTokens("refresh", form, [used], { used });
      successors.add(used, next);
      return next;
    } catch (error) {
      const next = String(error).includes("refresh_token_reused") ? successors.of(used) : undefined;
      if (next) return next;
      if (error instanceof Refusal) throw error;
      const words = error instanceof Error ? error.message : String(error);
      throw new Error(`OpenAI Codex token refresh error: ${words}`);
    }
  });
}

/** @throws Refusal for an answer without tokens, or what `fetch` throws; without the secrets. */
async function requestTokens(
  task: "exchange" | "refresh",
  form: Record<string, string>,
  secrets: string[],
  { used, signal }: { used?: string; signal?: AbortSignal },
): Promise<Refreshed> {
  const label = `OpenAI Codex token ${task}`;
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(form);
  try {
    const response = await send(TOKEN_URL, { method: "POST", headers, body }, signal);
    if (!response.ok) {
      const text = await response.text().catch(() => "");
      const words = withoutSecrets(text || response.statusText, secrets);
      throw new Refusal(`${label} failed (${response.status}): ${words}`);
    }
    const answer: unknown = await response.json();
    const tokens = readTokens(answer, used);
    if (!tokens) {
      const words = withoutSecrets(JSON.stringify(answer), secrets);
      throw new Refusal(`${label} response missing fields: ${words}`);
    }
    const { access, refresh, lifetime } = tokens;
    const { id_token: identity } = answer as { id_token?: unknown };
    const accountId = accountOf(access) ?? accountOf(identity);
    return { access, refresh, expires: Date.now() + lifetime, accountId };
  } catch (error) {
    throw cleanError(error, secrets);
  }
}

/** Fresh credentials, since a flight's outcome is shared. */
function ofAccount({ accountId, ...tokens }: Refreshed, known?: unknown): OAuthCredentials {
  const account = accountId ?? known;
  if (typeof account !== "string" || !account) throw new Error("Failed to extract accountId from token");
  return { ...tokens, accountId: account };
}

/** The account that a token is for, as it says itself; nobody checks its signature here. */
function accountOf(token: unknown): string | undefined {
  const parts = typeof token === "string" ? token.split(".") : [];
  if (parts.length !== 3) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString());
    const account: unknown = claims?.[CLAIM]?.chatgpt_account_id;
    return typeof account === "string" && account ? account : undefined;
  } catch {
    return undefined;
  }
}

/** ChatGPT subscriptions. */
export const openaiCodexOAuthProvider: OAuthProviderInterface = {
  id: "openai-codex",
  name: "ChatGPT Plus/Pro (Codex Subscription)",
  usesCallbackServer: true,
  async login(callbacks) {
    return loginOpenAICodex(callbacks);
  },
  async refreshToken(credentials) {
    // A spent refresh token cannot be used again, so a new token that names no account must not be lost.
    return ofAccount(await refresh(credentials.refresh), credentials.accountId);
  },
  getApiKey(credentials) {
    return credentials.access;
  },
};
