// A turn over a WebSocket: this library's own or, where the host has its own way to the network, the host's.

import { Socket } from "../native.js";
import type { Broken } from "./assembler.js";
import type { Failure } from "./failure.js";
import type { Driver } from "./fetch-transport.js";
import type { Asked } from "./request.js";
import type { WebSocketConstructor } from "./transport.js";
import type { AssistantMessage } from "./types.js";

/** The most that is taken of one answer, in bytes; as over this library's own connections. */
const LARGEST_RESPONSE = 100 * 2 ** 20;

/** Longer ones fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** What is to be known of a request over a WebSocket, as the native side gives it. */
export interface SocketRequest {
  url: string;
  headers: Record<string, string>;
  requestBytes: number;
  hasImage: boolean;
  /** Whether the native side will refuse to send it. */
  refused: boolean;
  firstEventMs: number | null;
  idleMs: number | null;
}

/** How the driver of a turn takes part in a transport over a WebSocket. */
export interface SocketDriver extends Driver {
  /** Whether the host has given up. */
  readonly aborted: boolean;
  readonly asked: Asked;
  readonly signal: AbortSignal | undefined;
  readonly output: AssistantMessage;
  /** Whether the answer has begun. */
  readonly begun: boolean;
  /** Called when the connection broke. The turn can then go another way. */
  onBroken: ((how: Broken) => void) | undefined;
  /** Called before the event that ends the turn. */
  beforeEnd: ((succeeded: boolean) => void) | undefined;
  /** Ends the turn with a failure, unless it has ended. */
  fail(failure: Failure): void;
  /** Ends a turn that the host gave up before it was under way. */
  giveUp(): void;
}

/** An open WebSocket that serves one turn after the other. */
export interface Line {
  readonly isOpen: boolean;
  /** Sends the turn's message; the answer goes into the turn's queue. */
  converse(driver: SocketDriver, request: SocketRequest): void;
  close(code: number, reason: string): void;
}

/** The server or the network closed a connection. */
export class WebSocketCloseError extends Error {
  override readonly name = "WebSocketCloseError";

  constructor(
    message: string,
    readonly code?: number,
    readonly reason?: string,
    readonly wasClean?: boolean,
  ) {
    super(message);
  }
}

/** The error for a connection that broke, with Pi's text. */
export function brokenError(how: Broken): Error {
  if ("message" in how) return new Error(how.message);
  const { code, reason, wasClean } = how;
  const why = reason || (code === 1009 ? "message too big" : "");
  const message = ["WebSocket closed", code, why]
    .filter((part) => part !== "" && part !== undefined)
    .join(" ");
  return new WebSocketCloseError(message, code, reason || undefined, wasClean);
}

/**
 * Opens a WebSocket for a turn: the host's, if it has one for us.
 * @throws Error when it does not open.
 */
export async function openLine(
  host: WebSocketConstructor | null | undefined,
  request: SocketRequest,
  driver: SocketDriver,
): Promise<Line> {
  if (host === null) throw new Error("WebSocket transport is not available in this runtime");
  if (host) return openHosts(host, request, driver);
  const socket = new Socket();
  const broken = await driver.turn.dial(socket);
  if (broken !== null) throw brokenError(JSON.parse(broken));
  return new OwnLine(socket);
}

class OwnLine implements Line {
  constructor(private readonly socket: Socket) {}

  get isOpen(): boolean {
    return this.socket.isOpen;
  }

  converse(driver: SocketDriver): void {
    driver.turn.converse(this.socket);
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }
}

