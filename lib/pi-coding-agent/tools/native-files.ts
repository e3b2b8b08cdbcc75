// What passes between the tools on files and native code.

/** Throws where a native result says that the work failed. */
export function succeeded<T extends { error?: string; code?: string }>(result: T): T {
  if (result.error === undefined) return result;
  throw Object.assign(new Error(result.error), result.code === undefined ? {} : { code: result.code });
}

/** A file as a host reads it; some hand out texts. */
export function asBuffer(content: Uint8Array | string): Buffer {
  return typeof content === "string"
    ? Buffer.from(content)
    : Buffer.from(content.buffer, content.byteOffset, content.length);
}
