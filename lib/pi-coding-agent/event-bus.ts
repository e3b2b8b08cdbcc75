// Messages between extensions.

import { EventEmitter } from "node:events";

/** Channels that extensions talk over. */
export interface EventBus {
  emit(channel: string, data: unknown): void;
  /** Returns what ends the subscription. What a handler throws is written to the console and reaches nobody. */
  on(channel: string, handler: (data: unknown) => void): () => void;
}

/** A bus as whoever made it has it. */
export interface EventBusController extends EventBus {
  /** Ends all subscriptions. */
  clear(): void;
}

/** A bus with no subscriptions. */
export function createEventBus(): EventBusController {
  const emitter = new EventEmitter();
  return {
    emit: (channel, data) => {
      emitter.emit(channel, data);
    },
    on: (channel, handler) => {
      const guarded = async (data: unknown) => {
        try {
          await handler(data);
        } catch (error) {
          console.error(`Event handler error (${channel}):`, error);
        }
      };
      emitter.on(channel, guarded);
      return () => emitter.off(channel, guarded);
    },
    clear: () => {
      emitter.removeAllListeners();
    },
  };
}
