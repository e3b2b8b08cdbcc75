import { setTimeout as sleep } from "node:timers/promises";

const HANG_MS = 8_000;
export const NO_END = "no end within the time limit";

// A rejection that nobody handles ends a host's process; here it is a difference of the case.
const stray = [];
for (const name of ["unhandledRejection", "uncaughtException"]) {
  process.on(name, (error) => stray.push(`${name}: ${error?.message ?? error}`));
}

/**
 * Runs one implementation on one case and writes down everything a host could see: the trace of
 * hooks and events, the message, object identities, the payload and the requests the server got.
 *
 * A case: `{ call, model, context, options, responses, key, paced?, hook?, abort?, consume?, host? }`.
 */
export async function observe(api, kase, server) {
  const seen = { trace: [], snapshots: [], payload: undefined, response: undefined, thrown: undefined };
  const controller = new AbortController();
  const { abort = {} } = kase;
  server.serve(kase.key, kase.responses, abort.onRequest ? () => controller.abort() : undefined);

  const options = {
    maxRetries: 0,
    ...kase.options,
    onPayload: async (payload, model) => {
      seen.trace.push(["onPayload", model === kase.model]);
      seen.payload = { text: JSON.stringify(payload), holes: holes(payload) };
      return kase.hook?.(payload);
    },
    onResponse: ({ status, headers, ...rest }, model) => {
      seen.trace.push(["onResponse", status, Object.keys(rest), model === kase.model]);
      // These two name the moment and the connection, not the response.
      const { date, "keep-alive": keepAlive, ...others } = headers;
      seen.response = others;
    },
  };
  if (Object.keys(abort).length > 0) options.signal = controller.signal;
  if (abort.before) controller.abort();

  const before = JSON.stringify(kase.context);
  const quiet = silenceConsole();
  const watchdog = setTimeout(() => controller.abort(), HANG_MS);
  try {
    await consume(api, kase, options, seen, controller);
  } catch (error) {
    seen.thrown = `${error?.name}: ${error?.message}`;
  } finally {
    clearTimeout(watchdog);
    quiet();
  }
  seen.mutated = before !== JSON.stringify(kase.context);
  if (abort.onEvent !== undefined || abort.onRequest) await sleep(10);
  seen.requests = server.take(kase.key);
  seen.stray = stray.splice(0);
  return seen;
}

async function consume(api, kase, options, seen, controller) {
  if (kase.host) {
    const call = (more) => api[kase.call](kase.model, kase.context, { ...options, ...more });
    seen.host = plain(await withLimit(kase.host({ api, call, model: kase.model })));
    return;
  }
  const result = api[kase.call](kase.model, kase.context, options);
  if (result instanceof Promise) {
    seen.message = plain(await withLimit(result));
    return;
  }
  const partials = new Set();
  let toolCallsAreBlocks = true;
  let terminal;
  let count = 0;
  const reading = (async () => {
    if (kase.consume === "result") return;
    for await (const event of result) {
      seen.trace.push(record(event));
      if (event.partial) partials.add(event.partial);
      if (event.type === "toolcall_end") {
        toolCallsAreBlocks &&= event.partial?.content[event.contentIndex] === event.toolCall;
      }
      if (event.type === "done" || event.type === "error") terminal = event.message ?? event.error;
      // Only when the server waits between events does a snapshot say the same thing twice.
      else if (kase.paced) seen.snapshots.push([event.type, plain(event.partial)]);
      if (kase.abort?.onEvent === count++) controller.abort();
    }
  })();
  await withLimit(reading);
  const message = await withLimit(result.result());
  if (kase.consume !== "result") {
    if (terminal) partials.add(terminal);
    seen.identity = { objects: partials.size, toolCallsAreBlocks, resultIsTerminal: message === terminal };
    const again = [];
    for await (const event of result) again.push(event.type);
    seen.identity.secondIteration = again.join();
  }
  seen.stamped = typeof message?.timestamp === "number" && Math.abs(Date.now() - message.timestamp) < 60_000;
  seen.message = plain(message);
}

function record(event) {
  const { type, contentIndex, delta, content, reason } = event;
  const toolCall = event.toolCall && plain(event.toolCall);
  return [type, Object.keys(event).sort().join(), contentIndex, delta, content, reason, toolCall];
}

async function withLimit(promise) {
  const limit = sleep(HANG_MS + 2_000, "late", { ref: false });
  const first = await Promise.race([Promise.resolve(promise).then((value) => ({ value })), limit]);
  if (first === "late") throw new Error(NO_END);
  return first.value;
}

/** What the clock writes, and what only this package adds to a message. */
const LEFT_OUT = new Set(["timestamp", "errorInfo"]);

/** Ids of calls that hold the time at which they were given. */
const MADE_UP = /_\d{13}_\d+$/;

/** A copy that keeps key order, undefined values and odd numbers. */
export function plain(value) {
  if (value === undefined) return { $: "undefined" };
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { $: Object.is(value, -0) ? "-0" : String(value) };
  }
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  const copy = Object.create(null);
  for (const key of Object.keys(value)) {
    if (key === "id" && MADE_UP.test(value[key])) copy[key] = "(made up)";
    // Pi's Google wires leave these undefined where there is none.
    else if (/^(text|thinking)Signature$/.test(key) && value[key] === undefined) continue;
    else if (!LEFT_OUT.has(key)) copy[key] = plain(value[key]);
  }
  return copy;
}

/** Where a payload has keys whose value is undefined: JSON drops them, `key in payload` does not. */
function holes(value, path = "", found = []) {
  if (value && typeof value === "object") {
    for (const key of Object.keys(value)) {
      if (value[key] === undefined) found.push(`${path}.${key}`);
      else holes(value[key], `${path}.${key}`, found);
    }
  }
  return found;
}

const kept = { error: console.error, warn: console.warn, log: console.log };
let silent = 0;

/** The SDKs print what they cannot parse; thousands of such lines would bury the report. */
function silenceConsole() {
  if (silent++ === 0) for (const name of Object.keys(kept)) console[name] = () => {};
  return () => {
    if (--silent === 0) Object.assign(console, kept);
  };
}
