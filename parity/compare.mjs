import { WIRES } from "./wires/index.mjs";

/**
 * Turns two observations of one case into a list of differences `{ kind, path, alpha, beta }`. `legal` makes legal what
 * Pi asks for where the wire's service would refuse it.
 */
export function compare(alpha, beta, { legal = (text) => text } = {}) {
  const found = [];
  const add = (kind, difference) => difference && found.push({ kind, ...difference });
  const whole = (kind, a, b) => a !== b && found.push({ kind, path: "", alpha: a, beta: b });

  whole("throw", alpha.thrown, beta.thrown);
  add("events", firstEvent(alpha.trace, beta.trace));
  add("host", firstPath(alpha.host, beta.host));
  // What went wrong says more than the first block that is missing because of it.
  add("message", firstPath(alpha.message?.errorMessage, beta.message?.errorMessage, ".errorMessage"));
  add("message", firstPath(alpha.message, beta.message));
  add("identity", firstPath(alpha.identity, beta.identity));
  add("snapshots", firstPath(alpha.snapshots, beta.snapshots));
  add("response", firstPath(alpha.response, beta.response));
  whole("stray", alpha.stray.join(), beta.stray.join());
  whole("mutation", alpha.mutated, beta.mutated);
  whole("timestamp", alpha.stamped, beta.stamped);
  const asked = alpha.payload && legal(alpha.payload.text);
  if (asked !== beta.payload?.text) add("payload", jsonDifference(asked, beta.payload?.text));
  add("payload-holes", firstPath(alpha.payload?.holes, beta.payload?.holes));
  whole("requests", alpha.requests.length, beta.requests.length);
  for (let i = 0; i < Math.min(alpha.requests.length, beta.requests.length); i++) {
    const [a, b] = [alpha.requests[i], beta.requests[i]];
    whole("method", a.method, b.method);
    whole("path", a.path, b.path);
    const [sent, ours] = [legal(a.body.toString()), b.body.toString()];
    if (sent !== ours) add("body", jsonDifference(sent, ours));
  }
  return found;
}

function firstEvent(alpha, beta) {
  const length = Math.max(alpha.length, beta.length);
  for (let i = 0; i < length; i++) {
    const difference = firstPath(alpha[i], beta[i]);
    if (!difference) continue;
    if (alpha[i]?.[0] === beta[i]?.[0]) {
      return { ...difference, path: `[${i}] ${alpha[i][0]} ${difference.path}` };
    }
    return { path: `[${i}]`, alpha: short(alpha[i]), beta: short(beta[i]) };
  }
  return undefined;
}

function jsonDifference(alpha, beta) {
  // Schemas that are meant to differ must not hide what else does.
  const rest = firstPath(tryParse(alpha, withoutSchema), tryParse(beta, withoutSchema));
  if (rest) return rest;
  const [a, b] = [tryParse(alpha), tryParse(beta)];
  const difference = firstPath(a, b);
  if (difference) return difference;
  return { path: "equal as JSON", ...excerpts(alpha, beta) };
}

const withoutSchema = (key, value) => (key === "parametersJsonSchema" ? undefined : value);

function tryParse(text, reviver) {
  try {
    return JSON.parse(text, reviver);
  } catch {
    return text;
  }
}

/** The first place, depth first, where two values differ; key order counts. */
export function firstPath(alpha, beta, path = "") {
  if (Object.is(alpha, beta)) return undefined;
  if (typeof alpha === "string" && typeof beta === "string") return { path, ...excerpts(alpha, beta) };
  const objects = isObject(alpha) && isObject(beta) && Array.isArray(alpha) === Array.isArray(beta);
  if (!objects) return { path, alpha: short(alpha), beta: short(beta) };
  const keys = Object.keys(alpha);
  const others = Object.keys(beta);
  for (const key of new Set([...keys, ...others])) {
    const here = Array.isArray(alpha) ? `${path}[${key}]` : `${path}.${key}`;
    if (!Object.hasOwn(beta, key)) return { path: here, alpha: short(alpha[key]), beta: "(no such key)" };
    if (!Object.hasOwn(alpha, key)) return { path: here, alpha: "(no such key)", beta: short(beta[key]) };
    const difference = firstPath(alpha[key], beta[key], here);
    if (difference) return difference;
  }
  if (keys.join("\n") !== others.join("\n")) {
    return { path: `${path} key order`, alpha: keys.join(), beta: others.join() };
  }
  return undefined;
}

/** Long texts are shown from shortly before the place where they part. */
function excerpts(alpha, beta) {
  let at = 0;
  while (alpha[at] === beta[at]) at++;
  const from = at > 60 ? at - 30 : 0;
  const part = (text) => `${from > 0 ? `...${from}: ` : ""}${short(text.slice(from, from + 150))}`;
  return { alpha: part(alpha), beta: part(beta) };
}

const isObject = (value) => value !== null && typeof value === "object";

function short(value) {
  const text = typeof value === "string" ? JSON.stringify(value) : (JSON.stringify(value) ?? "undefined");
  return text.length > 220 ? `${text.slice(0, 160)}...(${text.length})` : text;
}

/** Names that say how the bytes travelled rather than what was asked. */
const TRANSPORT_HEADERS = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "accept-encoding",
  "accept-language",
  "sec-fetch-mode",
]);

/** Collects header differences over a whole run: each is shown once, with the number of requests it touched. */
export function createHeaderLedger() {
  const rows = new Map();
  return {
    add(alpha, beta, context) {
      for (let i = 0; i < Math.min(alpha.requests.length, beta.requests.length); i++) {
        const seen = WIRES.get(context.api)?.seen ?? ((request) => request.headers);
        const a = collect(seen(alpha.requests[i]));
        const b = collect(seen(beta.requests[i]));
        for (const name of new Set([...a.keys(), ...b.keys()])) {
          if (a.get(name) === b.get(name)) continue;
          const shape = a.has(name) ? (b.has(name) ? "values differ" : "only alpha") : "only beta";
          const id = `${context.api} ${name} ${shape}`;
          const row = rows.get(id) ?? {
            id,
            header: name,
            count: 0,
            alpha: a.get(name),
            beta: b.get(name),
            ...context,
          };
          row.count++;
          rows.set(id, row);
        }
      }
    },
    rows: () => [...rows.values()],
  };
}

function collect(headers) {
  const result = new Map();
  for (const [name, value] of headers) {
    if (TRANSPORT_HEADERS.has(name)) continue;
    result.set(name, result.has(name) ? `${result.get(name)} & ${value}` : value);
  }
  return result;
}
