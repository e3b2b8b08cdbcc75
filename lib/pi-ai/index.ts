// Pi's `pi-ai`: models, messages, one turn with a model, and the tools around them.

export type { Static, TSchema } from "typebox";
export type { AnthropicEffort, AnthropicOptions, AnthropicThinkingDisplay } from "./anthropic.js";
export * from "./api-registry.js";
export type { AzureOpenAIResponsesOptions } from "./azure-openai-responses.js";
export type { BedrockOptions, BedrockThinkingDisplay } from "./bedrock.js";
export * from "./diagnostics.js";
export { findEnvKeys, getEnvApiKey } from "./env-api-keys.js";
export {
  AssistantMessageEventStream,
  createAssistantMessageEventStream,
  EventStream,
} from "./event-stream.js";
export { type ErrorInfo, type Failure, type FailureKind, type FaultyBlock, failureOf } from "./failure.js";
export * from "./faux.js";
export type { GoogleOptions, GoogleThinkingLevel } from "./google.js";
export type { GoogleVertexOptions } from "./google-vertex.js";
export * from "./json-parse.js";
export type { MistralOptions } from "./mistral.js";
export * from "./models.js";
export type * from "./oauth/types.js";
export type {
  OpenAICodexResponsesOptions,
  OpenAICodexWebSocketDebugStats,
} from "./openai-codex-responses.js";
export type { OpenAICompletionsOptions } from "./openai-completions.js";
export type { OpenAIResponsesOptions } from "./openai-responses.js";
export * from "./overflow.js";
export * from "./register-builtins.js";
export * from "./session-resources.js";
export * from "./stream.js";
export * from "./typebox.js";
export * from "./types.js";
export * from "./validation.js";
