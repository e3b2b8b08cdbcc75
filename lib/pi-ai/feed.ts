// The doorbell of this thread: one native callback for all turns in flight. It holds the process open only while
// there are any.

import { Feed, Turn } from "../native.js";

const inFlight = new Map<number, () => void>();
let feed: Feed | undefined;
let lastId = 0;

function onRing(): void {
  for (const id of feed?.ready() ?? []) inFlight.get(id)?.();
}

/** A native turn, and the way to say that it is over. */
export interface Enlisted {
  turn: Turn;
  dismiss(): void;
}

/**
 * Starts a native turn.
 * @param protocol - the wire protocol's name.
 * @param input - model, conversation and options as JSON.
 * @param network - proxies and certificates as JSON.
 * @param onNews - called when the turn's queue may hold something; must not throw.
 */
export function enlist(protocol: string, input: string, network: string, onNews: () => void): Enlisted {
  feed ??= new Feed(onRing);
  lastId = (lastId + 1) >>> 0;
  const id = lastId;
  const turn = new Turn(feed, id, protocol, input, network);
  if (inFlight.size === 0) feed.hold();
  inFlight.set(id, onNews);
  const dismiss = () => {
    if (inFlight.delete(id) && inFlight.size === 0) feed?.release();
  };
  return { turn, dismiss };
}
