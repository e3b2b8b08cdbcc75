// Between Pi's stream functions and Argent's providers.

import { modelLimits } from "../native.js";
import { turnText } from "../pi-ai/request.js";
import type { Api, Context, Message, Model } from "../pi-ai/types.js";
import type { HardStreamFunction } from "./harden.js";
import { NativeProvider } from "./provider.js";
import { piOptions } from "./request.js";
import { translated } from "./translated.js";
import type { ModelConfig, ProviderLike, TurnMessage, TurnOptions, TurnRequest } from "./types.js";

/**
 * A stream function of Pi's over a provider. A native one gets the turn as it is: images, thinking and signatures, tool
 * errors, options and hooks go to the wire, and the model's `api` decides which. One that a host wrote gets Argent's
 * request, and its events become Pi's. The function does not throw; its streams end with exactly one `done` or `error`,
 * and at once when the signal says so.
 */
export function createArgentStreamSimple(provider: ProviderLike): HardStreamFunction {
  if (provider instanceof NativeProvider) {
    return (model, context, options) => provider.streamSimple(model, context, options);
  }
  return (model, context, options) =>
    translated(model, options?.signal, () => {
      const config = piModelToArgentConfig(model, options);
      const request = { ...piContextToArgentRequest(context), model: config, options };
      return provider.stream(request, config);
    });
}

/**
 * Pi's model and options as a model configuration. `reasoning`, or else `thinkingLevel`, as far as the model has it,
 * comes to the level's token budget, which is added to the limit, and to an effort: `minimal` and `low` are `low`, `high`
 * and `xhigh` are `high`, but `max` for models that call it so. Without a level there is no thinking.
 */
export function piModelToArgentConfig(model: Model<Api>, options?: TurnOptions): ModelConfig {
  const { reasoning, thinkingBudgets, maxTokens, temperature } = piOptions(options) ?? {};
  const asked = {
    model,
    context: { messages: [] },
    options: { reasoning, thinkingBudgets, maxTokens },
    simple: true,
    apiKey: "",
    client: false,
  };
  return {
    id: model.id,
    ...(temperature !== undefined && { temperature }),
    ...JSON.parse(modelLimits(turnText(asked))),
  };
}

/**
 * Pi's context as a request. What Argent's short messages have no place for is in their `message`. Assistant messages
 * that neither say nor call anything are left out.
 */
export function piContextToArgentRequest({ systemPrompt, messages, tools }: Context): TurnRequest {
  const short = messages.map(shortened).filter((message) => message !== undefined);
  return {
    ...(systemPrompt !== undefined && { systemPrompt }),
    messages: short,
    ...(tools?.length && {
      tools: tools.map(({ name, description, parameters }) => ({ name, description, parameters })),
    }),
  };
}

function shortened(message: Message): TurnMessage | undefined {
  const content = textOf(message);
  if (message.role === "user") return { role: "user", content, message };
  if (message.role === "toolResult") {
    const { toolCallId, toolName, isError } = message;
    return { role: "tool", content, toolCallId, toolName, isError, message };
  }
  if (message.role !== "assistant") return undefined;
  const blocks = Array.isArray(message.content) ? message.content : [];
  const toolCalls = blocks.filter((block) => block.type === "toolCall");
  if (!content && toolCalls.length === 0) return undefined;
  return { role: "assistant", content, text: content, ...(toolCalls.length > 0 && { toolCalls }), message };
}

function textOf({ content }: Message): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}
