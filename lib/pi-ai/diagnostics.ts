// Notes on an assistant message about troubles that its request overcame, such as a lost connection.

/** An error as plain data. */
export interface DiagnosticErrorInfo {
  /** Class of the error; `ThrownValue` if what was thrown is no `Error`. */
  name?: string;
  message: string;
  stack?: string;
  code?: string | number;
}

/** One note. */
export interface AssistantMessageDiagnostic {
  /** Kind of trouble, in the words of the provider that met it. */
  type: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
  error?: DiagnosticErrorInfo;
  details?: Record<string, unknown>;
}

/** Text for anything that can be thrown: an error's message, or its name if it has none; else `String(value)`. */
export function formatThrownValue(value: unknown): string {
  return value instanceof Error ? value.message || value.name : String(value);
}

/** Plain data for anything that can be thrown. A `code` is kept if it is a string or a number. */
export function extractDiagnosticError(error: unknown): DiagnosticErrorInfo {
  const message = formatThrownValue(error);
  if (!(error instanceof Error)) return { name: "ThrownValue", message };
  const { code } = error as { code?: unknown };
  return {
    name: error.name || undefined,
    message,
    stack: error.stack,
    code: typeof code === "string" || typeof code === "number" ? code : undefined,
  };
}

/** Makes a note dated now. */
export function createAssistantMessageDiagnostic(
  type: string,
  error: unknown,
  details?: Record<string, unknown>,
): AssistantMessageDiagnostic {
  return { type, timestamp: Date.now(), error: extractDiagnosticError(error), details };
}

/** Adds a note to a message. The array is replaced, so copies of the message keep their notes. */
export function appendAssistantMessageDiagnostic<T extends { diagnostics?: AssistantMessageDiagnostic[] }>(
  message: T,
  diagnostic: AssistantMessageDiagnostic,
): void {
  message.diagnostics = [...(message.diagnostics ?? []), diagnostic];
}
