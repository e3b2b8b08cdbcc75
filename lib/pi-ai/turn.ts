// Drives one turn: hands the request to the native side, calls the host's hooks, turns batches into events, and ends
// the stream in every case with one terminal event.

import type { Turn } from "../native.js";
import { Assembler, type Broken, emptyMessage, type Scratch } from "./assembler.js";
import { caughtUp, HIGH_WATER, hasWaiter, isAhead, LOW_WATER } from "./event-consumer.js";
import type { AssistantMessageEventStream } from "./event-stream.js";
import { type Failure, thrown } from "./failure.js";
import { type Enlisted, enlist } from "./feed.js";
import { carry, type Send, viaFetch, type WrittenRequest } from "./fetch-transport.js";
import { type Asked, networkText, turnText } from "./request.js";
import type { SocketDriver } from "./socket-transport.js";
import { hostFetch } from "./transport.js";
import type { AssistantMessage } from "./types.js";

/** How many microtasks a consumer has for the events of one piece before the next follows anyway. */
const PATIENCE = 16;

/** How a protocol differs on this side. */
export interface Dialect {
  /** The protocol's name. */
  protocol: string;
  scratch: Scratch;
  /** The options that only this protocol has, data all. */
  options?: readonly string[];
  /** The environment variables that this protocol reads besides those that all do. */
  environment?: readonly string[];
  /** What Pi's client of this protocol reports of the host's platform, header name to value, where not the usual. */
  platform?: () => Record<string, string>;
  /** Whether messages name this protocol even when the model names another. */
  namesItself?: boolean;
  /** Whether Pi keeps the response's head from the host. */
  silent?: boolean;
  /** Whether Pi shows the host the heads of error responses as well. */
  showsRejections?: boolean;
  /** Pi's text for a turn that the host gave up before it was sent, where it is not the usual one. */
  givenUp?: string;
  /** The response's headers as Pi shows them to the host; all of them unless set. */
  shownHeaders?(headers: Record<string, string>): Record<string, string>;
  /** What its own client says of a connection that fails, in place of the usual words, by the failure's message. */
  words?: Readonly<Record<string, string>>;
  /** Whether the answer begins with an event of the protocol's own, later than the response's head. */
  startsLate?: boolean;
  /** Pi's text for a turn that is given up before anything is done, the host's hook included. */
  abortedBefore?: string;
  /** The payload as the host's hook sees it. */
  openPayload?(payload: Record<string, unknown>, options: Asked["options"]): Record<string, unknown>;
  /** What is sent of the payload that the host's hook has left; throws when there is nothing to send. */
  finishPayload(payload: Record<string, unknown>): Record<string, unknown>;
  /** Pi's text for what a hook throws that is no error, where it is not its JSON. */
  describeThrown?: (value: unknown) => string;
  /** Sends over a client of the host's, when it gave one. */
  viaClient?: (client: never, payload: Record<string, unknown>, options: Asked["options"]) => Send;
  /** Carries out the turn over a WebSocket, with another payload if one is given. `false` when HTTP has to. */
  overSocket?: (driver: SocketDriver, payload: string | undefined) => Promise<boolean>;
}

/** Starts a turn whose events go into `stream`. Never throws. */
export function startTurn(dialect: Dialect, asked: Asked, stream: AssistantMessageEventStream): void {
  const run = new Run(dialect, asked, stream);
  run.go().catch((error: unknown) => run.fail(thrown(error, dialect.describeThrown)));
}

class Run implements SocketDriver {
  readonly signal: AbortSignal | undefined;
  turn!: Turn;
  stopTransport: (() => void) | undefined;
  onBroken: ((how: Broken) => void) | undefined;
  private enlisted: Enlisted | undefined;
  private readonly assembler: Assembler;
  private started = false;
  private over = false;
  private pumping: Promise<void> | undefined;
  private moved = false;
  /** Whether the host gave up while events that had come were still to be delivered. */
  private abortedMidway = false;
  private readonly onAbort = () => {
    // Pi's reader is a piece ahead of the events that the host sees.
    this.abortedMidway = this.assembler.piecesLeft > 1;
    this.turn.abort();
    this.stopTransport?.();
    void this.pump();
  };

  constructor(
    private readonly dialect: Dialect,
    readonly asked: Asked,
    private readonly stream: AssistantMessageEventStream,
  ) {
    this.signal = asked.options?.signal;
    const output = emptyMessage(asked.model);
    if (dialect.namesItself) output.api = dialect.protocol;
    this.assembler = new Assembler(output, stream, dialect.scratch);
  }

  get aborted(): boolean {
    return this.signal?.aborted === true;
  }

  get output(): AssistantMessage {
    return this.assembler.output;
  }

  get begun(): boolean {
    return this.assembler.started;
  }

  get beforeEnd(): Assembler["beforeEnd"] {
    return this.assembler.beforeEnd;
  }

  set beforeEnd(hook: Assembler["beforeEnd"]) {
    this.assembler.beforeEnd = hook;
  }

