// Amazon Bedrock's ConverseStream (`bedrock-converse-stream`): its options and its functions.

import { askBedrock, askSimpleBedrock, startBedrock } from "./bedrock-wire.js";
import { started } from "./entry-points.js";
import type {
  SimpleStreamOptions,
  StreamFunction,
  StreamOptions,
  ThinkingBudgets,
  ThinkingLevel,
} from "./types.js";

/** How thinking is shown: in summary, or not at all, its signature apart. */
export type BedrockThinkingDisplay = "summarized" | "omitted";

/** Options of `bedrock-converse-stream`. */
export interface BedrockOptions extends StreamOptions {
  /** The AWS region. Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, the endpoint's, the profile's, `us-east-1`. */
  region?: string;
  /** The profile of AWS's files that has the credentials. Default: `AWS_PROFILE`. */
  profile?: string;
  /** Which tool the model must, may or must not call. */
  toolChoice?: "auto" | "any" | "none" | { type: "tool"; name: string };
  /** How hard to think. */
  reasoning?: ThinkingLevel;
  /** Token budgets for thinking, by level. */
  thinkingBudgets?: ThinkingBudgets;
  /** Whether the model may think between tool calls. Default: true. */
  interleavedThinking?: boolean;
  /** How thinking is shown, for Anthropic's models. Default: `summarized`. */
  thinkingDisplay?: BedrockThinkingDisplay;
  /**
   * Tags of the request, for the bill.
   * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
   */
  requestMetadata?: Record<string, string>;
  /** A Bedrock API key, sent in place of a signature. Default: `AWS_BEARER_TOKEN_BEDROCK`. */
  bearerToken?: string;
}

/** Streams one turn with the options of `bedrock-converse-stream`. */
export const streamBedrock: StreamFunction<"bedrock-converse-stream", BedrockOptions> = (
  model,
  context,
  options,
) => started(askBedrock(model, context, options), startBedrock);

/** Streams one turn with options that fit every provider. */
export const streamSimpleBedrock: StreamFunction<"bedrock-converse-stream", SimpleStreamOptions> = (
  model,
  context,
  options,
) => started(askSimpleBedrock(model, context, options), startBedrock);
