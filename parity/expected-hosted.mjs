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
/** A compaction was made, or was not to be. */
const MADE = /^(event compaction_end|ext\d session_compact|during "summary")/;
const NOTHING = '"result":"(undefined)","aborted":false,"willRetry":false}';

/** Whether the compactions of `compaction.mjs` part here; what Pi counts differently it cuts elsewhere. */
const partsAtCompaction = (it) => {
  const [alpha, beta] = [line(it.seen.alpha, it.at), line(it.seen.beta, it.at)];
  const { customs, images } = it.kase.script;
  if (["Nothing to compact", NOTHING, "did not shrink", "summary is empty"].some((text) => ends(it, text)))
    return true;
  if (SUMMING.test(beta) && (SUMMING.test(alpha) || MADE.test(alpha))) return true;
  if (alpha.includes("No prior history.") && !beta.includes("No prior history.")) return true;
  if (customs && /^(asks .*<conv|request|event compaction|ext\d session_compact)/.test(alpha)) return true;
  return images && (/^(ctx|event compaction|look)/.test(alpha) || beta.startsWith("event compaction_start"));
};

export const hosted = [
  { id: "hosted-compaction", match: (it) => isHosted(it) && partsAtCompaction(it) },
  {
    id: "hosted-hang",
    match: (it) =>
      isHosted(it) && /^(\w+ does not settle|reload resolves "not now")/.test(line(it.seen.alpha, it.at)),
  },
  {
    id: "hosted-two-compactions",
    match: (it) => isHosted(it) && it.seen.alpha.lines.some((text) => CRASHED.test(text)),
  },
  { id: "hosted-one-recovery", match: (it) => isHosted(it) && line(it.seen.beta, it.at).includes(ONCE) },
];
