// Hands values from where they arise to whoever reads them, one at a time: the sender waits until its value has been
// dealt with, so nothing piles up.

/** Values for one reader. */
export class Channel<T> {
  private readonly sent: { value: T; done: () => void }[] = [];
  private wake = () => {};
  private over: { error?: unknown } | undefined;
  private left = false;

  /** Resolves when the reader asks for the next value, or reads no more. */
  send(value: T): Promise<void> {
    if (this.left) return Promise.resolve();
    return new Promise((done) => {
      this.sent.push({ value, done });
      this.wake();
    });
  }

  /** Ends the reading, once what was sent is read. */
  end(): void {
    this.over ??= {};
    this.wake();
  }

  /** As `end`, with an error for the reader. */
  fail(error: unknown): void {
    this.over ??= { error };
    this.wake();
  }

  /** The values. `onLeave` is called where the reader breaks off before the end. */
  async *read(onLeave: () => void): AsyncGenerator<T, void> {
    try {
      for (;;) {
        const next = this.sent.shift();
        if (next) {
          try {
            yield next.value;
          } finally {
            next.done();
          }
        } else if (this.over) {
          if ("error" in this.over) throw this.over.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.wake = resolve;
          });
        }
      }
    } finally {
      this.left = true;
      for (const { done } of this.sent.splice(0)) done();
      if (!this.over) onLeave();
    }
  }
}
