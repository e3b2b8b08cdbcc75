/** A clock that goes on only when nothing else is left to do, so that waits cost nothing and are in a fixed order. */

/** Turns of the event loop without news after which the next timer is due. */
const IDLE = 12;
/** Turns after which what goes on has no end. */
const ENDLESS = 10_000;

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

  /**
   * Lets everything happen until nothing happens any more; where that is not `isDone`, waits for what takes real time.
   * @param news - a number that grows when something happens.
   */
  async run(news, isDone = () => true) {
    let idle = 0;
    for (let seen = news(), waits = 0, turns = 0; waits < 300 && turns < ENDLESS; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
      idle = news() === seen ? idle + 1 : 0;
      seen = news();
      if (idle < IDLE) continue;
      const [next] = [...this.#timers.values()].sort((a, b) => a.due - b.due || a.id - b.id);
      if (next) {
        this.#timers.delete(next.id);
        this.now = Math.max(this.now, next.due);
        next.act();
      } else if (isDone()) {
        return;
      } else {
        waits++;
        await new Promise((resolve) => this.#real.setTimeout(resolve, 2));
      }
      idle = 0;
    }
  }
}
