// An entry of a session as HTML.

import { type Html, html } from "./html.js";
import { blocksOf, count, type Fields, fields, words } from "./session-facts.js";

/** What is known of an entry besides itself. */
export interface EntryPlace {
  /** Counted from 0. */
  number: number;
  label?: string;
  /** Where branches that leave here begin. */
  left: readonly number[];
}

/** Longer texts are folded away. */
const LONG = 1500;

export const anchor = (number: number) => `e${number}`;

/** An entry. */
export function entryHtml(entry: Fields, { number, label, left }: EntryPlace): Html {
  const message = fields(entry.message);
  const role = entry.type === "message" ? words(message.role) : words(entry.type);
  const kind = /^(user|assistant|toolResult)$/.test(role) ? role : "other";
  const failed = message.isError === true || /^(error|aborted)$/.test(words(message.stopReason));
  return html`<article id="${anchor(number)}" class="${kind}${failed && " failed"}">
<header><b>${heading(role, entry, message)}</b>${label !== undefined && html` <mark>${label}</mark>`}
<small>${usageText(message)} <time>${words(entry.timestamp)}</time> <a href="#${anchor(number)}">#${number}</a></small></header>
${entry.type === "message" ? messageHtml(message) : otherHtml(entry)}
${left.map((at) => html`<p><a href="#${anchor(at)}">A branch leaves here</a></p>`)}</article>
`;
}

function heading(role: string, entry: Fields, message: Fields): string {
  if (role === "toolResult") return `Result of ${words(message.toolName)}`;
  if (role === "assistant")
    return `Assistant ${[message.provider, message.model].map(words).filter(Boolean).join("/")}`;
  const custom = words(entry.customType ?? message.customType);
  return custom ? `${role} ${custom}` : role;
}

function usageText(message: Fields): string {
  const { input, output, cacheRead, cacheWrite, cost } = fields(message.usage);
  const taken = count(input) + count(cacheRead) + count(cacheWrite);
  if (taken + count(output) === 0) return "";
  return `${taken.toLocaleString("en")} in, ${count(output).toLocaleString("en")} out, ${dollars(count(fields(cost).total))}`;
}

export const dollars = (amount: number) => `$${amount.toFixed(amount < 1 ? 4 : 2)}`;

function messageHtml(message: Fields): Html {
  const { role, content, command, output, errorMessage, details, stopReason } = message;
  const blocks =
    role === "bashExecution"
      ? [{ type: "text", text: `$ ${words(command)}\n${words(output)}` }]
      : blocksOf(content);
  return html`${blocks.map(blockHtml)}
${role === "branchSummary" || role === "compactionSummary" ? textHtml(words(message.summary)) : ""}
${errorMessage !== undefined && html`<p class="error">${words(stopReason)}: ${words(errorMessage)}</p>`}
${details !== undefined && details !== null && folded("details", words(details))}`;
}

function blockHtml(block: Fields): Html {
  switch (block.type) {
    case "text":
      return textHtml(words(block.text));
    case "thinking":
      return folded("thinking", words(block.thinking));
    case "toolCall":
      return html`<details open><summary>calls <b>${words(block.name)}</b></summary><pre>${words(block.arguments)}</pre></details>`;
    case "image":
      return imageHtml(words(block.mimeType), words(block.data));
    default:
      return folded(words(block.type) || "unknown", words(block));
  }
}

/** Only pictures that no program can be in. */
function imageHtml(type: string, data: string): Html {
  if (!/^image\/(png|jpeg|gif|webp)$/.test(type) || !/^[A-Za-z0-9+/]+={0,2}$/.test(data))
    return html`<p>An image that is not shown: ${type}, ${data.length} characters</p>`;
  return html`<img alt="${type}" src="data:${type};base64,${data}">`;
}

const textHtml = (text: string): Html =>
  text.length > LONG ? folded(`${text.slice(0, 100)}…`, text) : html`<div class="text">${text}</div>`;

const folded = (summary: string, text: string): Html =>
  html`<details><summary>${summary} (${text.length.toLocaleString("en")} characters)</summary><pre>${text}</pre></details>`;

/** What is no message. */
function otherHtml(entry: Fields): Html {
  const { type, id, parentId, timestamp, summary, content, display, customType, ...rest } = entry;
  const left = Object.keys(rest).length > 0 ? words(rest) : "";
  return html`${summary !== undefined && textHtml(words(summary))}
${content !== undefined && blocksOf(content).map(blockHtml)}
${left.length > 200 ? folded("fields", left) : left && html`<pre>${left}</pre>`}`;
}
