// Logging in to Anthropic with a Claude subscription.

import { randomBytes } from "node:crypto";
import { type CodeCallbacks, getCode } from "./authorization.js";
import { startCallbackServer } from "./callback-server.js";
import { cancellable } from "./cancellation.js";
import { createProof } from "./pkce.js";
import { send } from "./request.js";
import { errorDetails, withoutSecrets } from "./secrets.js";
import { shareFlight } from "./single-flight.js";
import { readTokens } from "./tokens.js";
import type { OAuthCredentials, OAuthProviderInterface } from "./types.js";

/** Public clients are known by their id. */
const CLIENT_ID = "9d1c250a-e61b-44d9-88ed-5944d1962f5e";
const AUTHORIZE_URL = "https://claude.ai/oauth/authorize";
const TOKEN_URL = "https://platform.claude.com/v1/oauth/token";
const PORT = 53692;
const PATH = "/callback";
const REDIRECT_URI = `http://localhost:${PORT}${PATH}`;
const SCOPE =
  "org:create_api_key user:profile user:inference user:sessions:claude_code user:mcp_servers user:file_upload";

/** So long before its end a token counts as expired. */
const MARGIN_MS = 5 * 60_000;

/**
 * Logs in through the browser.
 * @throws "OAuth state mismatch", "Missing authorization code", "Login cancelled", what the user's refusal says, Node's
 * error when the port is taken, or "Token exchange ..." with what the service answered.
 */
export async function loginAnthropic(options: CodeCallbacks): Promise<OAuthCredentials> {
  const { onProgress, signal } = options;
  return cancellable(signal, async () => {
    const { verifier, challenge } = createProof();
    const own = randomBytes(32).toString("base64url");
    const query = new URLSearchParams({
      code: "true",
      client_id: CLIENT_ID,
      response_type: "code",
      redirect_uri: REDIRECT_URI,
      scope: SCOPE,
      code_challenge: challenge,
      code_challenge_method: "S256",
      state: own,
    });
    const attempt = {
      info: {
        url: `${AUTHORIZE_URL}?${query}`,
        instructions:
          "Complete login in your browser. If the browser is on another machine, paste the final redirect URL here.",
      },
      state: own,
      prompt: {
        message: "Paste the authorization code or full redirect URL:",
        placeholder: REDIRECT_URI,
      },
      mismatch: "OAuth state mismatch",
    };
    const server = await startCallbackServer({ service: "Anthropic", port: PORT, path: PATH, state: own });
    const { code, state } = await getCode(attempt, server, options);
    if (!state) throw new Error("Missing OAuth state");
    onProgress?.("Exchanging authorization code for tokens...");
    const body = {
      grant_type: "authorization_code",
      client_id: CLIENT_ID,
      code,
      state,
      redirect_uri: REDIRECT_URI,
      code_verifier: verifier,
    };
    const place = `url=${TOKEN_URL}; redirect_uri=${REDIRECT_URI}; response_type=authorization_code`;
    return requestTokens("Token exchange", place, body, [code, verifier], { signal });
  });
}

/**
 * New credentials for a refresh token, which is spent thereby. Calls for one token at the same time are one request.
 * @throws "Anthropic token refresh ..." with what the service answered.
 */
export async function refreshAnthropicToken(refreshToken: string): Promise<OAuthCredentials> {
  const body = { grant_type: "refresh_token", client_id: CLIENT_ID, refresh_token: refreshToken };
  const refreshed = await shareFlight(refreshAnthropicToken, refreshToken, () =>
    requestTokens("Anthropic token refresh", `url=${TOKEN_URL}`, body, [refreshToken], {
      used: refreshToken,
    }),
  );
  return { ...refreshed };
}

async function requestTokens(
  task: string,
  place: string,
  body: Record<string, string>,
  secrets: string[],
  { used, signal }: { used?: string; signal?: AbortSignal },
): Promise<OAuthCredentials> {
  let text: string;
  try {
    text = await post(body, signal);
  } catch (error) {
    throw new Error(`${task} request failed. ${place}; details=${errorDetails(error, secrets)}`);
  }
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    const [shown, details] = [withoutSecrets(text, secrets), errorDetails(error, secrets)];
    throw new Error(`${task} returned invalid JSON. url=${TOKEN_URL}; body=${shown}; details=${details}`);
  }
  const tokens = readTokens(answer, used);
  if (!tokens) throw new Error(`${task} response missing fields: ${withoutSecrets(text, secrets)}`);
  const { access, refresh, lifetime } = tokens;
  return { refresh, access, expires: Date.now() + lifetime - MARGIN_MS };
}

async function post(body: Record<string, string>, signal: AbortSignal | undefined): Promise<string> {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const response = await send(TOKEN_URL, { method: "POST", headers, body: JSON.stringify(body) }, signal);
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`HTTP request failed. status=${response.status}; url=${TOKEN_URL}; body=${text}`);
  }
  return text;
}

/** Claude subscriptions. */
export const anthropicOAuthProvider: OAuthProviderInterface = {
  id: "anthropic",
  name: "Anthropic (Claude Pro/Max)",
  usesCallbackServer: true,
  async login(callbacks) {
    return loginAnthropic(callbacks);
  },
  async refreshToken(credentials) {
    return refreshAnthropicToken(credentials.refresh);
  },
  getApiKey(credentials) {
    return credentials.access;
  },
};
