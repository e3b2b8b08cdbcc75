// What a thrown value says, and the message that a run ends with when something threw.

import { emptyMessage } from "../pi-ai/assembler.js";
import type { Api, AssistantMessage, Model } from "../pi-ai/types.js";

/** The text that a thrown value has for models and people. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The answer that stands for one that could not be had. */
export function failureMessage(model: Model<Api>, error: unknown, aborted: boolean): AssistantMessage {
  return {
    role: "assistant",
    content: [{ type: "text", text: "" }],
    api: model.api,
    provider: model.provider,
    model: model.id,
    usage: emptyMessage(model).usage,
    stopReason: aborted ? "aborted" : "error",
    errorMessage: textOf(error),
    timestamp: Date.now(),
  };
}
