/** Meant differences of the tools that run commands and search. */

const is = (kase, ...apis) => apis.includes(kase?.model.api);

export const shell = [
  {
    id: "grep-halves",
    match: ({ kase, path, seen }) =>
      is(kase, "grep") &&
      path === ".text" &&
      seen.alpha.text?.replaceAll(/[\ud800-\udbff](?=\.\.\. \[truncated\])/g, "") === seen.beta.text,
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
