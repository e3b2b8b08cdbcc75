// What token services answer (RFC 6749, 5.1).

interface Tokens {
  access: string;
  refresh: string;
  /** How long `access` holds, in milliseconds. */
  lifetime: number;
}

/**
 * The tokens of an answer, `undefined` if it lacks some. A refresh may leave out the refresh token, and the one that was
 * used holds on.
 */
export function readTokens(answer: unknown, used?: string): Tokens | undefined {
  const fields = Object(answer) as Record<string, unknown>;
  const { access_token: access, refresh_token: refresh = used, expires_in: seconds } = fields;
  const lifetime = Number.parseFloat(String(seconds)) * 1000;
  if (typeof access !== "string" || !access || typeof refresh !== "string" || !refresh) return undefined;
  return Number.isFinite(lifetime) ? { access, refresh, lifetime } : undefined;
}
