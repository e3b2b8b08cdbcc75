// What spent refresh tokens were spent on. Who comes late with one, having read a store before it was written, gets that.

import { createHash } from "node:crypto";

/** Of so many refreshes, the last ones. */
const KEPT = 64;

const digest = (token: string) => createHash("sha256").update(token).digest("base64");

/** The credentials that came after others in this process. */
export class Successors<T extends { refresh: string; expires: number }> {
  private readonly known = new Map<string, T>();

  /** Takes note of a refresh. */
  add(spent: string, next: T): void {
    if (next.refresh === spent) return;
    this.known.set(digest(spent), next);
    // A token that was just given is not spent, so that no way through these leads in a circle.
    this.known.delete(digest(next.refresh));
    const [oldest] = this.known.keys();
    if (oldest !== undefined && this.known.size > KEPT) this.known.delete(oldest);
  }

  /** The newest credentials that a token led to, if they still hold. */
  of(spent: string): T | undefined {
    let newest = this.known.get(digest(spent));
    for (let next = newest; next; next = this.known.get(digest(next.refresh))) newest = next;
    return newest && newest.expires > Date.now() ? newest : undefined;
  }
}
