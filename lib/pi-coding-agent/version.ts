// Which Pi this answers to.

/** The version of Pi whose interface this is. */
export const VERSION = "0.74.0";
