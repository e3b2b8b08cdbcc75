/** What is meant to differ in OAuth. Each has an entry in DEVIATIONS.md under the same id. */

const isOAuth = ({ section }) => section.startsWith("oauth ");
const outcomes = ({ kase }) => [kase.whole.alpha.outcome, kase.whole.beta.outcome];
const message = ({ error }) => error?.message ?? "";

/** A message without stacks, secrets and what a parser quotes. */
const plain = (outcome) =>
  message(outcome)
    .replace(/; stack=[\s\S]*/, "")
    .replace(/SECRET[\w.%=-]*/g, "[redacted]")
    .replace(/, (\.\.\.)?"[\s\S]*"(\.\.\.)? is not valid JSON/, ", [...] is not valid JSON");

function sameWords(difference) {
  if (!isOAuth(difference) || difference.kind !== "outcome") return false;
  const [alpha, beta] = outcomes(difference);
  return alpha.error?.name === beta.error?.name && plain(alpha) === message(beta);
}

const START = 1_750_000_000_000;

/** Whether credentials lack something that later requests need, or have never been valid. */
function isHollow({ value }) {
  if (value === undefined) return false;
  const { access, refresh, expires } = value.newCredentials ?? value;
  return [access, refresh].some((token) => typeof token !== "string" || !token) || !(expires > START);
}

function oddTokens(difference) {
  if (!isOAuth(difference) || !difference.tags.has("odd-tokens")) return false;
  const [alpha, beta] = outcomes(difference);
  if (/missing fields|Failed to refresh/.test(message(beta))) {
    return isHollow(alpha) || /Cannot read properties of null|extract accountId/.test(message(alpha));
  }
  return (isHollow(alpha) || /missing fields|Failed to refresh/.test(message(alpha))) && !isHollow(beta);
}

function account(difference) {
  if (!isOAuth(difference) || !difference.tags.has("odd-account")) return false;
  const [alpha, { value }] = outcomes(difference);
  return /extract accountId|Failed to refresh/.test(message(alpha)) && !!value;
}

const ends = (tag, words) => (difference) =>
  isOAuth(difference) && difference.tags.has(tag) && words.test(message(outcomes(difference)[1]));

export const oauth = [
  { id: "oauth-messages", match: sameWords },
  { id: "oauth-tokens", match: oddTokens },
  { id: "oauth-account", match: account },
  { id: "oauth-denied", match: ends("denied", /authentication did not complete\. Error: access_denied$/) },
  { id: "oauth-abort", match: ends("abort", /^Login cancelled$/) },
];
