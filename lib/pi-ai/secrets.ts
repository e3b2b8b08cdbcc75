// The keys that this process has been given, and texts without them. They are matched exactly: whatever else looks like a
// key is the host's to judge.

/** Where keys do not go unless the host allows it. */
export type SecretSink = "sessions" | "errors" | "environment";

const HIDDEN = "[redacted]";

/** What is shorter, or has no digit, is what users write where a local server asks for any key at all. */
const LIKE_A_KEY = /^(?=.*\d).{16,}$/s;

/** How many are known at once, the latest ones: log-ins are refreshed all the time. */
const MOST = 1000;

const known = new Set<string>();
const allowed = new Set<SecretSink>();
let pattern: RegExp | undefined;

/** Notes values as secret; what is no text, and what is short, is passed over. */
export function rememberSecrets(...values: unknown[]): void {
  for (const value of values) {
    if (typeof value !== "string" || !LIKE_A_KEY.test(value)) continue;
    // What is still in use is the latest again.
    if (!known.delete(value)) pattern = undefined;
    known.add(value);
    if (known.size > MOST) known.delete(known.values().next().value as string);
  }
}

/** Whether a value is a key that was noted. */
export function isSecret(value: string): boolean {
  return known.has(value);
}

/** Lets keys go to some sinks; to all others they do not go. */
export function allowSecrets(...sinks: SecretSink[]): void {
  allowed.clear();
  for (const sink of sinks) allowed.add(sink);
}

/**
 * A text for a sink: without the keys that were noted, as they are and as JSON and addresses write them. What is thrown
 * may have no text, and then has none here.
 */
export function withoutSecrets<T extends string | undefined>(text: T, sink: SecretSink): T;
export function withoutSecrets(text: string | undefined, sink: SecretSink): string | undefined {
  if (known.size === 0 || allowed.has(sink)) return text;
  pattern ??= patternOf(known);
  return text?.replace(pattern, HIDDEN);
}

/** An environment for a tool: without the variables whose value is such a key. */
export function environmentWithoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (known.size === 0 || allowed.has("environment")) return env;
  return Object.fromEntries(Object.entries(env).filter(([, value]) => !value || !known.has(value)));
}

function patternOf(secrets: Iterable<string>): RegExp {
  const forms = [...secrets].flatMap((secret) => {
    const quoted = JSON.stringify(secret).slice(1, -1);
    // Half a character has no form in an address.
    return /[\ud800-\udfff]/.test(secret) ? [secret, quoted] : [secret, quoted, encodeURIComponent(secret)];
  });
  // A key that begins another one must not hide only a part of it.
  const longest = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return new RegExp(longest.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "g");
}
