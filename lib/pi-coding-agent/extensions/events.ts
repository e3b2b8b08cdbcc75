// All that extensions are told.

import type { AgentWorkEvent } from "./agent-events.js";
import type { ResourcesDiscoverEvent, SessionEvent } from "./session-events.js";
import type {
  ToolCallEvent,
  ToolExecutionEndEvent,
  ToolExecutionStartEvent,
  ToolExecutionUpdateEvent,
  ToolResultEvent,
} from "./tool-events.js";

export type * from "./agent-events.js";
export type * from "./session-events.js";
export type * from "./tool-events.js";

/** What extensions are told of. */
export type ExtensionEvent =
  | ResourcesDiscoverEvent
  | SessionEvent
  | AgentWorkEvent
  | ToolExecutionStartEvent
  | ToolExecutionUpdateEvent
  | ToolExecutionEndEvent
  | ToolCallEvent
  | ToolResultEvent;
