// Checks the arguments of tool calls, after coercing what models commonly get slightly wrong. Errors are written
// for the model, which reads them verbatim.

import type { Validator } from "typebox/compile";
import { coerce, type JsonSchema } from "./coercion.js";
import type { Tool, ToolCall } from "./messages.js";
import { pathOf } from "./schema-errors.js";
import { loadCompile, loadValue } from "./typebox-modules.js";

/** Own key of schemas made by `@sinclair/typebox` 0.34. */
const SINCLAIR_KIND = Symbol.for("TypeBox.Kind");

const validators = new WeakMap<object, Validator>();

/**
 * Finds the tool that a call names and validates its arguments.
 *
 * @returns the arguments as {@link validateToolArguments} gives them.
 * @throws Error if there is no such tool, or the arguments are invalid.
 */
// biome-ignore lint/suspicious/noExplicitAny: the shape is known to the tool alone.
export function validateToolCall(tools: Tool[], toolCall: ToolCall): any {
  const tool = tools.find(({ name }) => name === toolCall.name);
  if (!tool) throw new Error(`Tool "${toolCall.name}" not found`);
  return validateToolArguments(tool, toolCall);
}

/**
 * Validates the arguments of a call against the schema of its tool. TypeBox 1.x and plain JSON Schema are coerced
 * to (`"5"` for a number becomes 5, `null` becomes 0); schemas of `@sinclair/typebox` 0.34 are not.
 *
 * @returns a coerced copy; the call is not changed.
 * @throws Error that lists each fault with its path, and the arguments as they came.
 */
// biome-ignore lint/suspicious/noExplicitAny: the shape is known to the tool alone.
export function validateToolArguments(tool: Tool, toolCall: ToolCall): any {
  const schema = tool.parameters;
  const args = structuredClone(toolCall.arguments);
  loadValue().Convert(schema, args);
  const validator = validatorOf(schema);
  if (!Object.hasOwn(schema, SINCLAIR_KIND)) {
    const coerced = coerce(args, schema as JsonSchema, satisfies);
    // A replacement for the arguments as a whole is moved into the copy, or, if it is no object, stands alone.
    if (coerced !== args) {
      if (!isObject(args) || !isObject(coerced)) return validator.Check(coerced) ? coerced : args;
      refill(args, coerced);
    }
  }
  if (validator.Check(args)) return args;

  const faults = validator.Errors(args).map((error) => `  - ${pathOf(error)}: ${error.message}`);
  throw new Error(
    `Validation failed for tool "${toolCall.name}":\n${faults.join("\n") || "Unknown validation error"}\n\n` +
      `Received arguments:\n${JSON.stringify(toolCall.arguments, null, 2)}`,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function validatorOf(schema: Tool["parameters"]): Validator {
  let validator = validators.get(schema);
  if (!validator) {
    validator = loadCompile()(schema) as Validator;
    validators.set(schema, validator);
  }
  return validator;
}

/** A schema inside another may be one that cannot be compiled alone; nothing satisfies it. */
function satisfies(schema: unknown, value: unknown): boolean {
  if (!isObject(schema)) return false;
  let validator: Validator;
  try {
    validator = validatorOf(schema);
  } catch {
    return false;
  }
  return validator.Check(value);
}

function refill(target: Record<string, unknown>, source: Record<string, unknown>): void {
  for (const key of Object.keys(target)) delete target[key];
  Object.assign(target, source);
}
