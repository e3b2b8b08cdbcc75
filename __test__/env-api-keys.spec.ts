// Keys are read from the environment as it is at each call.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findEnvKeys, getEnvApiKey } from "../lib/pi-ai/env-api-keys.js";
import { getProviders } from "../lib/pi-ai/models.js";

beforeEach(() => {
  for (const name of Object.keys(process.env)) {
    if (/_(?:KEY|TOKEN|PROFILE|URI|FILE|PROJECT|LOCATION|CREDENTIALS|BEDROCK)$|^AWS_/.test(name)) {
      vi.stubEnv(name, undefined);
    }
  }
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("a key variable", () => {
  it.each([
    ["openai", "OPENAI_API_KEY"],
    ["google", "GEMINI_API_KEY"],
    ["google-vertex", "GOOGLE_CLOUD_API_KEY"],
    ["vercel-ai-gateway", "AI_GATEWAY_API_KEY"],
    ["huggingface", "HF_TOKEN"],
    ["moonshotai-cn", "MOONSHOT_API_KEY"],
    ["opencode-go", "OPENCODE_API_KEY"],
    ["kimi-coding", "KIMI_API_KEY"],
    ["cloudflare-workers-ai", "CLOUDFLARE_API_KEY"],
    ["xiaomi-token-plan-sgp", "XIAOMI_TOKEN_PLAN_SGP_API_KEY"],
  ])("of %s is %s, read at each call", (provider, variable) => {
    expect(findEnvKeys(provider)).toBeUndefined();
    expect(getEnvApiKey(provider)).toBeUndefined();
    vi.stubEnv(variable, "secret");
    expect(findEnvKeys(provider)).toEqual([variable]);
    expect(getEnvApiKey(provider)).toBe("secret");
    vi.stubEnv(variable, "");
    expect(findEnvKeys(provider)).toBeUndefined();
    expect(getEnvApiKey(provider)).toBeUndefined();
  });

  it("of higher rank wins", () => {
    vi.stubEnv("ANTHROPIC_API_KEY", "key");
    expect(getEnvApiKey("anthropic")).toBe("key");
    vi.stubEnv("ANTHROPIC_OAUTH_TOKEN", "oauth");
    expect(getEnvApiKey("anthropic")).toBe("oauth");
    expect(findEnvKeys("anthropic")).toEqual(["ANTHROPIC_OAUTH_TOKEN", "ANTHROPIC_API_KEY"]);
    vi.stubEnv("GITHUB_TOKEN", "github");
    vi.stubEnv("GH_TOKEN", "gh");
    expect(getEnvApiKey("github-copilot")).toBe("gh");
    vi.stubEnv("COPILOT_GITHUB_TOKEN", "copilot");
    expect(getEnvApiKey("github-copilot")).toBe("copilot");
  });

  it("is missing for names that are no provider", () => {
    for (const name of ["nobody", "", "constructor", "__proto__"]) expect(getEnvApiKey(name)).toBeUndefined();
  });
});

it("lists no ambient credentials as keys", () => {
  vi.stubEnv("AWS_PROFILE", "work");
  expect(findEnvKeys("amazon-bedrock")).toBeUndefined();
  const authenticated = getProviders().filter((provider) => getEnvApiKey(provider));
  expect(authenticated).toEqual(["amazon-bedrock"]);
});

it.each([
  [["AWS_PROFILE"]],
  [["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]],
  [["AWS_BEARER_TOKEN_BEDROCK"]],
  [["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]],
  [["AWS_CONTAINER_CREDENTIALS_FULL_URI"]],
  [["AWS_WEB_IDENTITY_TOKEN_FILE"]],
])("Bedrock is authenticated by all of %s", (variables) => {
  for (const variable of variables) {
    expect(getEnvApiKey("amazon-bedrock")).toBeUndefined();
    vi.stubEnv(variable, "x");
  }
  expect(getEnvApiKey("amazon-bedrock")).toBe("<authenticated>");
});

describe("Vertex", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "vertex-"));
    vi.stubEnv("HOME", home);
    vi.stubEnv("USERPROFILE", home);
    vi.stubEnv("GOOGLE_CLOUD_PROJECT", "project");
    vi.stubEnv("GOOGLE_CLOUD_LOCATION", "here");
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it("is authenticated by gcloud's file, a project and a location, as they are now", () => {
    expect(getEnvApiKey("google-vertex")).toBeUndefined();
    const file = join(home, ".config", "gcloud", "application_default_credentials.json");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "{}");
    expect(getEnvApiKey("google-vertex")).toBe("<authenticated>");
    vi.stubEnv("GOOGLE_CLOUD_PROJECT", undefined);
    expect(getEnvApiKey("google-vertex")).toBeUndefined();
    vi.stubEnv("GCLOUD_PROJECT", "project");
    expect(getEnvApiKey("google-vertex")).toBe("<authenticated>");
    vi.stubEnv("GOOGLE_CLOUD_LOCATION", "");
    expect(getEnvApiKey("google-vertex")).toBeUndefined();
    vi.stubEnv("GOOGLE_CLOUD_LOCATION", "here");
    rmSync(file);
    expect(getEnvApiKey("google-vertex")).toBeUndefined();
  });

  it("looks for the file that is named, and then nowhere else; a key goes before it", () => {
    const file = join(home, "account.json");
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", file);
    expect(getEnvApiKey("google-vertex")).toBeUndefined();
    writeFileSync(file, "{}");
    expect(getEnvApiKey("google-vertex")).toBe("<authenticated>");
    vi.stubEnv("GOOGLE_CLOUD_API_KEY", "key");
    expect(getEnvApiKey("google-vertex")).toBe("key");
  });
});
