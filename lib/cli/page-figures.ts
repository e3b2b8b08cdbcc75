// What a session comes to, as tables and curves.

import { type Html, html, type Insertion } from "./html.js";
import { anchor, dollars } from "./page-entry.js";
import type { SessionFacts } from "./session-facts.js";

const number = (value: number) => value.toLocaleString("en");

/** Tokens and cost by model, and their course. */
export function usageHtml({ usage, course }: SessionFacts): Html {
  if (usage.size === 0) return html``;
  const rows = [...usage].map(([model, { turns, input, output, cacheRead, cacheWrite, cost }]) => [
    model,
    ...[turns, input, output, cacheRead, cacheWrite].map(number),
    dollars(cost),
  ]);
  const heads = ["model", "turns", "input", "output", "cache read", "cache write", "cost"];
  return html`<section><h2>Tokens and cost</h2>${table(heads, rows)}
${curve(
  "Tokens of each turn",
  course.map(({ tokens }) => tokens),
  number,
)}
${curve(
  "Cost so far",
  course.map(({ cost }) => cost),
  dollars,
)}</section>
`;
}

/** Tools by how often they were called. */
export function toolsHtml({ tools }: SessionFacts): Html {
  if (tools.size === 0) return html``;
  const rows = [...tools]
    .sort(([, one], [, other]) => other.calls - one.calls)
    .map(([name, { calls, errors, resultLength }]) => [
      name,
      number(calls),
      number(errors),
      number(resultLength),
    ]);
  return html`<section><h2>Tools</h2>${table(["tool", "calls", "errors", "characters of results"], rows)}</section>
`;
}

/** Lessons, by when the model was shown them. */
export function lessonsHtml({ lessons }: SessionFacts): Html {
  if (lessons.length === 0) return html``;
  const rows = lessons.flatMap(({ entry, time, lessons: shown }) =>
    shown.map(({ id, text, confidence }) => [
      html`<a href="#${anchor(entry)}">${time || `#${entry}`}</a>`,
      id,
      text,
      confidence === undefined ? "" : confidence.toFixed(2),
    ]),
  );
  const means = lessons.flatMap(({ lessons: shown }) => {
    const known = shown.flatMap(({ confidence }) => confidence ?? []);
    return known.length > 0 ? [known.reduce((sum, one) => sum + one) / known.length] : [];
  });
  return html`<section><h2>Lessons</h2>${curve("Mean confidence", means, (mean) => mean.toFixed(2))}
${table(["shown", "lesson", "text", "confidence"], rows)}</section>
`;
}

function table(heads: string[], rows: Insertion[][]): Html {
  return html`<div class="wide"><table><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
  )}</tbody></table></div>`;
}

/** More points than this nobody can tell apart. */
const POINTS = 500;

function curve(title: string, values: number[], write: (value: number) => string): Html {
  if (values.length < 2) return html``;
  const most = values.reduce((one, other) => Math.max(one, other)) || 1;
  const step = Math.ceil(values.length / POINTS);
  const points = values.flatMap((value, at) =>
    at % step === 0 || at === values.length - 1
      ? [`${((at / (values.length - 1)) * 600).toFixed(1)},${(100 - (value / most) * 96).toFixed(1)}`]
      : [],
  );
  return html`<figure><figcaption>${title}, up to ${write(most)}</figcaption>
<svg viewBox="0 0 600 100" preserveAspectRatio="none" role="img"><polyline points="${points.join(" ")}"/></svg></figure>`;
}
