/** Differences that are meant in tools; see `expected.mjs`. */

const isEdit = ({ kind, section }) => kind === "tool" && section === "edit";
const said = ({ seen }) => [seen.alpha.thrown ?? "", seen.beta.thrown ?? ""];

export const tools = [
  {
    id: "tool-blank-text",
    match(difference) {
      if (!isEdit(difference) || !difference.kase.blank) return false;
      const [pi, ours] = said(difference);
      return /Could not find/.test(ours) || (/overlap/.test(pi) && /overlap/.test(ours));
    },
  },
  {
    id: "tool-half-character",
    match: (difference) =>
      isEdit(difference) && difference.kase.halves && /Could not find/.test(said(difference)[1]),
  },
  {
    id: "tool-half-line",
    match: ({ kind, section, seen }) =>
      kind === "tool" && section === "read" && /^ERR_INVALID_ARG_TYPE/.test(seen.alpha.thrown),
  },
  {
    id: "D12",
    match(difference) {
      if (!isEdit(difference) || !difference.kase.fuzzy) return false;
      const [pi, ours] = said(difference);
      if (pi === ours) return sameWords(difference);
      return /^$|overlap/.test(pi) ? /No changes made/.test(ours) : /Could not find/.test(pi);
    },
  },
  {
    id: "D13",
    match: (difference) => isEdit(difference) && difference.kase.mixed && sameWords(difference),
  },
];

function sameWords({ path, seen }) {
  return path === ".texts" && seen.alpha.words === seen.beta.words;
}
