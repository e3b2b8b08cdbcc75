/** The levels of thinking. */
export const LEVELS = ["minimal", "low", "medium", "high", "xhigh"];
