// `models.json`: the models and endpoints that a user adds.

import { existsSync, readFileSync } from "node:fs";
import type { Validator } from "typebox/compile";
import { getProviders } from "../pi-ai/models.js";
import { withoutSecrets } from "../pi-ai/oauth/secrets.js";
import { pathOf } from "../pi-ai/schema-errors.js";
import { loadCompile } from "../pi-ai/typebox-modules.js";
import type { Api, Model } from "../pi-ai/types.js";
import { modelsSchema } from "./models-schema.js";

/** A model that the user adds. */
export interface ModelDefinition {
  id: string;
  name?: string;
  api?: Api;
  baseUrl?: string;
  reasoning?: boolean;
  thinkingLevelMap?: Model<Api>["thinkingLevelMap"];
  input?: ("text" | "image")[];
  cost?: Model<Api>["cost"];
  contextWindow?: number;
  maxTokens?: number;
  headers?: Record<string, string>;
  compat?: Model<Api>["compat"];
}

/** What the user changes of a model. */
export interface ModelOverride extends Omit<Partial<ModelDefinition>, "id" | "api" | "baseUrl" | "cost"> {
  cost?: Partial<Model<Api>["cost"]>;
}

/** How requests to a provider are authorised. */
export interface RequestConfig {
  /** A key, or what stands for one. */
  apiKey?: string;
  headers?: Record<string, string>;
  /** Whether the key goes out as a bearer token. */
  authHeader?: boolean;
}

/** What the user says of a provider. */
export interface ProviderEntry extends RequestConfig {
  name?: string;
  baseUrl?: string;
  api?: Api;
  compat?: Model<Api>["compat"];
  models?: ModelDefinition[];
  modelOverrides?: Record<string, ModelOverride>;
}

/** What the file says, by provider; nothing, and why, where it cannot be used. */
export interface ModelsConfig {
  providers: Record<string, ProviderEntry>;
  error?: string;
}

let validator: Validator | undefined;

/** Reads the file; one that is not there says nothing. `validate` throws where what it says will not do. */
export function readModelsConfig(path: string, validate: (config: ModelsConfig) => void): ModelsConfig {
  if (!existsSync(path)) return { providers: {} };
  try {
    const config: unknown = JSON.parse(withoutComments(readFileSync(path, "utf8")));
    const faults = faultsOf(config);
    if (faults) return failed(`Invalid models.json schema:\n${faults}`, path);
    const { providers } = config as ModelsConfig;
    validate({ providers });
    return { providers };
  } catch (error) {
    const { message } = error as Error;
    // The text that a parser quotes may hold keys.
    return error instanceof SyntaxError
      ? failed(`Failed to parse models.json: ${withoutSecrets(message, [])}`, path)
      : failed(`Failed to load models.json: ${message}`, path);
  }
}

function failed(reason: string, path: string): ModelsConfig {
  return { providers: {}, error: `${reason}\n\nFile: ${path}` };
}

/** Blanks out what JSON does not have: comments to the end of a line, commas after the last element. */
function withoutComments(text: string): string {
  const outsideStrings = (pattern: string, replacement: string) => (input: string) =>
    input.replace(new RegExp(String.raw`("(?:\\.|[^"\\])*")|${pattern}`, "g"), `$1${replacement}`);
  return outsideStrings(String.raw`,(\s*[}\]])`, "$2")(outsideStrings(String.raw`\/\/[^\n]*`, "")(text));
}

/** What is wrong with the file's shape, a line each; empty if nothing is. */
function faultsOf(config: unknown): string {
  validator ??= loadCompile()(modelsSchema) as Validator;
  if (validator.Check(config)) return "";
  const faults = validator.Errors(config).map((error) => `  - ${pathOf(error)}: ${error.message}`);
  return faults.join("\n") || "Unknown schema error";
}

/** Throws where a provider's entry lacks what it takes to ask it. */
export function checkProvider(name: string, entry: ProviderEntry): void {
  const { baseUrl, headers, compat, apiKey, api, models = [], modelOverrides = {} } = entry;
  const isBuiltIn = (getProviders() as string[]).includes(name);
  if (models.length === 0) {
    if (baseUrl || headers || compat || Object.keys(modelOverrides).length > 0) return;
    throw new Error(
      `Provider ${name}: must specify "baseUrl", "headers", "compat", "modelOverrides", or "models".`,
    );
  }
  if (!isBuiltIn && !baseUrl) {
    throw new Error(`Provider ${name}: "baseUrl" is required when defining custom models.`);
  }
  if (!isBuiltIn && !apiKey) {
    throw new Error(`Provider ${name}: "apiKey" is required when defining custom models.`);
  }
  for (const model of models) {
    const place = `Provider ${name}, model ${model.id}`;
    if (!isBuiltIn && !api && !model.api) {
      throw new Error(`${place}: no "api" specified. Set at provider or model level.`);
    }
    if (model.contextWindow !== undefined && model.contextWindow <= 0) {
      throw new Error(`${place}: invalid contextWindow`);
    }
    if (model.maxTokens !== undefined && model.maxTokens <= 0) throw new Error(`${place}: invalid maxTokens`);
  }
}
