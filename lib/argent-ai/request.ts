// A request of Argent's on its way to the native side, and the model that it goes to.

import { providerModel } from "../native.js";
import { type Asked, messagePart, modelPart } from "../pi-ai/request.js";
import type { Api, AssistantMessage, Message, Model } from "../pi-ai/types.js";
import { originOf } from "./responses.js";
import type { ModelConfig, ProviderConfig, TurnMessage, TurnOptions, TurnRequest } from "./types.js";

/** A model as it is asked for: an id, an id with wishes, or a whole model. */
export type AskedModel = string | ModelConfig | Model<Api>;

/** Whether a model says how it is reached, and so is more than an id with wishes. */
export function isWhole(model: AskedModel): model is Model<Api> {
  return typeof model === "object" && typeof (model as Model<Api>).api === "string";
}

/** The model as a provider reaches it: the host's own object where there is nothing to change. */
export function reached(provider: string, config: ProviderConfig, asked: AskedModel): Model<Api> {
  const { baseUrl, headers, compat, api } = asked as Model<Api>;
  const { id, thinking } = typeof asked === "string" ? { id: asked } : (asked as ModelConfig);
  const known = isWhole(asked) ? { id, api, baseUrl, headers, compat } : { id, thinking };
  const changes = JSON.parse(providerModel(provider, JSON.stringify(config), JSON.stringify(known)));
  if (isWhole(asked)) return Object.keys(changes).length > 0 ? { ...asked, ...changes } : asked;
  return { id, ...changes };
}

/** What Argent's older names in the options come to in Pi's. */
export function piOptions<T extends TurnOptions>(options: T | undefined): T | undefined {
  const level = options?.thinkingLevel;
  if (!options || options.reasoning || !level || level === "off") return options;
  return { ...options, reasoning: level };
}

/** The part of a turn that Argent's request is, as the native side takes it. Where and as whom is in the model. */
export function requestPart(
  provider: string,
  model: Model<Api>,
  wishes: AskedModel,
  request: TurnRequest,
): NonNullable<Asked["request"]> {
  const whole = typeof wishes === "string" || isWhole(wishes);
  const { maxTokens, temperature, thinking, thinkingBudget, effort } = whole ? ({} as ModelConfig) : wishes;
  return {
    provider,
    model: modelPart(model),
    wishes: { maxTokens, thinking, thinkingBudget, effort },
    temperature,
    request: {
      systemPrompt: request.systemPrompt,
      messages: request.messages.map(part),
      tools: request.tools?.map(({ name, description, parameters }) => ({ name, description, parameters })),
    },
  };
}

function part(message: TurnMessage | Message, index: number): object {
  const short = message as TurnMessage;
  const whole = short.message ?? wholeAnswer(short) ?? (isPis(message) ? message : undefined);
  if (whole) return messagePart({ ...whole, content: whole.content ?? [] } as Message, index);
  const { role, content, text, toolCalls, toolCallId, toolName, isError } = short;
  if (role === "user") return messagePart({ role, content: content ?? "", timestamp: 0 } as Message, index);
  return {
    role,
    text: text || (typeof content === "string" ? content : undefined),
    content: Array.isArray(content) ? content : undefined,
    toolCalls,
    toolCallId,
    toolName,
    isError,
  };
}

/** Pi's own messages: those that only it has, and those that say where they came from. */
function isPis(message: TurnMessage | Message): message is Message {
  return message.role === "toolResult" || (message.role === "assistant" && "api" in message);
}

/** The message behind the calls of a short answer, which has the signatures that their provider wants to see again. */
function wholeAnswer({ role, toolCalls }: TurnMessage): AssistantMessage | undefined {
  if (role !== "assistant" || !toolCalls?.length) return undefined;
  const origin = originOf(toolCalls[0]);
  const calls = origin?.content.filter((block) => block.type === "toolCall");
  const same = calls?.length === toolCalls.length && toolCalls.every((call) => originOf(call) === origin);
  return same ? origin : undefined;
}
