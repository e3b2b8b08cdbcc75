// A long answer that is written only as fast as the other side takes it.

import type { ServerResponse } from "node:http";
import { anthropic } from "./provider.js";

const PADDING = "x".repeat(1000);

/** The delta at a place of the answer; all have the same length. */
export const piece = (at: number) => `${String(at).padStart(6, "0")}${PADDING}`;

/** What became of a long answer. */
export interface Flood {
  /** How many deltas the socket has accepted. */
  written: number;
  /** Whether the connection is gone. */
  closed: boolean;
  /** Resolves when nothing more was accepted for a while, or all was. */
  still(): Promise<void>;
  script(response: ServerResponse): void;
}

/** An answer of `total` deltas of text, about one kilobyte each. */
export function flood(total: number): Flood {
  const state: Flood = {
    written: 0,
    closed: false,
    async still() {
      for (let quiet = 0, seen = -1; quiet < 20; ) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        quiet = seen === state.written && state.written > 0 ? quiet + 1 : 0;
        seen = state.written;
        if (seen === total) return;
      }
    },
    script(response) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(anthropic.start + anthropic.open(0, { type: "text", text: "" }));
      const write = () => {
        while (state.written < total) {
          if (state.closed) return;
          if (!response.write(anthropic.text(0, piece(state.written++)))) return;
        }
        if (!response.writableEnded) response.end(anthropic.stop(0) + anthropic.end());
      };
      response.on("drain", write);
      response.on("close", () => {
        state.closed = true;
      });
      write();
    },
  };
  return state;
}
