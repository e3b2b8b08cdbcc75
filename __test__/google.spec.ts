// Google's two services: the payload in the shape of Google's client, calls that come whole, Vertex AI's credentials.

import { createVerify, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Api, type Model, stream, streamSimple, type ToolCall } from "argent-runtime/pi-ai";
import { streamGoogleVertex } from "argent-runtime/pi-ai/google-vertex";
import { afterEach, describe, expect, it, vi } from "vitest";
import { anthropicModel, collect, lastMessage, saying } from "./support/models.js";
import { sse, startProvider } from "./support/provider.js";

const provider = await startProvider();
const gemini = {
  ...anthropicModel(`${provider.url}/v1beta`),
  id: "gemini-test",
  api: "google-generative-ai",
  provider: "google",
} as Model<"google-generative-ai">;
const vertex = {
  ...gemini,
  baseUrl: provider.url,
  api: "google-vertex",
  provider: "google-vertex",
} as Model<Api>;
const key = { apiKey: "key" };

const data = (chunk: object) => `data: ${JSON.stringify(chunk)}\n\n`;
const parts = (...parts: object[]) => data({ candidates: [{ content: { parts, role: "model" } }] });
const end = data({
  candidates: [{ finishReason: "STOP" }],
  usageMetadata: {
    promptTokenCount: 9,
    cachedContentTokenCount: 4,
    candidatesTokenCount: 2,
    totalTokenCount: 11,
  },
});
const ok = parts({ text: "ok" }) + end;

afterEach(() => vi.unstubAllEnvs());

describe("an answer", () => {
  it("has calls that come whole, each with an id of its own", async () => {
    const call = { name: "look", args: { city: "Paris", "10": 1 } };
    const calls = parts(
      { functionCall: call, thoughtSignature: "AVSo" },
      { functionCall: { ...call, id: "c1" } },
    );
    provider.scripts = [
      sse(
        parts({ text: "hm", thought: true }) + calls + parts({ functionCall: { ...call, id: "c1" } }) + end,
      ),
    ];
    const events = await collect(stream(gemini, saying("hi"), key));
    expect(events.map((event) => event.type)).toEqual([
      "start",
      ...["thinking_start", "thinking_delta", "thinking_end"],
      ...Array.from({ length: 3 }, () => ["toolcall_start", "toolcall_delta", "toolcall_end"]).flat(),
      "done",
    ]);
    const message = lastMessage(events);
    const [, ...made] = message.content as ToolCall[];
    expect(made[0]).toEqual({
      type: "toolCall",
      id: expect.stringMatching(/^look_\d{13}_\d+$/),
      name: "look",
      arguments: { "10": 1, city: "Paris" },
      thoughtSignature: "AVSo",
    });
    expect(made[1]?.id).toBe("c1");
    expect(new Set(made.map(({ id }) => id)).size).toBe(3);
    expect(message).toMatchObject({
      stopReason: "toolUse",
      usage: { input: 5, cacheRead: 4, totalTokens: 11 },
    });
  });

  it("fails with the service's JSON", async () => {
    const error = { error: { code: 400, message: "Bad", status: "INVALID_ARGUMENT" } };
    provider.scripts = [
      (response) => {
        response.writeHead(400, { "content-type": "application/json" });
        response.end(JSON.stringify(error, undefined, 2));
      },
    ];
    const message = await stream(gemini, saying("hi"), key).result();
    expect(message.errorMessage).toBe(JSON.stringify(error));
  });
});

