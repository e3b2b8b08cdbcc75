// The tools of a coding agent.

export type { ToolContext, ToolDefinition } from "./definition.js";
export { withFileMutationQueue } from "./mutation-queue.js";
export {
  DEFAULT_MAX_BYTES,
  DEFAULT_MAX_LINES,
  formatSize,
  type TruncationOptions,
  type TruncationResult,
  truncateHead,
  truncateLine,
  truncateTail,
} from "./truncate.js";
