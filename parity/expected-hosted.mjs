/** Differences of hosted sessions that are meant; see expected.mjs. */

const ONCE = "Context overflow recovery failed after one compact-and-retry attempt";
const CRASHED = /Cannot (read|set) properties of undefined \(reading 'signal'\)/;

const isHosted = ({ kind }) => kind === "hosted";
const line = (side, at) => side.lines[at] ?? "";

/** Whether an end of a compaction is where only our side says that there is nothing to do, or that it does no good. */
const ends = ({ seen, at }, text) => {
  const said = line(seen.beta, at);
  return said.startsWith("event compaction_end") && said.includes(text);
};
/** A request for a summary. */
const SUMMING = /^(request .*"maxTokens":\d|asks .*<conversation>|kept )/;
const NOTHING = '"result":"(undefined)","aborted":false,"willRetry":false}';

export const hosted = [
  {
    id: "compaction-nothing",
    match: (it) => isHosted(it) && (ends(it, "Nothing to compact") || ends(it, NOTHING)),
  },
  { id: "compaction-grew", match: (it) => isHosted(it) && ends(it, "did not shrink") },
  { id: "compaction-empty", match: (it) => isHosted(it) && ends(it, "the model's summary is empty") },
  {
    id: "compaction-customs",
    match: (it) =>
      isHosted(it) &&
      it.kase.script.customs &&
      /^(asks .*<conv|request|event compaction|ext\d session_compact)/.test(line(it.seen.alpha, it.at)),
  },
  {
    id: "compaction-cut",
    match: (it) =>
      isHosted(it) &&
      it.at >= 0 &&
      [it.seen.alpha, it.seen.beta].every((side) => SUMMING.test(line(side, it.at))),
  },
  {
    id: "compaction-previous",
    match: (it) =>
      isHosted(it) &&
      line(it.seen.alpha, it.at).includes("No prior history.") &&
      !line(it.seen.beta, it.at).includes("No prior history."),
  },
  {
    id: "compaction-images",
    match: (it) => isHosted(it) && it.kase.script.images && /^(ctx|event compaction|look)/.test(it.path),
  },
  // Pi waits for ever where a run fails before it has an answer, or cannot go on.
  {
    id: "hosted-hang",
    match: (it) => isHosted(it) && /^\w+ does not settle/.test(line(it.seen.alpha, it.at)),
  },
  // Pi gives up the one compaction's controller when the other one ends.
  {
    id: "hosted-two-compactions",
    match: (it) => isHosted(it) && it.seen.alpha.lines.some((text) => CRASHED.test(text)),
  },
  { id: "hosted-one-recovery", match: (it) => isHosted(it) && line(it.seen.beta, it.at).includes(ONCE) },
];
