// The proof that who redeems an authorization code is who asked for it (RFC 7636).

import { createHash, randomBytes } from "node:crypto";

/** A secret, and the digest of it that the authorization page is given. */
export function createProof(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}
