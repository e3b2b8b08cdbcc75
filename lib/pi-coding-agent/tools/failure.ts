// What native work failed with, as an error.

/** Throws where a native result says that the work failed. */
export function succeeded<T extends { error?: string; code?: string }>(result: T): T {
  if (result.error === undefined) return result;
  throw Object.assign(new Error(result.error), result.code === undefined ? {} : { code: result.code });
}
