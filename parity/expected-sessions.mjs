/** Differences of sessions that are meant; see expected.mjs. `at` is the step that differs. */

/** A half of a character, twice escaped, since it is JSON in JSON. */
const HALF = /\\\\ud[89a-f][0-9a-f]{2}/g;

/** Whether Pi, and only Pi, has written a session's header into its file a second time, now or before. */
const doubled = ({ seen, at }) => seen.alpha.doubledAt <= at && seen.beta.doubledAt > at;

/** Whether only halves of characters are not in a list. */
const halfless = ({ path, seen, at }) =>
  /^"list/.test(path) && seen.alpha.lines[at]?.replace(HALF, "") === seen.beta.lines[at];

export const sessions = [
  { id: "D3", match: (difference) => difference.kind === "session" && doubled(difference) },
  { id: "list-halves", match: (difference) => difference.kind === "session" && halfless(difference) },
];
