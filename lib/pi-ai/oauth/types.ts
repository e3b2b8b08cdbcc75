// The shapes of log-ins: what a host stores, what a provider of log-ins offers, what a log-in asks of the host.

import type { Api, Model } from "../types.js";

/** What is stored of an account. A provider may add fields of its own, which must be kept. */
export type OAuthCredentials = {
  /** Buys new access tokens. Many services take each one only once. */
  refresh: string;
  /** Goes with requests. */
  access: string;
  /** When `access` ends, in milliseconds since 1970. */
  expires: number;
  [key: string]: unknown;
};

/** The id of a provider of log-ins. */
export type OAuthProviderId = string;

/** @deprecated Use {@link OAuthProviderId}. */
export type OAuthProvider = OAuthProviderId;

/** A line of text that the user is asked for. */
export type OAuthPrompt = {
  message: string;
  placeholder?: string;
  /** Whether nothing is an answer too. */
  allowEmpty?: boolean;
};

/** The page on which the user logs in. */
export type OAuthAuthInfo = {
  url: string;
  instructions?: string;
};

/** One of the things that the user may choose. */
export type OAuthSelectOption = {
  id: string;
  label: string;
};

/** A choice that the user is asked for. */
export type OAuthSelectPrompt = {
  message: string;
  options: OAuthSelectOption[];
};

/** How a log-in talks with the user. */
export interface OAuthLoginCallbacks {
  /** Shows the page to log in on. */
  onAuth: (info: OAuthAuthInfo) => void;
  /** Asks for a line of text. */
  onPrompt: (prompt: OAuthPrompt) => Promise<string>;
  /** Hears what the log-in is doing. */
  onProgress?: (message: string) => void;
  /** Asks for the code or the address that the browser ended on, while the browser is awaited; the first one counts. */
  onManualCodeInput?: () => Promise<string>;
  /** Asks for a choice; gives the option's id, or `undefined` if the user makes none. */
  onSelect?: (prompt: OAuthSelectPrompt) => Promise<string | undefined>;
  /** Gives the log-in up: it rejects with "Login cancelled" and holds nothing open. */
  signal?: AbortSignal;
}

/** A service that users log in to. */
export interface OAuthProviderInterface {
  readonly id: OAuthProviderId;
  /** Shown to users. */
  readonly name: string;
  /** Logs in; gives what to store. */
  login(callbacks: OAuthLoginCallbacks): Promise<OAuthCredentials>;
  /** Whether a log-in waits for the browser on a port of this machine, and takes a pasted code as well. */
  usesCallbackServer?: boolean;
  /** Gives new credentials to store in the place of the old ones, whose `refresh` may be spent. */
  refreshToken(credentials: OAuthCredentials): Promise<OAuthCredentials>;
  /** What requests to the service's models have as their key. */
  getApiKey(credentials: OAuthCredentials): string;
  /** Models as this account reaches them; those of other providers pass through. */
  modifyModels?(models: Model<Api>[], credentials: OAuthCredentials): Model<Api>[];
}

/** @deprecated Use {@link OAuthProviderInterface}. */
export interface OAuthProviderInfo {
  id: OAuthProviderId;
  name: string;
  available: boolean;
}
