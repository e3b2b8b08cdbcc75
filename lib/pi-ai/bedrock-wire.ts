// What `bedrock-converse-stream` needs of the driver of a turn, and what its entry points ask for.

import type { BedrockOptions } from "./bedrock.js";
import type { AssistantMessageEventStream } from "./event-stream.js";
import type { Asked } from "./request.js";
import { type Dialect, startTurn } from "./turn.js";
import type { Context, Model, SimpleStreamOptions } from "./types.js";

/** The input of the SDK's command; what else a hook leaves in a payload is not sent. */
const INPUT = [
  "modelId",
  "messages",
  "system",
  "inferenceConfig",
  "toolConfig",
  "guardrailConfig",
  "additionalModelRequestFields",
  "promptVariables",
  "additionalModelResponseFieldPaths",
  "requestMetadata",
  "performanceConfig",
  "serviceTier",
  "outputConfig",
] as const;

const dialect: Dialect = {
  protocol: "bedrock-converse-stream",
  namesItself: true,
  scratch: { args: "partialJson", index: "index" },
  options: ["region", "profile", "bearerToken", "reasoning", "thinkingBudgets", "requestMetadata"],
  environment: [
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_BEDROCK_SKIP_AUTH",
    "AWS_BEDROCK_FORCE_HTTP1",
    "AWS_BEDROCK_FORCE_CACHE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "HOME",
    "USERPROFILE",
  ],
  startsLate: true,
  givenUp: "Request aborted",
  openPayload(payload) {
    // Pi's payload always has these keys; hosts ask for them with `in`.
    const { modelId, messages, system, inferenceConfig, toolConfig, additionalModelRequestFields, ...rest } =
      payload;
    for (const image of images(messages)) {
      image.source.bytes = new Uint8Array(Buffer.from(image.source.bytes as string, "base64"));
    }
    return { modelId, messages, system, inferenceConfig, toolConfig, additionalModelRequestFields, ...rest };
  },
  finishPayload(payload) {
    const input: Record<string, unknown> = {};
    for (const name of INPUT) input[name] = packed(payload?.[name]);
    return input;
  },
  shownHeaders(headers) {
    const id = headers["x-amzn-requestid"] ?? headers["x-amzn-request-id"] ?? headers["x-amz-request-id"];
    return Object.fromEntries(id ? [["x-amzn-requestid", id]] : []);
  },
};

interface Image {
  source: { bytes: unknown };
}

interface Part {
  image?: Image;
  toolResult?: { content: Part[] };
}

function* images(messages: unknown): Generator<Image> {
  for (const { content } of messages as { content: Part[] }[]) yield* imagesOf(content);
}

function* imagesOf(parts: Part[]): Generator<Image> {
  for (const { image, toolResult } of parts) {
    if (image) yield image;
    if (toolResult) yield* imagesOf(toolResult.content);
  }
}

/** A value with bytes as base64, which is how they are sent. */
function packed(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  }
  if (Array.isArray(value)) return value.map(packed);
  if (typeof value !== "object" || value === null || "toJSON" in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, packed(item)]));
}

/** Starts a turn in `stream`. */
export function startBedrock(asked: Asked, stream: AssistantMessageEventStream): void {
  startTurn(dialect, asked, stream);
}

/** What `streamBedrock` asks for. */
export function askBedrock(
  model: Model<"bedrock-converse-stream">,
  context: Context,
  options: BedrockOptions | undefined,
): Asked {
  return ask(model, context, options as Asked["options"], false);
}

/** What `streamSimpleBedrock` asks for. */
export function askSimpleBedrock(
  model: Model<"bedrock-converse-stream">,
  context: Context,
  options: SimpleStreamOptions | undefined,
): Asked {
  return ask(model, context, options as Asked["options"], true);
}

function ask(
  model: Model<"bedrock-converse-stream">,
  context: Context,
  options: Asked["options"],
  simple: boolean,
): Asked {
  const attempts = Number(process.env.AWS_MAX_ATTEMPTS);
  const maxRetries = options?.maxRetries ?? (attempts >= 1 ? attempts - 1 : undefined);
  return { model, context, options: { ...options, maxRetries }, simple, apiKey: "", client: false };
}
