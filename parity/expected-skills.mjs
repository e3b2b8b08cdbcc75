/** What is meant to differ in front matter. Each has an entry in DEVIATIONS.md under the same id. */

/** What Pi's parser refuses and ours takes. */
const ONLY_PI =
  /^(Nested mappings|Block collections|Flow (sequence|map) in block|Tabs are not|Missing closing|Block scalar lines|Unexpected block-seq|Source contains multiple|Map comment|Tags and anchors must)/;

/** What ours refuses and Pi's takes. */
const ONLY_OURS =
  /^(mapping values are not|while parsing a (block|flow)|while scanning|invalid indentation|simple key expect|tabs disallowed|a block scalar content|invalid trailing)/;

function odd({ section, complaint, content }) {
  if (section !== "front matter") return false;
  const { alpha, beta } = complaint;
  if (alpha) return ONLY_PI.test(alpha);
  if (beta) return ONLY_OURS.test(beta);
  // Keys that are collections, and question marks as keys.
  return /[\]}"']\s*:|\?/.test(content);
}

export const skills = [{ id: "yaml-odd", match: odd }];
