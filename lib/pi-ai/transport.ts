// Who carries a request: this library's own connections or, where the host has its own way to the network, the
// host's `fetch`, so that mocks, proxies and interceptors keep working.

type Fetch = typeof globalThis.fetch;

const DISPATCHER = Symbol.for("undici.globalDispatcher.1");
const fetchAtImport = globalThis.fetch;

/**
 * The `fetch` that must carry a turn, or `undefined` when this library's own connections may. `ARGENT_TRANSPORT`
 * (`native` or `fetch`) decides by force.
 */
export function hostFetch(options: { fetch?: unknown } | undefined): Fetch | undefined {
  if (typeof options?.fetch === "function") return options.fetch as Fetch;
  const forced = process.env.ARGENT_TRANSPORT;
  if (forced === "native") return undefined;
  const touched = forced === "fetch" || isReplaced(globalThis.fetch) || hasOwnDispatcher();
  return touched ? (input, init) => globalThis.fetch(input, init) : undefined;
}

/** What is needed of the constructor of a WebSocket. */
export type WebSocketConstructor = new (url: string, options: object) => WebSocket;

const webSocketAtImport = globalThis.WebSocket;

/**
 * The `WebSocket` that must carry a turn, by the rule of `hostFetch`: `undefined` when this library's own may, `null`
 * when the host has none.
 */
export function hostWebSocket(
  options: { fetch?: unknown } | undefined,
): WebSocketConstructor | null | undefined {
  const current: unknown = globalThis.WebSocket;
  const replaced = current !== webSocketAtImport && process.env.ARGENT_TRANSPORT !== "native";
  if (!replaced && !hostFetch(options)) return undefined;
  return typeof current === "function" ? (current as WebSocketConstructor) : null;
}

/** Whether `fetch` is not Node's: another function since the import, or one that never was Node's. */
function isReplaced(current: Fetch): boolean {
  return (
    current !== fetchAtImport || !Function.prototype.toString.call(current).includes("internal/deps/undici")
  );
}

/** Whether the host has set undici's global dispatcher: anything but a plain agent without settings of its own. */
function hasOwnDispatcher(): boolean {
  const dispatcher = (globalThis as Record<symbol, unknown>)[DISPATCHER];
  if (typeof dispatcher !== "object" || dispatcher === null) return false;
  if (dispatcher.constructor?.name !== "Agent") return true;
  // `compose` gives a proxy of the agent with another `dispatch`.
  const { dispatch } = dispatcher as { dispatch?: unknown };
  if (dispatch !== Object.getPrototypeOf(dispatcher).dispatch) return true;
  const settings = Object.getOwnPropertySymbols(dispatcher).find(
    (symbol) => symbol.description === "options",
  );
  const options = settings && (dispatcher as Record<symbol, unknown>)[settings];
  return Object.entries(options ?? {}).some(([name, value]) => !isUsual(name, value));
}

/** Whether a setting of an agent is what Node's own agent has. */
function isUsual(name: string, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (name === "interceptors" || value === Number.POSITIVE_INFINITY) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
