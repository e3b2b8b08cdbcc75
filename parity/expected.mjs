/**
 * Differences that are meant. Each has an entry in DEVIATIONS.md under the same id.
 *
 *   { id: "D11", reason: "one line", match: ({ section, name, tags, kase, kind, path, alpha, beta }) => boolean }
 *
 * `kind` is one of throw, events, host, message, identity, snapshots, response, stray, mutation, timestamp, payload,
 * payload-holes, requests, method, path, body and header; for `header`, `path` is the header's name and there is
 * no `kase`.
 * `tags` is what the generator knows of the case, `kase` the case itself.
 */
export const expected = [];

export function explain(difference) {
  return expected.find(({ match }) => match(difference));
}