  async go(): Promise<void> {
    const { options } = this.asked;
    const { abortedBefore } = this.dialect;
    if (abortedBefore && this.aborted) {
      this.fail({ kind: "aborted", message: abortedBefore, retryable: false });
      return;
    }
    this.enlisted = enlist(
      this.asked.request ? "argent" : this.dialect.protocol,
      turnText(this.asked, this.dialect),
      networkText(),
      () => void this.pump(),
    );
    const { turn } = this.enlisted;
    this.turn = turn;
    const fetch = hostFetch(options);
    const { overSocket } = this.dialect;
    let payload: Record<string, unknown> | undefined;
    if (fetch || options?.onPayload || this.asked.client) {
      const written = await turn.request();
      if (written === null) return;
      if (options?.onPayload) payload = await this.shown(written);
    }
    if (!this.listen()) return;
    const text = payload === undefined ? undefined : JSON.stringify(payload);
    if (overSocket && (await overSocket(this, text))) return;
    if (!fetch && !this.asked.client) {
      turn.send(text);
      return;
    }
    const sealed = await turn.seal(text);
    if (sealed === null) return;
    const request: WrittenRequest = JSON.parse(sealed);
    const send = this.asked.client
      ? this.dialect.viaClient?.(options?.client as never, payload ?? JSON.parse(request.body), options)
      : fetch && viaFetch(fetch, request);
    if (send && !request.refused) await carry(send, request, this);
    else turn.send();
  }

  /** Lets the host see and change the payload. What it leaves. */
  private async shown(written: string): Promise<Record<string, unknown>> {
    const { options, model } = this.asked;
    const parsed = JSON.parse(written);
    const payload = this.dialect.openPayload?.(parsed, options) ?? parsed;
    const next = await options?.onPayload?.(payload, model);
    return this.dialect.finishPayload((next === undefined ? payload : next) as Record<string, unknown>);
  }

  /** Follows the host's signal from here on. `false` when it makes the turn impossible. */
  private listen(): boolean {
    const { signal } = this;
    if (!signal) return true;
    if (typeof signal.addEventListener !== "function") {
      this.fail({ kind: "connection", message: "Connection error.", retryable: false });
      return false;
    }
    if (signal.aborted) {
      this.giveUp();
      return false;
    }
    signal.addEventListener("abort", this.onAbort, { once: true });
    return true;
  }

  /** Ends a turn that the host gave up before it was under way. */
  giveUp(): void {
    const message = this.dialect.givenUp ?? "Request was aborted.";
    this.fail({ kind: "aborted", message, retryable: false });
  }

  /** Turns what waits in the native queue into events, as long as the consumer keeps up. Never rejects. */
  pump(): Promise<void> {
    this.pumping ??= this.drain()
      .catch((error: unknown) => this.fail(thrown(error, this.dialect.describeThrown)))
      .finally(() => {
        this.pumping = undefined;
      });
    return this.pumping;
  }

  private async drain(): Promise<void> {
    while (!this.over) {
      if (this.isAhead()) await this.demand();
      const batch = this.turn.drain();
      if (batch === null) return;
      this.assembler.take(batch);
      await this.deliver();
    }
  }

  /** Piece by piece: a consumer that keeps up gets its turn before the next piece changes the message. */
  private async deliver(): Promise<void> {
    let keepsUp = false;
    while (!this.over) {
      if (keepsUp && this.assembler.startsPiece) {
        for (let tick = 0; tick < PATIENCE && !hasWaiter(this.stream); tick++) await undefined;
        keepsUp = false;
      }
      keepsUp ||= hasWaiter(this.stream);
      const notice = this.assembler.next();
      if (notice === undefined) return;
      this.moved = true;
      if (typeof notice !== "boolean") {
        if (notice === "done") this.settle();
        else if ("failure" in notice) this.fail(this.reworded(notice.failure));
        else if ("broken" in notice) this.onBroken?.(notice.broken);
        else {
          await this.head(notice.head.status, notice.head.headers);
          this.turn.proceed();
        }
      }
    }
  }

  async head(status: number, headers: Record<string, string>): Promise<void> {
    const accepted = status >= 200 && status < 300;
    if (this.started || (!accepted && !this.dialect.showsRejections)) return;
    this.started = accepted;
    const { silent, startsLate } = this.dialect;
    const shown = this.dialect.shownHeaders?.(headers) ?? headers;
    if (!silent) await this.asked.options?.onResponse?.({ status, headers: shown }, this.asked.model);
    if (accepted && !this.over && !startsLate) this.assembler.start();
  }

  stirred(): boolean {
    const { moved } = this;
    this.moved = false;
    return moved;
  }

  private isAhead(): boolean {
    return isAhead(this.stream, HIGH_WATER) && !this.aborted;
  }

  /** Waits for the consumer. A program that has nothing else to do may end meanwhile. */
  private async demand(): Promise<void> {
    this.enlisted?.release();
    await caughtUp(this.stream, LOW_WATER, this.signal);
    if (!this.over) this.enlisted?.hold();
  }

  /** Pi tells whether it noticed between events or while it waited for more; hosts know both texts. */
  private reworded(failure: Failure): Failure {
    const isReworded = this.abortedMidway && this.started && !this.dialect.abortedBefore;
    return isReworded ? { ...failure, message: "Request was aborted" } : failure;
  }

  /** Ends the turn with a failure, unless it has ended. */
  fail(failure: Failure): void {
    if (this.over) return;
    this.settle();
    this.turn?.abort();
    const message = this.dialect.words?.[failure.message] ?? failure.message;
    this.assembler.fail({ ...failure, message }, this.aborted);
  }

  private settle(): void {
    this.over = true;
    this.stopTransport?.();
    this.enlisted?.dismiss();
    this.signal?.removeEventListener?.("abort", this.onAbort);
  }
}
