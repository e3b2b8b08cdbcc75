// Credentials, as they are stored.

import type { OAuthCredentials } from "../pi-ai/oauth/types.js";

/** A key, or what stands for one: `!` and a command, or the name of an environment variable. */
export type ApiKeyCredential = { type: "api_key"; key: string };

/** What a log-in gave. */
export type OAuthCredential = { type: "oauth" } & OAuthCredentials;

/** What is stored for a provider. */
export type AuthCredential = ApiKeyCredential | OAuthCredential;

/** What is stored, by provider. */
export type AuthStorageData = Record<string, AuthCredential>;

/** Where a provider's key comes from. */
export type AuthStatus = {
  /** Whether the user has configured it. */
  configured: boolean;
  source?: "stored" | "runtime" | "environment" | "fallback" | "models_json_key" | "models_json_command";
  /** The source's name, for users. */
  label?: string;
};
