import { frame } from "../framing.mjs";

/** The arguments of a call in pieces, whole and cut off. */
export const CALL = ['{"path":"', 'a.ts","edit', 's":[1,2]}'];
export const OPEN_CALL = ['{"path":"a', 'b","li'];

/** An error as OpenAI and its relatives write it. */
export const openAiError = (status) => ({
  error: { message: `text for ${status}`, type: "some_error", code: "some_code", param: null },
});

/** What is common to wires of server-sent events. `named`: events have names; `end`: what follows the last one. */
export function sse({ named = false, end = "" }) {
  const type = (event) => (typeof event === "string" ? JSON.parse(event) : event).type;
  return {
    type: "text/event-stream",
    end,
    frames: (events) => [
      ...events.map((event) => {
        const text = typeof event === "string" ? event : JSON.stringify(event);
        return `${named ? `event: ${type(event)}\n` : ""}data: ${text}\n\n`;
      }),
      ...(end ? [end] : []),
    ],
    random: (random, style, events) => events.map((event) => frame(random, style, event)),
  };
}
