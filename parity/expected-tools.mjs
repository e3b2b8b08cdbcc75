/** Differences that are meant in tools; see `expected.mjs`. */

const isEdit = ({ kind, section }) => kind === "tool" && section === "edit";
const said = ({ seen }) => [seen.alpha.thrown ?? "", seen.beta.thrown ?? ""];

export const tools = [
  {
    id: "tool-blank-text",
    match: (difference) =>
      isEdit(difference) && difference.kase.blank && /Could not find/.test(said(difference)[1]),
  },
  {
    id: "D12",
    match(difference) {
      if (!isEdit(difference) || !difference.kase.fuzzy) return false;
      const [pi, ours] = said(difference);
      if (pi !== ours)
        return /^$|overlap/.test(pi) ? /No changes made/.test(ours) : /Could not find/.test(pi);
      return difference.path === ".texts" && difference.seen.alpha.words === difference.seen.beta.words;
    },
  },
];
