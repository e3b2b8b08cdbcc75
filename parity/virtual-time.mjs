/** A clock that goes on only when nothing else is left to do, so that waits cost nothing and are in a fixed order. */

/** Turns of the event loop without news after which the next timer is due. */
const IDLE = 3;

export class VirtualTime {
  now = 1_700_000_000_000;
  #timers = new Map();
  #next = 1;
  #real = { Date, setTimeout, clearTimeout };

  install() {
    const time = this;
    const { Date: RealDate } = this.#real;
    globalThis.Date = class extends RealDate {
      constructor(...values) {
        if (values.length === 0) super(time.now);
        else super(...values);
      }
      static now() {
        return time.now;
      }
    };
    globalThis.setTimeout = (act, delay = 0, ...values) => {
      const id = this.#next++;
      this.#timers.set(id, { due: this.now + Math.max(1, delay || 0), id, act: () => act(...values) });
      return { id, ref() {}, unref() {}, hasRef: () => true };
    };
    globalThis.clearTimeout = (timer) => this.#timers.delete(timer?.id);
  }

  remove() {
    Object.assign(globalThis, this.#real);
  }

  /** Some time passes. */
  pass(milliseconds) {
    this.now += milliseconds;
  }

  /** Lets everything happen until nothing happens any more; where that is not `isDone`, waits for what takes real time. */
  async run(isDone = () => true, patience = 4_000) {
    let idle = 0;
    let waits = 0;
    for (let turn = 0; turn < patience; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (++idle < IDLE) continue;
      idle = 0;
      const [next] = [...this.#timers.values()].sort((a, b) => a.due - b.due || a.id - b.id);
      if (next) {
        this.#timers.delete(next.id);
        this.now = Math.max(this.now, next.due);
        next.act();
      } else if (turn > 30) {
        // What reads files takes real time.
        if (isDone() || waits++ > 50) return;
        await new Promise((resolve) => this.#real.setTimeout(resolve, 2));
      }
    }
  }
}
