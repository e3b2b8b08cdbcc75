// Logging in to GitHub by a code that the user types in on its page (RFC 8628).

import { pause } from "./cancellation.js";
import { fetchJson } from "./github.js";

const CLIENT_ID = "Iv1.b507a08c87ecfe98";

/** Clocks drift: a poll that is early is answered with more waiting. */
const EASY = 1.2;
const EASY_AFTER_COMPLAINT = 1.4;
const SLOW_DOWN_MS = 5000;
const SHORTEST_MS = 1000;

/** A code that the user is to type in. */
export interface DeviceCode {
  deviceCode: string;
  userCode: string;
  page: string;
  /** Seconds between polls. */
  interval: number;
  /** Seconds until the code is void. */
  lifetime: number;
}

/** Asks for a code. */
export async function requestDeviceCode(domain: string, signal?: AbortSignal): Promise<DeviceCode> {
  const form = { client_id: CLIENT_ID, scope: "read:user" };
  const answer = await postForm(`https://${domain}/login/device/code`, form, signal);
  if (!answer || typeof answer !== "object") throw new Error("Invalid device code response");
  const fields = answer as Record<string, unknown>;
  const { device_code, user_code, verification_uri, interval, expires_in } = fields;
  if (
    typeof device_code !== "string" ||
    typeof user_code !== "string" ||
    // Hosts open it, and a program's own schemes are not for a service to call.
    !isWebAddress(verification_uri) ||
    typeof interval !== "number" ||
    typeof expires_in !== "number"
  ) {
    throw new Error("Invalid device code response fields");
  }
  return {
    deviceCode: device_code,
    userCode: user_code,
    page: verification_uri,
    interval,
    lifetime: expires_in,
  };
}

/** Waits until the user has typed in the code; gives GitHub's access token. */
export async function awaitAccessToken(
  domain: string,
  code: DeviceCode,
  signal?: AbortSignal,
): Promise<string> {
  const form = {
    client_id: CLIENT_ID,
    device_code: code.deviceCode,
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
  };
  const deadline = Date.now() + code.lifetime * 1000;
  let interval = Math.max(SHORTEST_MS, Math.floor(code.interval * 1000));
  let ease = EASY;
  while (Date.now() < deadline) {
    await pause(Math.min(Math.ceil(interval * ease), deadline - Date.now()), signal);
    const answer = await postForm(`https://${domain}/login/oauth/access_token`, form, signal, [
      code.deviceCode,
    ]);
    const { access_token: token, error, error_description: description, interval: wished } = Object(answer);
    if (typeof token === "string") return token;
    if (error === "slow_down") {
      interval = typeof wished === "number" && wished > 0 ? wished * 1000 : interval + SLOW_DOWN_MS;
      ease = EASY_AFTER_COMPLAINT;
    } else if (typeof error === "string" && error !== "authorization_pending") {
      throw new Error(`Device flow failed: ${error}${description ? `: ${description}` : ""}`);
    }
  }
  throw new Error(
    ease === EASY
      ? "Device flow timed out"
      : "Device flow timed out after one or more slow_down responses. This is often caused by clock drift in WSL or VM environments. Please sync or restart the VM clock and try again.",
  );
}

function postForm(url: string, form: Record<string, string>, signal?: AbortSignal, secrets?: string[]) {
  const headers = {
    Accept: "application/json",
    "Content-Type": "application/x-www-form-urlencoded",
    "User-Agent": "GitHubCopilotChat/0.35.0",
  };
  const init = { method: "POST", headers, body: new URLSearchParams(form) };
  return fetchJson(url, init, { signal, secrets });
}

function isWebAddress(value: unknown): value is string {
  return typeof value === "string" && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}
