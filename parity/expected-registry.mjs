/** What is meant to differ in stored credentials. Each has an entry in DEVIATIONS.md under the same id. */

/** What was set while the file could not be read or written. */
function unsaved({ section, tags }) {
  return section === "credentials" && tags.has("broken");
}

export const registry = [{ id: "auth-unsaved", match: unsaved }];
