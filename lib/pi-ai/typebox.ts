// TypeBox's schema builders, as Pi re-exports them, without loading TypeBox at import.

import type { TUnsafe, Type as TypeBuilder } from "typebox";
import { loadBuilders } from "./typebox-modules.js";

/** TypeBox's schema builders: behaves as the `Type` that `typebox` exports, which it loads at first use. */
export const Type: typeof TypeBuilder = deferred(loadBuilders);

/** An object that takes over the members of another at the first operation on it, whatever that is. */
function deferred<T extends object>(load: () => T): T {
  const target = Object.create(null);
  const handler: ProxyHandler<T> = {};
  const fill = () => {
    const source = load();
    for (const key of Reflect.ownKeys(source)) {
      Object.defineProperty(target, key, Reflect.getOwnPropertyDescriptor(source, key) as PropertyDescriptor);
    }
    Object.freeze(target);
    // Without traps, the proxy is as quick as an object.
    for (const trap of Reflect.ownKeys(handler)) Reflect.deleteProperty(handler, trap);
  };
  for (const trap of Reflect.ownKeys(Reflect) as (keyof typeof Reflect)[]) {
    if (typeof Reflect[trap] !== "function") continue;
    Object.defineProperty(handler, trap, {
      configurable: true,
      value: (...operands: unknown[]) => {
        fill();
        return (Reflect[trap] as (...operands: unknown[]) => unknown)(...operands);
      },
    });
  }
  return new Proxy(target, handler);
}

/**
 * A string that must be one of `values`, as `{ type: "string", enum }`, which providers accept that refuse the
 * `anyOf` of constants that a TypeBox union makes. An empty description or default is left out.
 */
export function StringEnum<T extends readonly string[]>(
  values: T,
  options?: { description?: string; default?: T[number] },
): TUnsafe<T[number]> {
  const { description, default: preset } = options ?? {};
  return Type.Unsafe<T[number]>({
    type: "string",
    enum: values as unknown as string[],
    ...(description ? { description } : {}),
    ...(preset ? { default: preset } : {}),
  });
}
