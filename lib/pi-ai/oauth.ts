// Pi's `pi-ai/oauth`: logging in to subscriptions, and keeping what they gave fresh.

export { anthropicOAuthProvider, loginAnthropic, refreshAnthropicToken } from "./oauth/anthropic.js";
export { getGitHubCopilotBaseUrl, normalizeDomain } from "./oauth/github.js";
export {
  githubCopilotOAuthProvider,
  loginGitHubCopilot,
  refreshGitHubCopilotToken,
} from "./oauth/github-copilot.js";
export { loginOpenAICodex, openaiCodexOAuthProvider, refreshOpenAICodexToken } from "./oauth/openai-codex.js";
export * from "./oauth/registry.js";
export type * from "./oauth/types.js";
