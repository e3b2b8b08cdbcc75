export {
  type AgentCoreRuntimeDiagnostics,
  type AgentCoreRuntimeMode,
  allowSecrets,
  createRuntime,
  getAgentCoreRuntimeDiagnostics,
  type Runtime,
  type RuntimeDifference,
  type RuntimeModules,
  type RuntimeOptions,
  rememberSecrets,
  resolveAgentCoreRuntimeMode,
  type SecretSink,
  withoutSecrets,
} from "./dist/argent-agent/index.js";
export {
  type ErrorInfo,
  type Failure,
  type FailureKind,
  type FaultyBlock,
  failureOf,
} from "./dist/pi-ai/index.js";
