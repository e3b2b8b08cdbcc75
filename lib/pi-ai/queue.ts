// A first-in, first-out queue. Its head is an index, so that draining n items takes time in proportion to n,
// where `Array.shift` moves every item that is left.

/** Items taken before the room they left at the front of the array is given back. */
const SLACK = 1024;

/** A queue of any length; `push` and `shift` take constant time on average. */
export class Queue<T> {
  private items: (T | undefined)[] = [];
  private head = 0;

  /** How many items wait. */
  get length(): number {
    return this.items.length - this.head;
  }

  /** Adds an item at the end. */
  push(item: T): void {
    this.items.push(item);
  }

  /** Takes the item at the front; `undefined` if there is none. */
  shift(): T | undefined {
    if (this.head === this.items.length) return undefined;
    const item = this.items[this.head];
    this.items[this.head++] = undefined;
    if (this.head === this.items.length) {
      this.items.length = 0;
      this.head = 0;
    } else if (this.head >= SLACK && this.head * 2 >= this.items.length) {
      this.items.splice(0, this.head);
      this.head = 0;
    }
    return item;
  }
}
