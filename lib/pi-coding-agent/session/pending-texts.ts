// The texts that wait for the agent, as hosts show them; the messages themselves wait in the agent.

/** Which queue a text waits in. */
export type QueueName = "steering" | "followUp";

/** The texts of both queues. */
export class PendingTexts {
  steering: string[] = [];
  followUp: string[] = [];

  get count(): number {
    return this.steering.length + this.followUp.length;
  }

  /** Takes out a text that was delivered, from the steering queue first; whether one was there. */
  take(text: string): boolean {
    for (const queue of [this.steering, this.followUp]) {
      const at = queue.indexOf(text);
      if (at < 0) continue;
      queue.splice(at, 1);
      return true;
    }
    return false;
  }

  /** Empties both queues into the result. */
  clear(): { steering: string[]; followUp: string[] } {
    const { steering, followUp } = this;
    this.steering = [];
    this.followUp = [];
    return { steering: [...steering], followUp: [...followUp] };
  }

  /** Copies, for an event. */
  snapshot(): { steering: string[]; followUp: string[] } {
    return { steering: [...this.steering], followUp: [...this.followUp] };
  }
}
