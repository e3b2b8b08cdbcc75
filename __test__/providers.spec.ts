// Every provider of the catalogue, over each of its wires: where a turn goes, as whom, and that its answer comes back.

import { getModels, getProviders, type KnownProvider, type Model, stream } from "argent-runtime/pi-ai";
import { afterEach, describe, expect, it, vi } from "vitest";
import { answers } from "./support/answers.js";
import { collect, lastMessage, saying } from "./support/models.js";
import { startProvider } from "./support/provider.js";

const server = await startProvider();
afterEach(() => vi.unstubAllEnvs());

/** What only this API or provider needs besides a key. */
const needs: Record<string, { options?: object; env?: Record<string, string> }> = {
  "azure-openai-responses": { options: { azureBaseUrl: `${server.url}/openai/v1` } },
  "openai-codex-responses": { options: { apiKey: accountToken("account-7"), transport: "sse" } },
  "bedrock-converse-stream": { options: { bearerToken: "key-1", region: "us-east-1" } },
  "cloudflare-ai-gateway": { env: { CLOUDFLARE_ACCOUNT_ID: "a1", CLOUDFLARE_GATEWAY_ID: "g1" } },
  "cloudflare-workers-ai": { env: { CLOUDFLARE_ACCOUNT_ID: "a1" } },
};

/** A token like those of ChatGPT's log-in: the account's id is inside. */
function accountToken(account: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { "https://api.openai.com/auth": { chatgpt_account_id: account } };
  return `${part({ alg: "none" })}.${part(claims)}.x`;
}

/** One model for each wire of a provider, reached through the server of the test. */
function modelsOf(provider: KnownProvider): Model<string>[] {
  const byApi = new Map(getModels(provider).map((model) => [model.api as string, model as Model<string>]));
  return [...byApi.values()].map((model) => {
    const path = model.baseUrl.replace(/^https:\/\/[^/]+/, "");
    return { ...model, baseUrl: model.baseUrl && server.url + path };
  });
}

const rows = getProviders().flatMap((provider) => modelsOf(provider).map((model) => ({ provider, model })));

it("there are 31 providers", () => {
  expect(getProviders()).toHaveLength(31);
});

describe.each(["native", "fetch"])("over %s", (transport) => {
  it.each(rows)("$provider over $model.api", async ({ provider, model }) => {
    const { options, env } = { ...needs[model.api], ...needs[provider] };
    for (const [name, value] of Object.entries(env ?? {})) vi.stubEnv(name, value);
    server.scripts = [
      (response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.end(answers[model.api]);
      },
    ];
    const own = transport === "fetch" ? { fetch: (...args: Parameters<typeof fetch>) => fetch(...args) } : {};
    const message = lastMessage(
      await collect(stream(model, saying("hi"), { apiKey: "key-1", maxRetries: 0, ...options, ...own })),
    );
    expect(message).toMatchObject({
      api: model.api,
      provider,
      model: model.id,
      stopReason: "stop",
      content: [{ type: "text", text: "ok" }],
      usage: { input: 10, output: 5, totalTokens: 15 },
    });
    const prompt = (10 * model.cost.input + 5 * model.cost.output) / 1e6;
    expect(message.usage.cost.total).toBeCloseTo(prompt, 12);
    const [request] = server.received;
    const { headers, url } = request as NonNullable<typeof request>;
    const credential = Object.entries(headers).find(([, value]) => /key-1|x\.x$|\.x$/.test(String(value)));
    expect(`${url} ${credential?.[0]}`).toMatchSnapshot();
  });
});
