// Bedrock's ConverseStream where it crosses into JavaScript: bytes in payloads, credentials from the host's
// environment, a head that shows only the request's id, a host's own functions.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { complete, type Model, stream } from "argent-runtime/pi-ai";
import { bedrockProviderModule } from "argent-runtime/pi-ai/bedrock-provider";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { anthropicModel, collect, pixel, saying } from "./support/models.js";
import { type Provider, startProvider } from "./support/provider.js";

const provider = await startProvider();
const model: Model<"bedrock-converse-stream"> = {
  ...anthropicModel(provider.url),
  id: "us.anthropic.claude-sonnet-4-5-v1:0",
  api: "bedrock-converse-stream",
  provider: "amazon-bedrock",
  compat: undefined,
};
const fixture = (name: string) =>
  readFileSync(new URL(`../fixtures/bedrock-converse-stream/${name}.bin`, import.meta.url));
const answer: Provider["scripts"][number] = (response) => {
  response.writeHead(200, { "x-amzn-requestid": "id-1", "x-other": "x" });
  response.end(fixture("text"));
};
const image = {
  messages: [
    {
      role: "user" as const,
      content: [{ type: "image" as const, data: pixel, mimeType: "image/png" }],
      timestamp: 1,
    },
  ],
};
let home = "";

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bedrock-"));
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
  vi.stubEnv("HOME", home);
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  provider.scripts = [answer];
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

it("signs with a profile of the files below the host's HOME", async () => {
  mkdirSync(join(home, ".aws"));
  writeFileSync(join(home, ".aws", "config"), "[profile work]\nregion = eu-west-3\n");
  const keys = "[work]\naws_access_key_id = AKIDWORK\naws_secret_access_key = s\n";
  writeFileSync(join(home, ".aws", "credentials"), keys);
  vi.stubEnv("AWS_PROFILE", "work");
  const message = await complete(model, saying("hi"));
  expect(message).toMatchObject({ stopReason: "stop", content: [{ type: "text", text: "Héllo" }] });
  const { url, headers } = provider.received[0] ?? {};
  expect(url).toBe("/model/us.anthropic.claude-sonnet-4-5-v1%3A0/converse-stream");
  expect(headers?.authorization).toMatch(/Credential=AKIDWORK\/\d+\/eu-west-3\/bedrock\/aws4_request/);
});

it("sends a token in place of a signature, also through the host's fetch", async () => {
  await complete(model, saying("hi"), { bearerToken: "one" });
  vi.stubEnv("AWS_BEARER_TOKEN_BEDROCK", "two");
  await complete(model, saying("hi"), { fetch: (...given: Parameters<typeof fetch>) => fetch(...given) });
  expect(provider.received.map(({ headers }) => headers.authorization)).toEqual(["Bearer one", "Bearer two"]);
});

it("says what is missing", async () => {
  const { errorMessage } = await complete(model, saying("hi"));
  expect(errorMessage).toBe("Could not load credentials from any providers");
});

it("shows images as bytes and takes bytes of any kind", async () => {
  const options = {
    bearerToken: "key",
    onPayload: (payload: unknown) => {
      const { content } = (payload as { messages: { content: { image?: { source: unknown } }[] }[] })
        .messages[0] as { content: object[] };
      expect(content[0]).toEqual({
        image: { source: { bytes: Uint8Array.from(Buffer.from(pixel, "base64")) }, format: "png" },
      });
      content.push(
        { image: { format: "gif", source: { bytes: Buffer.from("abc") } } },
        { image: { format: "gif", source: { bytes: new Uint8Array([9, 1, 2, 9]).subarray(1, 3) } } },
      );
    },
  };
  await complete(model, image, options);
  const { messages } = JSON.parse(provider.received[0]?.body ?? "");
  const bytes = messages[0].content.flatMap((part: { image?: { source: { bytes: string } } }) =>
    part.image ? [part.image.source.bytes] : [],
  );
  expect(bytes).toEqual([pixel, "YWJj", "AQI="]);
});

it("begins with the first message and shows of the head only the request's id", async () => {
  const seen: unknown[] = [];
  const events = stream(model, saying("hi"), {
    bearerToken: "key",
    onResponse: (head) => void seen.push(head),
  });
  const types = (await collect(events)).map(({ type }) => type);
  expect(types).toEqual(["start", "text_start", "text_delta", "text_delta", "text_end", "done"]);
  expect(seen).toEqual([{ status: 200, headers: { "x-amzn-requestid": "id-1" } }]);
});

it("tries again what failed before the answer began, and not after", async () => {
  const throttled: typeof answer = (response) => response.end(fixture("throttling-exception"));
  provider.scripts = [throttled, answer];
  expect((await complete(model, saying("hi"), { bearerToken: "key" })).stopReason).toBe("stop");
  provider.scripts = [(response) => response.end(fixture("unmodelled-error")), answer];
  const { errorMessage } = await complete(model, saying("hi"), { bearerToken: "key" });
  expect(errorMessage).toBe("it broke");
});

it("a host's own functions take the place of these", async () => {
  vi.resetModules();
  const fresh = await import("argent-runtime/pi-ai");
  const asked: string[] = [];
  fresh.setBedrockProviderModule({
    ...bedrockProviderModule,
    streamBedrock: (model) => {
      asked.push(model.id);
      throw new Error("not today");
    },
  });
  const message = await fresh.complete(model, saying("hi"));
  expect([asked, message.errorMessage]).toEqual([[model.id], "not today"]);
});