describe("the payload", () => {
  it("holds the host's own signal, which is not sent", async () => {
    provider.scripts = [sse(ok)];
    const { signal } = new AbortController();
    let seen: { config?: { abortSignal?: unknown } } = {};
    const onPayload = (payload: unknown) => {
      seen = payload as typeof seen;
    };
    await stream(gemini, saying("hi"), { ...key, signal, onPayload }).result();
    expect(seen.config?.abortSignal).toBe(signal);
    expect(JSON.parse(provider.received[0]?.body ?? "")).toEqual({
      contents: [{ parts: [{ text: "hi" }], role: "user" }],
      generationConfig: {},
    });
  });

  it("is sent as the host leaves it", async () => {
    provider.scripts = [sse(ok)];
    const onPayload = (payload: unknown) => {
      const { config } = payload as { config: object };
      return { model: "other", contents: "in short", config: { ...config, cachedContent: "abc" } };
    };
    await streamSimple(gemini, saying("hi"), { ...key, onPayload }).result();
    expect(provider.received[0]?.url).toBe("/v1beta/models/other:streamGenerateContent?alt=sse");
    expect(JSON.parse(provider.received[0]?.body ?? "")).toEqual({
      contents: [{ parts: [{ text: "in short" }], role: "user" }],
      cachedContent: "cachedContents/abc",
      generationConfig: { maxOutputTokens: 32_000, thinkingConfig: { thinkingBudget: 0 } },
    });
  });

  it("is not made when the host has given up already", async () => {
    const onPayload = vi.fn();
    const message = await stream(gemini, saying("hi"), {
      ...key,
      signal: AbortSignal.abort(),
      onPayload,
    }).result();
    expect([message.stopReason, message.errorMessage]).toEqual(["aborted", "Request aborted"]);
    expect(onPayload).not.toHaveBeenCalled();
  });

  it("goes over the host's fetch", async () => {
    const fetch = vi.fn(async (_url: unknown, _init?: RequestInit) => new Response(ok));
    const options = { ...key, fetch, onResponse: vi.fn() };
    const message = await stream(gemini, saying("hi"), options).result();
    expect(message.content).toEqual([{ type: "text", text: "ok" }]);
    const [url, init] = fetch.mock.calls[0] ?? [];
    expect(url).toBe(`${provider.url}/v1beta/models/gemini-test:streamGenerateContent?alt=sse`);
    expect(new Headers(init?.headers).get("x-goog-api-key")).toBe("key");
    expect(options.onResponse).not.toHaveBeenCalled();
  });

  it("does not reach a host's fetch that fails, in the words of fetch", async () => {
    const fetch = async () => Promise.reject(new TypeError("fetch failed"));
    const message = await stream(gemini, saying("hi"), { ...key, fetch, maxRetries: 0 } as never).result();
    expect(message.errorMessage).toBe("fetch failed");
  });
});

describe("Vertex AI", () => {
  it("is asked by key", async () => {
    provider.scripts = [sse(ok)];
    await stream(vertex, saying("hi"), key).result();
    const [request] = provider.received;
    expect(request?.url).toBe("/v1/publishers/google/models/gemini-test:streamGenerateContent?alt=sse");
    expect(request?.headers["x-goog-api-key"]).toBe("key");
  });

  it("is asked with what a service account signs, once for two turns", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const folder = mkdtempSync(join(tmpdir(), "argent-google-"));
    const file = join(folder, "account.json");
    const account = {
      type: "service_account",
      client_email: "me@example.test",
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
      private_key_id: "key-1",
      token_uri: `${provider.url}/token`,
    };
    writeFileSync(file, JSON.stringify(account));
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", file);
    const token = JSON.stringify({ access_token: "token", expires_in: 3600 });
    provider.scripts = [(response, { url }) => (url === "/token" ? response.end(token) : sse(ok)(response))];
    const options = { project: "p", location: "us-east1" };
    const turns = [1, 2].map(() => streamGoogleVertex(vertex as never, saying("hi"), options).result());
    for (const message of await Promise.all(turns)) expect(message.errorMessage).toBeUndefined();
    rmSync(folder, { recursive: true });

    const asked = provider.received.filter(({ url }) => url === "/token");
    expect(asked).toHaveLength(1);
    const form = new URLSearchParams(asked[0]?.body);
    expect(form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const [head = "", claims = "", signature = ""] = form.get("assertion")?.split(".") ?? [];
    expect(
      createVerify("RSA-SHA256").update(`${head}.${claims}`).verify(publicKey, signature, "base64url"),
    ).toBe(true);
    expect(decoded(head)).toEqual({ alg: "RS256", typ: "JWT", kid: "key-1" });
    expect(decoded(claims)).toMatchObject({
      iss: "me@example.test",
      aud: account.token_uri,
      scope: "https://www.googleapis.com/auth/cloud-platform",
    });
    const answers = provider.received.filter(({ url }) => url !== "/token");
    expect(answers.map(({ headers }) => headers.authorization)).toEqual(["Bearer token", "Bearer token"]);
  });

  it("says what it lacks", async () => {
    const message = await stream(vertex, saying("hi"), {}).result();
    expect(message.errorMessage).toMatch(/^Vertex AI requires a project ID\./);
  });
});

function decoded(part: string): unknown {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}
