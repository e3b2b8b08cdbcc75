// The first half of a log-in with an authorization code: the user is sent to a page, and the code comes back by the browser
// or by hand, whichever is first.

import type { CallbackServer } from "./callback-server.js";
import { unlessCancelled } from "./cancellation.js";
import { parsePastedCode } from "./pasted-code.js";
import type { OAuthAuthInfo, OAuthLoginCallbacks, OAuthPrompt } from "./types.js";

/** What a log-in with an authorization code needs of its host. */
export type CodeCallbacks = Pick<
  OAuthLoginCallbacks,
  "onAuth" | "onPrompt" | "onProgress" | "onManualCodeInput" | "signal"
>;

/** One attempt to log in. */
export interface Attempt {
  info: OAuthAuthInfo;
  state: string;
  prompt: OAuthPrompt;
  /** What is said when a pasted code belongs to another attempt. */
  mismatch: string;
}

/**
 * Gets the code. Without a server and without `onManualCodeInput`, and where that brings nothing, the user is asked by
 * `onPrompt`. The server is closed in any case.
 */
export async function getCode(
  { info, state, prompt, mismatch }: Attempt,
  server: CallbackServer | undefined,
  { onAuth, onPrompt, onManualCodeInput, signal }: CodeCallbacks,
): Promise<{ code: string; state: string }> {
  const read = (input: string) => {
    const pasted = parsePastedCode(input);
    if (pasted.state && pasted.state !== state) throw new Error(mismatch);
    return pasted.code ? { code: pasted.code, state: pasted.state ?? state } : undefined;
  };
  const byHand = async (ask: () => Promise<string>) => {
    try {
      return read(await ask());
    } catch (error) {
      throw error instanceof Error ? error : new Error(String(error));
    }
  };
  try {
    onAuth(info);
    const ways: Promise<{ code: string; state: string } | undefined>[] = [];
    if (server) ways.push(server.code.then((code) => ({ code, state })));
    if (onManualCodeInput) ways.push(byHand(onManualCodeInput));
    const first = ways.length > 0 ? await unlessCancelled(Promise.race(ways), signal) : undefined;
    const found =
      first ??
      (await unlessCancelled(
        byHand(() => onPrompt(prompt)),
        signal,
      ));
    if (!found) throw new Error("Missing authorization code");
    return found;
  } finally {
    server?.close();
  }
}
