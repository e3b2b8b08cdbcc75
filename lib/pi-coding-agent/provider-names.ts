// What users know providers by.

const NAMES = new Map([
  ["anthropic", "Anthropic"],
  ["amazon-bedrock", "Amazon Bedrock"],
  ["azure-openai-responses", "Azure OpenAI Responses"],
  ["cerebras", "Cerebras"],
  ["cloudflare-ai-gateway", "Cloudflare AI Gateway"],
  ["cloudflare-workers-ai", "Cloudflare Workers AI"],
  ["deepseek", "DeepSeek"],
  ["fireworks", "Fireworks"],
  ["google", "Google Gemini"],
  ["google-vertex", "Google Vertex AI"],
  ["groq", "Groq"],
  ["huggingface", "Hugging Face"],
  ["kimi-coding", "Kimi For Coding"],
  ["minimax", "MiniMax"],
  ["minimax-cn", "MiniMax (China)"],
  ["mistral", "Mistral"],
  ["moonshotai", "Moonshot AI"],
  ["moonshotai-cn", "Moonshot AI (China)"],
  ["openai", "OpenAI"],
  ["opencode", "OpenCode Zen"],
  ["opencode-go", "OpenCode Go"],
  ["openrouter", "OpenRouter"],
  ["vercel-ai-gateway", "Vercel AI Gateway"],
  ["xai", "xAI"],
  ["xiaomi", "Xiaomi MiMo"],
  ["xiaomi-token-plan-ams", "Xiaomi MiMo Token Plan (Amsterdam)"],
  ["xiaomi-token-plan-cn", "Xiaomi MiMo Token Plan (China)"],
  ["xiaomi-token-plan-sgp", "Xiaomi MiMo Token Plan (Singapore)"],
  ["zai", "ZAI"],
]);

/** The name of a built-in provider. */
export function builtInProviderName(provider: string): string | undefined {
  return NAMES.get(provider);
}
