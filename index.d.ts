export { type Failure, type FailureKind, failureOf } from "./dist/pi-ai/index.js";
