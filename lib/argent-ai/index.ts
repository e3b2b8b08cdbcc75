// Argent's own API over the same wires as `pi-ai`: providers that answer requests, events of its own, and the bridge
// from its providers to Pi's stream functions. Pi's plain functions are here too, so that a host needs one import.

export { failureOf } from "../pi-ai/failure.js";
export { complete, completeSimple, stream, streamSimple } from "../pi-ai/stream.js";
export * from "../pi-ai/types.js";
export * from "./api-registry.js";
export * from "./argent-stream-adapter.js";
export * from "./compat.js";
export { descriptions as getProviderDescriptions, type ProviderDescription } from "./descriptions.js";
export * from "./env-keys.js";
export * from "./event-stream.js";
export * from "./factories.js";
export {
  type HardStreamFunction,
  hardenStreamSimple,
  type LooseStream,
  type LooseStreamFunction,
} from "./harden.js";
export * from "./keys.js";
export * from "./models.js";
export * from "./openai-responses.js";
export { NativeProvider } from "./provider.js";
export * from "./registry.js";
export { mapPiStopReasonToArgent, piMessageToArgentResponse } from "./responses.js";
export * from "./stream-adapter.js";
export * from "./stream-helpers.js";
export type { Provider } from "./types.js";
export * from "./types.js";
