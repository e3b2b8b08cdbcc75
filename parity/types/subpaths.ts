/** Every type and value of the subpaths of `pi-ai`. */

import type * as anthropicPi from "@mariozechner/pi-ai/anthropic";
import type * as azureOpenaiResponsesPi from "@mariozechner/pi-ai/azure-openai-responses";
import type * as bedrockProviderPi from "@mariozechner/pi-ai/bedrock-provider";
import type * as googlePi from "@mariozechner/pi-ai/google";
import type * as googleVertexPi from "@mariozechner/pi-ai/google-vertex";
import type * as mistralPi from "@mariozechner/pi-ai/mistral";
import type * as oauthPi from "@mariozechner/pi-ai/oauth";
import type * as openaiCodexResponsesPi from "@mariozechner/pi-ai/openai-codex-responses";
import type * as openaiCompletionsPi from "@mariozechner/pi-ai/openai-completions";
import type * as openaiResponsesPi from "@mariozechner/pi-ai/openai-responses";
import type * as anthropic from "argent-runtime/pi-ai/anthropic";
import type * as azureOpenaiResponses from "argent-runtime/pi-ai/azure-openai-responses";
import type * as bedrockProvider from "argent-runtime/pi-ai/bedrock-provider";
import type * as google from "argent-runtime/pi-ai/google";
import type * as googleVertex from "argent-runtime/pi-ai/google-vertex";
import type * as mistral from "argent-runtime/pi-ai/mistral";
import type * as oauth from "argent-runtime/pi-ai/oauth";
import type * as openaiCodexResponses from "argent-runtime/pi-ai/openai-codex-responses";
import type * as openaiCompletions from "argent-runtime/pi-ai/openai-completions";
import type * as openaiResponses from "argent-runtime/pi-ai/openai-responses";
import type { Misfits, Only, ValueMisfits } from "./fit.js";

interface Anthropic {
  AnthropicEffort: [anthropicPi.AnthropicEffort, anthropic.AnthropicEffort];
  AnthropicOptions: [anthropicPi.AnthropicOptions, anthropic.AnthropicOptions];
  AnthropicThinkingDisplay: [anthropicPi.AnthropicThinkingDisplay, anthropic.AnthropicThinkingDisplay];
}

interface AzureOpenaiResponses {
  AzureOpenAIResponsesOptions: [
    azureOpenaiResponsesPi.AzureOpenAIResponsesOptions,
    azureOpenaiResponses.AzureOpenAIResponsesOptions,
  ];
}

interface Google {
  GoogleOptions: [googlePi.GoogleOptions, google.GoogleOptions];
}

interface GoogleVertex {
  GoogleVertexOptions: [googleVertexPi.GoogleVertexOptions, googleVertex.GoogleVertexOptions];
}

interface Mistral {
  MistralOptions: [mistralPi.MistralOptions, mistral.MistralOptions];
}

interface Oauth {
  OAuthAuthInfo: [oauthPi.OAuthAuthInfo, oauth.OAuthAuthInfo];
  OAuthCredentials: [oauthPi.OAuthCredentials, oauth.OAuthCredentials];
  OAuthLoginCallbacks: [oauthPi.OAuthLoginCallbacks, oauth.OAuthLoginCallbacks];
  OAuthPrompt: [oauthPi.OAuthPrompt, oauth.OAuthPrompt];
  OAuthProvider: [oauthPi.OAuthProvider, oauth.OAuthProvider];
  OAuthProviderId: [oauthPi.OAuthProviderId, oauth.OAuthProviderId];
  OAuthProviderInfo: [oauthPi.OAuthProviderInfo, oauth.OAuthProviderInfo];
  OAuthProviderInterface: [oauthPi.OAuthProviderInterface, oauth.OAuthProviderInterface];
  OAuthSelectOption: [oauthPi.OAuthSelectOption, oauth.OAuthSelectOption];
  OAuthSelectPrompt: [oauthPi.OAuthSelectPrompt, oauth.OAuthSelectPrompt];
}

interface OpenaiCodexResponses {
  OpenAICodexResponsesOptions: [
    openaiCodexResponsesPi.OpenAICodexResponsesOptions,
    openaiCodexResponses.OpenAICodexResponsesOptions,
  ];
  OpenAICodexWebSocketDebugStats: [
    openaiCodexResponsesPi.OpenAICodexWebSocketDebugStats,
    openaiCodexResponses.OpenAICodexWebSocketDebugStats,
  ];
}

interface OpenaiCompletions {
  OpenAICompletionsOptions: [
    openaiCompletionsPi.OpenAICompletionsOptions,
    openaiCompletions.OpenAICompletionsOptions,
  ];
}

interface OpenaiResponses {
  OpenAIResponsesOptions: [openaiResponsesPi.OpenAIResponsesOptions, openaiResponses.OpenAIResponsesOptions];
}

// Ours names only what it uses of the providers' clients, whose packages it does not need.
export const ofAnthropic: Only<
  "AnthropicOptions" | "streamAnthropic",
  Misfits<Anthropic> | ValueMisfits<typeof anthropicPi, typeof anthropic>
> = true;
export const ofAzureOpenaiResponses: Only<
  never,
  Misfits<AzureOpenaiResponses> | ValueMisfits<typeof azureOpenaiResponsesPi, typeof azureOpenaiResponses>
> = true;
export const ofBedrockProvider: Only<
  never,
  ValueMisfits<typeof bedrockProviderPi, typeof bedrockProvider>
> = true;
export const ofGoogle: Only<never, Misfits<Google> | ValueMisfits<typeof googlePi, typeof google>> = true;
export const ofGoogleVertex: Only<
  never,
  Misfits<GoogleVertex> | ValueMisfits<typeof googleVertexPi, typeof googleVertex>
> = true;
export const ofMistral: Only<never, Misfits<Mistral> | ValueMisfits<typeof mistralPi, typeof mistral>> = true;
export const ofOauth: Only<never, Misfits<Oauth> | ValueMisfits<typeof oauthPi, typeof oauth>> = true;
export const ofOpenaiCodexResponses: Only<
  never,
  Misfits<OpenaiCodexResponses> | ValueMisfits<typeof openaiCodexResponsesPi, typeof openaiCodexResponses>
> = true;
export const ofOpenaiCompletions: Only<
  "convertMessages",
  Misfits<OpenaiCompletions> | ValueMisfits<typeof openaiCompletionsPi, typeof openaiCompletions>
> = true;
export const ofOpenaiResponses: Only<
  never,
  Misfits<OpenaiResponses> | ValueMisfits<typeof openaiResponsesPi, typeof openaiResponses>
> = true;
