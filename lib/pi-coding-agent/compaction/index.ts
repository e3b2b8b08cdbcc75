// Compaction: long sessions are shortened by a summary of their older part.

export {
  type BranchPreparation,
  type CollectEntriesResult,
  collectEntriesForBranchSummary,
  prepareBranchEntries,
} from "./branch-entries.js";
export {
  type BranchSummaryDetails,
  type BranchSummaryResult,
  type GenerateBranchSummaryOptions,
  generateBranchSummary,
} from "./branch-summary.js";
export { type CompactionDetails, type CompactionResult, compact } from "./compact.js";
export { serializeConversation } from "./conversation.js";
export { type CutPointResult, findCutPoint, findTurnStartIndex } from "./cut-point.js";
export { CompactionError } from "./error.js";
export type { FileOperations } from "./file-operations.js";
export { type ContextCut, cutOversizedResults } from "./oversized.js";
export { type CompactionPreparation, prepareCompaction } from "./preparation.js";
export { type CompactionSettings, DEFAULT_COMPACTION_SETTINGS, shouldCompact } from "./settings.js";
export { generateSummary } from "./summary.js";
export {
  type ContextUsageEstimate,
  calculateContextTokens,
  estimateContextTokens,
  estimateTokens,
  getLastAssistantUsage,
} from "./tokens.js";
