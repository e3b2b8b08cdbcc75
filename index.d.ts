export {
  type ErrorInfo,
  type Failure,
  type FailureKind,
  type FaultyBlock,
  failureOf,
} from "./dist/pi-ai/index.js";
