/** What is meant to differ in extensions. Each has an entry in DEVIATIONS.md under the same id. */

const TERMINAL = /^example (modal-editor|rainbow-editor)\.ts$/;

export const extensions = [
  {
    id: "no-terminal",
    match: ({ kind, beta }) => TERMINAL.test(kind) && beta.includes("Class extends value undefined"),
  },
];
