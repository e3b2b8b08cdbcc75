// Everything of the package that is not Pi's by another name. Pi's own API is under `argent-runtime/pi-ai` and the other
// subpaths, one for each of its modules.
export { failureOf } from "./dist/pi-ai/index.js";
