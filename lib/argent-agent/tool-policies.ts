// Policies and hooks that many hosts want.

import { textOf } from "../pi-agent-core/failure.js";
import type { ToolCall } from "../pi-ai/types.js";
import type {
  PostExecutionHook,
  PreExecutionHook,
  ToolPermission,
  ToolPolicy,
  ToolResult,
} from "./tool-execution.js";
import { validArgs } from "./tool-registry.js";

/** Only the named tools may be called. */
export function createAllowlistPolicy(names: Iterable<string>): ToolPolicy {
  const allowed = new Set(names);
  return {
    name: "allowlist",
    evaluate: ({ name }) =>
      allowed.has(name) ? null : { action: "deny", reason: `Tool "${name}" is not on the allowlist` },
  };
}

/** The named tools may not be called. */
export function createDenylistPolicy(names: Iterable<string>): ToolPolicy {
  const denied = new Set(names);
  return {
    name: "denylist",
    evaluate: ({ name }) =>
      denied.has(name) ? { action: "deny", reason: `Tool "${name}" is on the denylist` } : null,
  };
}

/** Tools need the permission that they name. A destructive one may be confirmed in its place. */
export function createPermissionPolicy(granted: ReadonlySet<ToolPermission>): ToolPolicy {
  return {
    name: "permission",
    evaluate({ name }, { permission = "standard" }) {
      if (permission === "unrestricted" || granted.has(permission)) return null;
      if (permission === "destructive")
        return { action: "confirm", prompt: `Tool "${name}" is destructive. May it run?` };
      return { action: "deny", reason: `Tool "${name}" needs the permission "${permission}"` };
    },
  };
}

/** A tool may be called so many times in any span of that many milliseconds. Calls that are denied do not count. */
export function createRateLimitPolicy(max: number, windowMs = 60_000): ToolPolicy {
  const calls = new Map<string, number[]>();
  return {
    name: "rate-limit",
    evaluate({ name }) {
      const now = Date.now();
      const recent = (calls.get(name) ?? []).filter((at) => now - at < windowMs);
      calls.set(name, recent);
      if (recent.length >= max)
        return { action: "deny", reason: `Tool "${name}" was called ${max} times in ${windowMs} ms` };
      recent.push(now);
      return null;
    },
  };
}

/** What an audit says of a call. */
export interface AuditEntry {
  toolCall: ToolCall;
  result: ToolResult;
  /** Milliseconds since the epoch. */
  timestamp: number;
}

/** Tells a logger of every result, after all other hooks. */
export function createAuditHook(logger: (entry: AuditEntry) => void): PostExecutionHook {
  return {
    name: "audit",
    priority: 1000,
    execute(toolCall, result) {
      logger({ toolCall, result, timestamp: Date.now() });
      return { action: "continue" };
    },
  };
}

/** Has calls run again whose error is one that passes. */
export function createErrorRetryHook(
  isTransient: (error: string, toolCall: ToolCall) => boolean,
  maxRetries = 2,
): PostExecutionHook {
  return {
    name: "error-retry",
    priority: 100,
    execute: (toolCall, { isError, content }) =>
      isError && isTransient(content, toolCall)
        ? { action: "retry", reason: content, maxRetries }
        : { action: "continue" },
  };
}

/** Refuses calls whose arguments are not valid, before hooks of a higher priority see them; coerces those that are. */
export function createValidationHook(): PreExecutionHook {
  return {
    name: "validation",
    priority: 0,
    execute(toolCall, handler) {
      try {
        return { action: "continue", args: validArgs(handler, toolCall) };
      } catch (error) {
        return { action: "abort", reason: textOf(error) };
      }
    },
  };
}
