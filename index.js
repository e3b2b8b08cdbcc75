// Everything of the package that is not Pi's by another name. Pi's own API is under `argent-runtime/pi-ai` and the other
// subpaths, one for each of its modules.

export {
  allowSecrets,
  createRuntime,
  getAgentCoreRuntimeDiagnostics,
  rememberSecrets,
  resolveAgentCoreRuntimeMode,
  withoutSecrets,
} from "./dist/argent-agent/index.js";
export { failureOf } from "./dist/pi-ai/index.js";
