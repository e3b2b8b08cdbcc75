// The doorbell of this thread: one native callback for all turns in flight. It holds the process open only while
// there are any.

import { Feed, Turn } from "../native.js";

const inFlight = new Map<number, () => void>();
let feed: Feed | undefined;
let lastId = 0;

function onRing(): void {
  for (const id of feed?.ready() ?? []) inFlight.get(id)?.();
}

/** A native turn in flight. */
export interface Enlisted {
  turn: Turn;
  /** Keeps the process alive for the turn; it does from the start. */
  hold(): void;
  /** Lets the process end in spite of the turn. */
  release(): void;
  /** The turn is over. */
  dismiss(): void;
}

let held = 0;

/**
 * Starts a native turn.
 * @param protocol - the wire protocol's name.
 * @param input - model, conversation and options as JSON.
 * @param network - proxies and certificates as JSON.
 * @param onNews - called when the turn's queue may hold something; must not throw.
 */
export function enlist(protocol: string, input: string, network: string, onNews: () => void): Enlisted {
  feed ??= new Feed(onRing);
  const shared = feed;
  lastId = (lastId + 1) >>> 0;
  const id = lastId;
  const turn = new Turn(shared, id, protocol, input, network);
  inFlight.set(id, onNews);
  let holds = false;
  const enlisted = {
    turn,
    hold() {
      if (!holds && held++ === 0) shared.hold();
      holds = true;
    },
    release() {
      if (holds && --held === 0) shared.release();
      holds = false;
    },
    dismiss() {
      enlisted.release();
      inFlight.delete(id);
    },
  };
  enlisted.hold();
  return enlisted;
}
