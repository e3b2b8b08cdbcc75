// What the native side knows of its providers beforehand.

import { providerList } from "../native.js";

/** What is known of a provider beforehand. */
export interface ProviderDescription {
  id: string;
  /** The protocol of the models that do not say theirs. */
  api: string;
  baseUrl: string;
  plans: { name: string; baseUrl: string; api: string }[];
  /** The variables that may hold its key, strongest first. */
  keys: string[];
  /** What to make of an answer that is thinking and nothing else. */
  onlyThinking: "stays" | "isTheAnswer" | "asksAgain";
}

let known: Map<string, ProviderDescription> | undefined;

/** The native providers by name. */
export function descriptions(): ReadonlyMap<string, ProviderDescription> {
  known ??= new Map((JSON.parse(providerList()) as ProviderDescription[]).map((entry) => [entry.id, entry]));
  return known;
}