function openHosts(
  host: WebSocketConstructor,
  { url, headers }: SocketRequest,
  { signal }: SocketDriver,
): Promise<Line> {
  return new Promise((resolve, reject) => {
    const socket = new host(url, { headers });
    const stop = listen(socket, {
      open: () => {
        settle();
        resolve(new HostLine(socket));
      },
      error: (event) => {
        settle();
        reject(brokenError(brokenBy(event)));
      },
      close: (event) => {
        settle();
        reject(brokenError(closedBy(event)));
      },
    });
    const onAbort = () => {
      settle();
      socket.close(1000, "aborted");
      reject(new Error("Request was aborted"));
    };
    const settle = () => {
      stop();
      signal?.removeEventListener("abort", onAbort);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

class HostLine implements Line {
  private stop: (() => void) | undefined;

  constructor(private readonly socket: WebSocket) {}

  get isOpen(): boolean {
    // A mock that does not say is taken to be open.
    const { readyState } = this.socket;
    return typeof readyState !== "number" || readyState === 1;
  }

  converse(driver: SocketDriver, request: SocketRequest): void {
    const { turn } = driver;
    let bytes = 0;
    let seenAny = false;
    let timer: NodeJS.Timeout | undefined;
    let order = Promise.resolve();
    const broke = (how: Broken) => {
      this.stop?.();
      turn.broke(JSON.stringify(how));
      void driver.pump();
    };
    const arm = () => {
      clearTimeout(timer);
      const wait = seenAny ? request.idleMs : request.firstEventMs;
      if (wait === null) return;
      const which = seenAny ? "event" : "first event";
      const stall = () => broke({ message: `Stream timed out: no ${which} within ${wait / 1000} s` });
      timer = setTimeout(stall, Math.min(wait, LONGEST_TIMER));
    };
    const take = async (data: unknown) => {
      const message = await bytesOf(data);
      if (!message?.byteLength) return;
      bytes += message.byteLength;
      if (bytes > LARGEST_RESPONSE) {
        driver.fail({ kind: "too_large", message: "Response is larger than 100 MiB", retryable: false });
        return;
      }
      if (!turn.push(message)) this.stop?.();
      await driver.pump();
      if (driver.stirred()) {
        seenAny = true;
        if (this.stop) arm();
      }
    };
    const unlisten = listen(this.socket, {
      message: (event) => {
        order = order.then(() => take((event as MessageEvent | undefined)?.data));
      },
      // What came before is read first.
      error: (event) => {
        order = order.then(() => broke(brokenBy(event)));
      },
      close: (event) => {
        order = order.then(() => broke(closedBy(event)));
      },
    });
    this.stop = () => {
      this.stop = undefined;
      clearTimeout(timer);
      unlisten();
    };
    arm();
    try {
      this.socket.send(turn.takeFrame() ?? "");
    } catch (error) {
      broke({ message: error instanceof Error ? error.message : String(error) });
    }
  }

  close(code: number, reason: string): void {
    this.stop?.();
    try {
      this.socket.close(code, reason);
    } catch {
      // It is closed already.
    }
  }
}

type Listeners = Partial<Record<"open" | "message" | "error" | "close", (event: unknown) => void>>;

/** Adds listeners. The function returned takes them away. */
function listen(socket: WebSocket, listeners: Listeners): () => void {
  const entries = Object.entries(listeners);
  for (const [type, listener] of entries) socket.addEventListener(type, listener);
  return () => {
    for (const [type, listener] of entries) socket.removeEventListener(type, listener);
  };
}

async function bytesOf(data: unknown): Promise<Uint8Array | undefined> {
  if (typeof data === "string") return Buffer.from(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data && typeof data === "object" && "arrayBuffer" in data) {
    return new Uint8Array(await (data as Blob).arrayBuffer());
  }
  return undefined;
}

function brokenBy(event: unknown): Broken {
  const { message, error } = (event ?? {}) as { message?: unknown; error?: { message?: unknown } };
  const texts = [message, error?.message];
  const text = texts.find((text) => typeof text === "string" && text !== "");
  return { message: (text as string | undefined) ?? "WebSocket error" };
}

function closedBy(event: unknown): Broken {
  const { code, reason, wasClean } = (event ?? {}) as { code?: number; reason?: string; wasClean?: boolean };
  return { code, reason: typeof reason === "string" ? reason : "", wasClean };
}
