// A turn over the host's own transport: its `fetch`, or its own client of a provider. Retries, limits and deadlines are
// the native side's.

import type { Turn } from "../native.js";

/** A written request, as the native side gives it. */
export interface WrittenRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Whether the native side will refuse to send it. */
  refused: boolean;
  headMs: number;
  firstEventMs: number | null;
  idleMs: number | null;
}

/** Longer ones fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** What is needed of a response; hosts' mocks are not always whole ones. */
type ResponseLike = Pick<Response, "status"> & Partial<Response>;

/** Sends one attempt. Rejects when no response comes. */
export type Send = (signal: AbortSignal) => Promise<ResponseLike>;

/** How the driver of a turn takes part in its transport. */
export interface Driver {
  turn: Turn;
  /** Called when the host gives up the turn, and when the turn is over. */
  stopTransport: (() => void) | undefined;
  /** Applies what waits in the turn's queue; resolves when there is room for more. */
  pump(): Promise<void>;
  /** Hands the response's head to the host. */
  head(status: number, headers: Record<string, string>): Promise<void>;
  /** Whether an event came since the last call. */
  stirred(): boolean;
}

/** Carries out a turn. What goes wrong ends up in the turn's queue; only the host's own hooks make this reject. */
export async function carry(send: Send, request: WrittenRequest, driver: Driver): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const controller = new AbortController();
    driver.stopTransport = () => controller.abort();
    await attemptOnce(send, request, driver, controller);
    if (!(await driver.turn.again(attempt))) return;
  }
}

async function attemptOnce(
  send: Send,
  request: WrittenRequest,
  driver: Driver,
  controller: AbortController,
): Promise<void> {
  const { turn } = driver;
  let late = false;
  const timer = setTimeout(
    () => {
      late = true;
      controller.abort();
    },
    Math.min(request.headMs, LONGEST_TIMER),
  );
  let response: ResponseLike;
  try {
    response = await send(controller.signal);
  } catch (error) {
    turn.unreachable(late || isTimeout(error));
    return;
  } finally {
    clearTimeout(timer);
  }
  const headers = headerRecord(response.headers);
  if (response.status < 200 || response.status >= 300) {
    await driver.head(response.status, headers);
    turn.rejected(response.status, JSON.stringify(headers), await bodyText(response));
    return;
  }
  turn.accepted(JSON.stringify(headers));
  await driver.head(response.status, headers);
  await readBody(response, request, driver, controller);
}

/** The fetch of the host as a way to send. */
export function viaFetch(fetch: typeof globalThis.fetch, { url, headers, body }: WrittenRequest): Send {
  return (signal) => fetch(url, { method: "POST", headers, body, signal });
}

async function readBody(
  response: ResponseLike,
  request: WrittenRequest,
  driver: Driver,
  controller: AbortController,
): Promise<void> {
  const { turn } = driver;
  let seenAny = false;
  let waited = 0;
  let timer: NodeJS.Timeout | undefined;
  const arm = () => {
    const wait = seenAny ? request.idleMs : request.firstEventMs;
    if (wait === null) return;
    const stall = () => {
      turn.stalled(seenAny);
      controller.abort();
    };
    timer = setTimeout(stall, Math.min(Math.max(wait - waited, 0), LONGEST_TIMER));
  };
  try {
    let since = Date.now();
    arm();
    for await (const chunk of chunks(response)) {
      // What the host takes to keep up is not the provider's silence, and bytes without an event do not end it.
      clearTimeout(timer);
      waited += Date.now() - since;
      const wanted = turn.push(chunk);
      await driver.pump();
      if (!wanted) return;
      since = Date.now();
      if (driver.stirred()) {
        seenAny = true;
        waited = 0;
      }
      arm();
    }
    turn.finish();
  } catch (error) {
    turn.finish(error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
    await driver.pump();
  }
}

async function* chunks(response: ResponseLike): AsyncGenerator<Uint8Array> {
  const { body } = response;
  if (body) {
    for await (const chunk of body as AsyncIterable<Uint8Array | string>) {
      yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    }
  } else if (response.text) {
    yield Buffer.from(await response.text());
  }
}

async function bodyText(response: ResponseLike): Promise<string> {
  try {
    return (await response.text?.()) ?? "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function headerRecord(headers: Headers | undefined): Record<string, string> {
  return Object.fromEntries(headers?.entries?.() ?? []);
}

function isTimeout(error: unknown): boolean {
  const cause = error instanceof Error && "cause" in error ? String(error.cause) : "";
  return (error as Error | undefined)?.name === "AbortError" || /timed? ?out/i.test(String(error) + cause);
}
