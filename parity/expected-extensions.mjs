/** What is meant to differ in extensions. Each has an entry in DEVIATIONS.md under the same id. */

const TERMINAL = /^example (modal-editor|rainbow-editor)\.ts$/;

const words = ({ kind, alpha, beta }) =>
  kind === "resources themeDiagnostics" && alpha.includes("Invalid theme") && beta.includes("Invalid theme");

export const extensions = [
  { id: "theme-words", match: words },
  {
    id: "no-terminal",
    match: ({ kind, beta }) => TERMINAL.test(kind) && beta.includes("Class extends value undefined"),
  },
];
