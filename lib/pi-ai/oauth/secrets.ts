// Errors of log-ins without what must not be seen. Services repeat tokens in what they answer, and an answer that cannot be
// read may hold them whole.

const HIDDEN = "[redacted]";

/** Fields that hold secrets, in JSON (also in JSON within a text) and in forms. */
const FIELDS = "access_token|refresh_token|id_token|device_code|code_verifier|token";
const IN_JSON = new RegExp(String.raw`(\\*"(?:${FIELDS})\\*"\s*:\s*\\*")[^"\\]+`, "g");
const IN_FORM = new RegExp(String.raw`\b((?:${FIELDS})=)[^&\s"]+`, "g");

/** What a parser of JSON quotes of its input. */
const EXCERPT = /, (?:\.\.\.)?"[\s\S]*"(?:\.\.\.)? is not valid JSON/;

/** Shorter ones are no secrets but words. */
const SHORTEST_SECRET = 8;

/** Stored credentials may lack some. */
type Secrets = readonly (string | undefined)[];

/** A text of a service or of a library without the given secrets and without the values of fields that hold such. */
export function withoutSecrets(text: string, secrets: Secrets): string {
  let clean = text.replace(IN_JSON, `$1${HIDDEN}`).replace(IN_FORM, `$1${HIDDEN}`);
  clean = clean.replace(EXCERPT, ", [...] is not valid JSON");
  for (const secret of secrets) {
    if (typeof secret !== "string" || secret.length < SHORTEST_SECRET) continue;
    clean = clean.replaceAll(secret, HIDDEN).replaceAll(encodeURIComponent(secret), HIDDEN);
  }
  return clean;
}

/** The error itself if its message holds no secrets, else one of the same name without them. */
export function cleanError(error: unknown, secrets: Secrets): unknown {
  if (!(error instanceof Error)) return error;
  const message = withoutSecrets(error.message, secrets);
  return message === error.message ? error : Object.assign(new Error(message), { name: error.name });
}

/** An error's name, message, code and causes in a line. */
export function errorDetails(error: unknown, secrets: Secrets, depth = 0): string {
  if (!(error instanceof Error)) return withoutSecrets(String(error), secrets);
  const { code, errno, cause } = error as NodeJS.ErrnoException;
  const parts = [`${error.name}: ${withoutSecrets(error.message, secrets)}`];
  if (code) parts.push(`code=${code}`);
  if (errno !== undefined) parts.push(`errno=${errno}`);
  // Causes may go round in a circle.
  if (cause !== undefined && depth < 5) parts.push(`cause=${errorDetails(cause, secrets, depth + 1)}`);
  return parts.join("; ");
}
