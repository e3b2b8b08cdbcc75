// Requests to the services that users log in to: through the host's `fetch` as it is at the time.

import { unlessCancelled } from "./cancellation.js";

/** A log-in or a refresh must not wait for ever on a service that is silent. */
const LIMIT_MS = 30_000;

/** Sends a request that ends after a time, or when the signal aborts. */
export function send(url: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
  const limit = AbortSignal.timeout(LIMIT_MS);
  const either = signal ? AbortSignal.any([limit, signal]) : limit;
  return unlessCancelled(globalThis.fetch(url, { ...init, signal: either }), signal);
}
