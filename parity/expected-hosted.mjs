/** Differences of hosted sessions that are meant; see expected.mjs. */

const ONCE = "Context overflow recovery failed after one compact-and-retry attempt";
const CRASHED = /Cannot (read|set) properties of undefined \(reading 'signal'\)/;

const isHosted = ({ kind }) => kind === "hosted";
const line = (side, at) => side.lines[at] ?? "";

export const hosted = [
  // Pi gives up the one compaction's controller when the other one ends.
  { id: "hosted-two-compactions", match: (it) => isHosted(it) && it.seen.alpha.lines.some((text) => CRASHED.test(text)) },
  { id: "hosted-one-recovery", match: (it) => isHosted(it) && line(it.seen.beta, it.at).includes(ONCE) },
];
