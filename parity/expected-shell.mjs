/** Meant differences of the tools that run commands and search. */

const is = (kase, ...apis) => apis.includes(kase?.model.api);

const HALF = /[\ud800-\udbff](?=\.\.\. \[truncated\])/;
const HALVES = new RegExp(HALF, "g");
const DOTS = /^\.\.odd\/(.*\/)?/m;
const FOLDERS = new RegExp(DOTS, "gm");

/** Whether the texts are the same but for halves of characters and for folders that Pi leaves out. */
const alike = ({ alpha, beta }) =>
  alpha.text?.replaceAll(HALVES, "").replaceAll(FOLDERS, "") === beta.text?.replaceAll(FOLDERS, "");

export const shell = [
  {
    id: "grep-halves",
    match: ({ kase, path, seen }) =>
      is(kase, "grep") && HALF.test(seen.alpha.text) && (path === ".details" || alike(seen)),
  },
  {
    id: "grep-dots",
    match: ({ kase, seen }) => is(kase, "grep") && DOTS.test(seen.beta.text) && alike(seen),
  },
  {
    id: "grep-decoded",
    match: ({ kase, path, seen }) =>
      is(kase, "grep") &&
      [".text", ".details"].includes(path) &&
      kase.asked.context > 0 &&
      /[\ufeff\0\ufffd]/.test(seen.alpha.text),
  },
  {
    id: "grep-advice",
    match: ({ kase, path, seen }) =>
      is(kase, "grep") &&
      path === ".threw" &&
      seen.alpha.threw?.startsWith(`${seen.beta.threw}\n\nConsider enabling`),
  },
  {
    id: "bash-signal",
    match: ({ kase, seen }) =>
      is(kase, "bash") && / terminated by signal SIG[A-Z0-9]+$/.test(seen.beta.threw),
  },
];
