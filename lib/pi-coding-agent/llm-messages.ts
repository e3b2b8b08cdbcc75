// The messages of a session as models know them.

import type { AgentMessage } from "../pi-agent-core/messages.js";
import type { Message, UserMessage } from "../pi-ai/types.js";
import type { BashExecutionMessage } from "./messages.js";

/** The messages that a model is shown: those that it does not know become the user's, or are left out. */
export function convertToLlm(messages: AgentMessage[]): Message[] {
  return messages.map(converted).filter((message) => message !== undefined);
}

function converted(message: AgentMessage): Message | undefined {
  const said = (content: UserMessage["content"]): UserMessage => ({
    role: "user",
    content,
    timestamp: message.timestamp,
  });
  const text = (text: string) => said([{ type: "text", text }]);
  switch (message.role) {
    case "bashExecution":
      return message.excludeFromContext ? undefined : text(commandText(message));
    case "custom":
      return typeof message.content === "string" ? text(message.content) : said(message.content);
    case "branchSummary":
      return text(
        `The following is a summary of a branch that this conversation came back from:\n\n<summary>\n${message.summary}</summary>`,
      );
    case "compactionSummary":
      return text(
        `The conversation history before this point was compacted into the following summary:\n\n<summary>\n${message.summary}\n</summary>`,
      );
    case "user":
    case "assistant":
    case "toolResult":
      return message;
    default:
      return undefined;
  }
}

function commandText({
  command,
  output,
  exitCode,
  cancelled,
  truncated,
  fullOutputPath,
}: BashExecutionMessage) {
  const notes = [];
  if (cancelled) notes.push("(command cancelled)");
  // A session's file may hold null.
  else if ((exitCode ?? 0) !== 0) notes.push(`Command exited with code ${exitCode}`);
  if (truncated && fullOutputPath) notes.push(`[Output truncated. Full output: ${fullOutputPath}]`);
  const shown = output ? `\`\`\`\n${output}\n\`\`\`` : "(no output)";
  return [`Ran \`${command}\`\n${shown}`, ...notes].join("\n\n");
}
