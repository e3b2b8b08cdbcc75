// A session as one HTML page that asks for nothing else and runs no program.

import type { SessionReport } from "../pi-coding-agent/session-doctor.js";
import { type Html, html } from "./html.js";
import { anchor, entryHtml } from "./page-entry.js";
import { lessonsHtml, toolsHtml, usageHtml } from "./page-figures.js";
import { type Branch, branchesOf } from "./session-branches.js";
import { blocksOf, type Fields, fields, sessionFacts, words } from "./session-facts.js";

/** A session that is shown. */
export interface ShownSession {
  name: string;
  header: Fields;
  entries: readonly Fields[];
  /** The entry that the conversation goes on from. */
  leaf: string | null;
  /** By the ids of what they are on. */
  labels: ReadonlyMap<string, string>;
  report: SessionReport;
}

const STYLE = html`:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:auto;padding:1rem;overflow-wrap:anywhere}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
article{border-left:.25rem solid #8888;margin:1rem 0;padding:.1rem .8rem}
.user{border-color:#36c}.assistant{border-color:#393}.toolResult{border-color:#a70}.failed{border-color:#c33}
header{display:flex;flex-wrap:wrap;gap:.2rem .8rem;justify-content:space-between}
small,time,figcaption{color:#777}.error{color:#c33}
.text,pre{white-space:pre-wrap;unicode-bidi:plaintext}
pre{background:#8882;padding:.5rem;border-radius:.3rem;max-height:30rem;overflow:auto;font-size:.85rem}
img{max-width:100%;height:auto}summary{cursor:pointer}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}td,th{padding:.2rem .6rem;text-align:left;border-bottom:1px solid #8884;overflow-wrap:break-word}
svg{width:100%;height:6rem;background:#8881}polyline{fill:none;stroke:#36c;stroke-width:2;vector-effect:non-scaling-stroke}
figure{margin:1rem 0}article:target{background:#fc03}`;

/** The page, in pieces. */
export function* page(session: ShownSession): Generator<string> {
  for (const piece of pieces(session)) yield piece.text;
}

function* pieces(session: ShownSession): Generator<Html> {
  const { entries, header, name, leaf, report } = session;
  const facts = sessionFacts(entries);
  const branches = branchesOf(entries, leaf);
  // No address is allowed but that of the pictures that stand in the page itself; nothing runs.
  yield html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${name}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="referrer" content="no-referrer"><style>${STYLE}</style></head><body>
<h1>${name}</h1>
<p>${entries.length} entries in ${branches.length} ${branches.length === 1 ? "branch" : "branches"}; begun ${words(header.timestamp)} in ${words(header.cwd)}; session ${words(header.id)}</p>
`;
  yield damageHtml(report);
  yield usageHtml(facts);
  yield toolsHtml(facts);
  yield lessonsHtml(facts);
  yield treeHtml(branches, entries);
  const starts = new Map<number, number[]>();
  for (const { from, entries: run } of branches.slice(1))
    starts.set(from, [...(starts.get(from) ?? []), run[0] as number]);
  for (const [at, branch] of branches.entries()) {
    yield at === 0
      ? html`<section><h2>Conversation</h2>
`
      : html`<section><h2>A branch that was left${branch.from >= 0 && html` after <a href="#${anchor(branch.from)}">#${branch.from}</a>`}</h2>
`;
    for (const number of branch.entries) {
      const entry = entries[number] as Fields;
      const label = session.labels.get(words(entry.id));
      yield entryHtml(entry, { number, label, left: starts.get(number) ?? [] });
    }
    yield html`</section>
`;
  }
  yield html`</body></html>
`;
}

function damageHtml({ problems, unlisted, isSound }: SessionReport): Html {
  if (problems.length === 0) return html``;
  return html`<section><h2>${isSound ? "Oddities" : "Damage"}</h2><ul>${problems.map(
    ({ kind, offset, text }) => html`<li>${kind} at byte ${offset}: ${text}</li>
`,
  )}${unlisted > 0 && html`<li>and ${unlisted} more</li>`}</ul></section>
`;
}

/** Where the branches leave each other. */
function treeHtml(branches: readonly Branch[], entries: readonly Fields[]): Html {
  if (branches.length < 2) return html``;
  return html`<section><h2>Tree</h2><ul>${branches.map(({ from, entries: run, depth }) => {
    const first = run[0] ?? 0;
    return html`<li style="margin-left:${Math.min(depth, 8)}rem"><a href="#${anchor(first)}">${saying(run, entries)}</a>
<small>${run.length} entries${from >= 0 && `, after #${from}`}</small></li>
`;
  })}</ul></section>
`;
}

/** What a branch begins with, in some words. */
function saying(run: readonly number[], entries: readonly Fields[]): string {
  for (const at of run) {
    const message = fields(entries[at]?.message);
    const text = blocksOf(message.content)
      .map((block) => words(block.text))
      .join(" ")
      .trim();
    if (message.role === "user" && text) return text.slice(0, 80);
  }
  return words(entries[run[0] ?? 0]?.type);
}
