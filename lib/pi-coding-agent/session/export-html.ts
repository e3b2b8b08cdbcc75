// Writes a session as one page that needs nothing else: no scripts, no network.

import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename } from "node:path";
import type { AgentMessage } from "../../pi-agent-core/messages.js";
import type { AgentState } from "../../pi-agent-core/types.js";
import { withoutSecrets } from "../../pi-ai/secrets.js";
import type { SessionEntry } from "../session-entries.js";
import type { SessionManager } from "../session-manager.js";

const STYLE = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
header, article { border: 1px solid #8884; border-radius: 6px; margin: 0 0 1rem; padding: .6rem 1rem; }
article { border-left-width: 4px; }
.user { border-left-color: #3b82f6; } .assistant { border-left-color: #10b981; }
.toolResult, .bashExecution { border-left-color: #a3a3a3; } .error { border-left-color: #dc2626; }
h1 { font-size: 1.2rem; margin: .2rem 0; } h2 { font-size: .8rem; margin: 0 0 .4rem; opacity: .7; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; font: 13px/1.45 ui-monospace, monospace; }
.text { font: inherit; } img { max-width: 100%; } summary { cursor: pointer; opacity: .8; }`;

/**
 * Writes the entries of a session's current branch; resolves to the path, by default one in the current folder.
 * @throws for a session that is in memory, or not on disk yet.
 */
export async function exportSessionToHtml(
  session: SessionManager,
  state: Pick<AgentState, "systemPrompt" | "tools">,
  outputPath?: string,
): Promise<string> {
  const file = session.getSessionFile();
  if (!file) throw new Error("Cannot export in-memory session to HTML");
  if (!existsSync(file)) throw new Error("Nothing to export yet - start a conversation first");
  const path = outputPath ?? `pi-session-${basename(file, ".jsonl")}.html`;
  await writeFile(path, pageOf(session, state));
  return path;
}

function pageOf(
  session: SessionManager,
  { systemPrompt, tools }: Pick<AgentState, "systemPrompt" | "tools">,
) {
  const title = session.getSessionName() ?? `Session ${session.getSessionId()}`;
  const { timestamp = "", cwd = "" } = session.getHeader() ?? {};
  const offered = tools.map(({ name, description }) => `${name}: ${description}`).join("\n\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
<div>${escaped(timestamp)} · ${escaped(cwd)}</div>
${folded("System prompt", systemPrompt)}${folded("Tools", offered)}
</header>
${session.getBranch().map(article).join("\n")}
</body>
</html>
`;
}

function article(entry: SessionEntry): string {
  const { kind, body } = shown(entry);
  if (!body) return "";
  return `<article class="${escaped(kind)}" id="${escaped(entry.id)}"><h2>${escaped(kind)} · ${escaped(entry.timestamp)}</h2>${body}</article>`;
}

function shown(entry: SessionEntry): { kind: string; body: string } {
  switch (entry.type) {
    case "message":
      return {
        kind: failed(entry.message) ? `${entry.message.role} error` : entry.message.role,
        body: messageBody(entry.message),
      };
    case "custom_message":
      return { kind: entry.customType, body: entry.display ? blocks(entry.content) : "" };
    case "compaction":
      return { kind: "compaction", body: text(entry.summary) };
    case "branch_summary":
      return { kind: "branch", body: text(entry.summary) };
    case "model_change":
      return { kind: "model", body: text(`${entry.provider}/${entry.modelId}`) };
    case "thinking_level_change":
      return { kind: "thinking level", body: text(entry.thinkingLevel) };
    default:
      return { kind: entry.type, body: "" };
  }
}

function failed(message: AgentMessage): boolean {
  if (message.role === "toolResult") return message.isError;
  return message.role === "assistant" && message.stopReason === "error";
}

function messageBody(message: AgentMessage): string {
  switch (message.role) {
    case "bashExecution":
      return code(`$ ${message.command}\n${message.output}`);
    case "branchSummary":
    case "compactionSummary":
      return text(message.summary);
    case "toolResult":
      return `<details><summary>${escaped(message.toolName)}</summary>${blocks(message.content)}</details>`;
    case "assistant":
      return blocks(message.content) + (message.errorMessage ? code(message.errorMessage) : "");
    default:
      return blocks(message.content);
  }
}

type Block = { type: string } & Record<string, unknown>;

function blocks(content: string | readonly object[]): string {
  if (typeof content === "string") return text(content);
  return (content as readonly Block[]).map(block).join("");
}

function block(part: Block): string {
  switch (part.type) {
    case "text":
      return text(`${part.text}`);
    case "thinking":
      return folded("Thinking", `${part.thinking}`);
    case "image":
      return `<img alt="" src="data:${escaped(`${part.mimeType}`)};base64,${escaped(`${part.data}`)}">`;
    case "toolCall":
      return folded(`Calls ${part.name}`, JSON.stringify(part.arguments, null, 2));
    default:
      return "";
  }
}

function folded(title: string, body: string): string {
  return body ? `<details><summary>${escaped(title)}</summary>${code(body)}</details>` : "";
}

const text = (value: string) => (value ? `<pre class="text">${escaped(value)}</pre>` : "");
const code = (value: string) => `<pre>${escaped(value)}</pre>`;

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(value: string): string {
  return withoutSecrets(value, "sessions").replace(/[&<>"']/g, (unit) => ENTITIES[unit] as string);
}
