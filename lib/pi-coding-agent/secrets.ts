// The keys that this process has handed out, which must not get into session files or the environment of tools.

const HIDDEN = "[redacted]";

/** What is shorter, or has no digit, is what users write where a local server asks for any key at all. */
const LIKE_A_KEY = /^(?=.*\d).{16,}$/s;

/** The keys, and how each is written in JSON. */
const known = new Map<string, string>();

/** Remembers a key, unless it looks like a word. */
export function rememberSecret(value: string | undefined): void {
  if (value && !known.has(value) && LIKE_A_KEY.test(value))
    known.set(value, JSON.stringify(value).slice(1, -1));
}

/** A JSON text without the keys that are known. */
export function hideSecrets(json: string): string {
  let hidden = json;
  for (const secret of known.values()) hidden = hidden.replaceAll(secret, HIDDEN);
  return hidden;
}

/** An environment without the variables that hold such a key. */
export function withoutSecrets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (known.size === 0) return environment;
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => !value || !known.has(value)));
}
